"""The code door of a cohort: words, letters and hidden tests replaced in ``code.<lang>.md``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cohort_figures import in_code
from alliances.course.myst_source import parse_notebook
from alliances.course.regions import HIDDEN_TESTS
from alliances.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from alliances.course.cohort_chance import Chance
    from alliances.course.cohort_source import CohortSource, Lettered
    from alliances.i18n import Language

__all__ = ["code_door_of"]

_BEGIN: Final = f"### {HIDDEN_TESTS.begin}"
_END: Final = f"### {HIDDEN_TESTS.end}"


def code_door_of(  # noqa: PLR0913 - what a code door is made of
    content: str,
    path: Path,
    language: Language,
    source: CohortSource,
    *,
    figures: Mapping[str, Any],
    chance: Chance,
    added: Mapping[str, str],
) -> str:
    """Return the text of a code door with what the cohort draws in its places.

    Args:
        content: the published text.
        path: where it stands, for messages.
        language: of the text.
        source: what the exercise declares.
        figures: what was drawn, by name.
        chance: the cohort's.
        added: hidden tests to add, by id of a tests cell (from a private file).

    Raises:
        SourceError: a text to replace, a list of letters or a cell is not there.
    """
    lines = content.split("\n")
    for letters in source.code.lettered:
        _reletter(lines, letters, chance, source, path)
    for name, tests in source.code.hidden.items():
        first, last = _hidden(lines, path, name)
        lines[first + 1 : last] = in_code(tests, figures, language).rstrip("\n").split("\n")
    _replace(lines, source, language, figures=figures, path=path)
    for name, tests in added.items():
        # First in the region: the points of a cell are the value of its last line.
        first, _ = _hidden(lines, path, name)
        lines[first + 1 : first + 1] = tests.rstrip("\n").split("\n")
    return "\n".join(lines)


def _replace(
    lines: list[str], source: CohortSource, language: Language, *, figures: Mapping[str, Any], path: Path
) -> None:
    """Replace all words at once: what one replacement writes is not taken up by the next."""
    wanted = source.code.replace
    if not wanted:
        return
    new = {one.old[language]: in_code(one.new[language], figures, language) for one in wanted}
    words = re.compile("|".join(map(re.escape, sorted(new, key=len, reverse=True))))
    found: set[str] = set()
    inside = False
    for place, line in enumerate(lines):
        inside = (inside or _BEGIN in line) and _END not in line
        if not inside:
            found.update(words.findall(line))
            lines[place] = words.sub(lambda match: new[match[0]], line)
    for one in wanted:
        if one.old[language] not in found:
            raise SourceError(
                "cohort.text_not_found",
                path=source.path,
                line=one.line,
                words=one.old[language],
                file=path.name,
            )


def _cell(lines: Sequence[str], path: Path, name: str) -> tuple[int, int]:
    """Return the first line of a code cell and the line after its last, from 0."""
    for cell in parse_notebook("\n".join(lines), path).cells:
        mark = cell.options.get("alliances")
        if isinstance(mark, dict) and mark.get("id") == name:
            return cell.line - 1, cell.line - 1 + len(cell.source.split("\n"))
    raise SourceError("cohort.no_cell", path=path, cell=name)


def _hidden(lines: Sequence[str], path: Path, name: str) -> tuple[int, int]:
    """Return the lines of a cell's marks of hidden tests, from 0."""
    start, end = _cell(lines, path, name)
    marks = [place for place in range(start, end) if _BEGIN in lines[place] or _END in lines[place]]
    if len(marks) != 2:  # noqa: PLR2004 - one region, two marks
        raise SourceError("cohort.no_hidden_tests", path=path, line=start + 1, cell=name)
    return marks[0], marks[1]


def _reletter(lines: list[str], letters: Lettered, chance: Chance, source: CohortSource, path: Path) -> None:
    """Put the sentences under other letters, and the new letter of the right one where the old one was."""
    labels = [f'- `"{letter}"`' for letter in letters.letters]
    places = [next((n for n, line in enumerate(lines) if line.startswith(label)), -1) for label in labels]
    if -1 in places:
        label = labels[places.index(-1)]
        raise SourceError(
            "cohort.text_not_found", path=source.path, line=letters.line, words=label, file=path.name
        )
    sentences = {
        letter: lines[place][len(label) :]
        for letter, place, label in zip(letters.letters, places, labels, strict=True)
    }
    drawn = chance.order(letters.letters, "letters", *letters.cells)
    for letter, place, label in zip(drawn, places, labels, strict=True):
        lines[place] = label + sentences[letter]
    key = letters.letters[drawn.index(letters.key)]
    for name in letters.cells:
        first, last = _cell(lines, path, name)
        inside = False
        for place in range(first, last):
            marked = lines[place].lstrip().startswith("### ")
            inside = "BEGIN" in lines[place] if marked else inside
            if inside and not marked:
                lines[place] = lines[place].replace(f'"{letters.key}"', f'"{key}"')
