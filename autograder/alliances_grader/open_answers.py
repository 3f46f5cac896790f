"""The open questions of a copy: what was written to each, and the criteria that a person marks it by."""

from __future__ import annotations

from dataclasses import dataclass

from alliances_grader.cells import Notebook, by_id, criteria_of, is_open_answer
from alliances_grader.merge import written_answer

__all__ = ["OpenAnswer", "open_answers"]


@dataclass(frozen=True)
class OpenAnswer:
    """One open question of one copy: its text, empty when left blank, and its criteria's cell ids."""

    question: str
    written: str
    criteria: tuple[str, ...]


def open_answers(notebook: Notebook, release: Notebook) -> list[OpenAnswer]:
    """Return the open questions of a merged notebook, in the release's order."""
    cells = by_id(notebook)
    found = []
    for name, source in by_id(release).items():
        if is_open_answer(source):
            written = written_answer(cells[name], source) if name in cells else ""
            found.append(OpenAnswer(name, written, tuple(criteria_of(release, name))))
    return found
