"""Answers that stand, word for word, in the copies of several learners: told to the trainer, never marked.

Two people may have worked together, as they were asked to; the same file may have been handed in twice by
mistake. Nothing here says which, and nothing here costs a point.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances_grader.cells import by_id, is_open_answer
from alliances_grader.literal import asks, read_assignment
from alliances_grader.merge import written_answer
from alliances_grader.verdicts import Finding

if TYPE_CHECKING:
    from alliances_grader.kit import Kit, NotebookKit

__all__ = ["LEAST_CODE", "LEAST_TEXT", "Answers", "Shared", "digest_of", "examples", "written_answers"]

LEAST_TEXT: Final = 80
"""Characters of an answer in words below which two people may well write the same: about a dozen words."""
LEAST_CODE: Final = 200
"""Characters of a program of the learner's own below which two people may well write the same: the names come
from the assignment, the ways of writing it are few, and half a dozen lines often agree."""
_DIGITS: Final = 32
_MOST_NAMED: Final = 5

Place = tuple[str, str]
"""Notebook and cell."""


def digest_of(text: str) -> str:
    """Return a digest of a text; spaces, tabs, ends of lines and empty lines make no difference."""
    plain = " ".join(text.split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def written_answers(notebook: Mapping[str, Any], kit: Kit, part: NotebookKit) -> tuple[tuple[str, str], ...]:
    """Return the answers of a restored copy that are long enough to mean something: cell and digest.

    What was handed out does not count towards the length: a program that fills a long frame with one line is
    short. Closed questions of ours have few answers, and one that is right: they are left out.
    """
    release = by_id(part.release)
    found = []
    for name, cell in by_id(notebook).items():
        own = part.source.cells.get(name)
        if own is None or not own.solution or name not in release:
            continue
        text = _written(cell, release[name], kit)
        is_code = cell["cell_type"] == "code"
        least = LEAST_CODE if is_code else LEAST_TEXT
        if _length(text, release[name]["source"]) < least:
            continue
        if not (is_code and kit.ours and _is_closed(text, release[name])):
            found.append((name, digest_of(text)))
    return tuple(found)


def _written(cell: Any, release: Any, kit: Kit) -> str:  # noqa: ANN401 - a notebook's cell
    """Return what a learner wrote in a cell; by the form door only texts are of their own making."""
    source: str = cell["source"]
    if cell["cell_type"] != "code":
        return written_answer(cell, release) if kit.ours and is_open_answer(release) else source
    return "" if kit.ours and kit.door == "form" else source


def _is_closed(source: str, release: Any) -> bool:  # noqa: ANN401 - a notebook's cell
    """Say whether a cell of the code door answers a closed question of the shared block."""
    name = release["metadata"]["nbgrader"]["grade_id"]
    return asks(release["source"], name) or read_assignment(source, name)[0]


def _length(text: str, handed_out: str) -> int:
    given = {" ".join(line.split()) for line in handed_out.split("\n")}
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return sum(len(line) for line in lines if line not in given)


def examples(notebook: Mapping[str, Any], name: str) -> Iterator[tuple[Place, str]]:
    """Yield place and digest of each solution in a notebook of the course's source, without its marks.

    What the course shows as its solution is everybody's to use.
    """
    for cell_name, cell in by_id(notebook).items():
        lines = cell["source"].split("\n")
        kept = [
            line for line in lines if not any(mark in line for mark in ("BEGIN SOLUTION", "END SOLUTION"))
        ]
        yield (name, cell_name), digest_of("\n".join(kept))


@dataclass(frozen=True)
class Shared:
    """One answer that several learners gave: where, its digest, and who, in order."""

    place: Place
    digest: str
    students: tuple[str, ...]

    def finding(self, student: str) -> Finding:
        """Return what to say of it on one of the copies."""
        others = [name for name in self.students if name != student]
        more = ["…"] if len(others) > _MOST_NAMED else []
        named = ", ".join(others[:_MOST_NAMED] + more)
        return Finding(
            "same_text", self.place[1], {"count": len(others), "others": named, "text": self.digest}
        )


@dataclass
class Answers:
    """The answers of the copies that a command has looked at."""

    _given: dict[tuple[Place, str], set[str]] = field(default_factory=dict)

    def add(self, student: str, notebook: str, answers: Iterable[tuple[str, str]]) -> None:
        """Note the answers of one copy, by cell and digest."""
        for cell, digest in answers:
            self._given.setdefault(((notebook, cell), digest), set()).add(student)

    def shared(self, known: Iterable[tuple[Place, str]] = ()) -> list[Shared]:
        """Return the answers that several learners gave, ``known`` ones left out, in order of place."""
        passed = set(known)
        found = [
            Shared(place, digest, tuple(sorted(students)))
            for (place, digest), students in self._given.items()
            if len(students) > 1 and (place, digest) not in passed
        ]
        return sorted(found, key=lambda item: (item.place, item.students))
