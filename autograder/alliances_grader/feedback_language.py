"""In which language a copy's page is told: that in which its form was filled in, where the course has it.

The reasons of a mark were written when the copy was graded, in the language of the course. Marking is a pure
function: with the keys in the other language it says the same in that one. Points stay the gradebook's; a
reason that no longer goes with the mark that was given is left in the words of the grading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, cast

from alliances.errors import AlliancesError
from alliances.i18n import Language, is_language
from alliances_grader.copies import ANSWERS
from alliances_grader.course_keys import KEYS_NAME, read_keys
from alliances_grader.course_manifest import Course, Exercise
from alliances_grader.feedback_items import Item
from alliances_grader.files import read_bounded
from alliances_grader.fingerprints import fingerprint
from alliances_grader.marks import CellMark, read_mark
from alliances_grader.probe_marks import Marker, key_marker
from alliances_grader.results import CellResult, CopyResult
from alliances_grader.step_read import MAX_ANSWERS

__all__ = ["Telling", "language_of", "retold", "telling_of"]

_NEAR: Final = 1e-6


@dataclass(frozen=True)
class Telling:
    """What the pages in one language share.

    Attributes:
        language: of the pages.
        exercise: in that language; ``None`` where the course knows of none.
        marked_in: the language of the reasons in the graded copies: the course's.
        markers: by question, what marks an answer in ``language``; none where that is the course's.
        told: fingerprint of what of the course decides about these pages.
    """

    language: Language
    exercise: Exercise | None
    marked_in: Language
    markers: Mapping[str, Marker] = field(default_factory=dict)
    told: str = ""


def language_of(course: Course, exercise: Exercise | None, result: CopyResult) -> Language:
    """Return the language of a copy's page: a form's own where the exercise has it, else the course's.

    The collected ``answers.json`` is asked for one word and believed only where that is such a language.
    """
    if exercise is None or not exercise.translations or course.door_of(result.assignment) != "form":
        return course.language
    try:
        path = course.root / "submitted" / result.student / result.assignment / ANSWERS
        named = _named(read_bounded(path, MAX_ANSWERS))
    except (AlliancesError, ValueError, RecursionError):
        return course.language
    return named if named is not None and named in exercise.translations else course.language


def _named(content: bytes) -> Language | None:
    data = json.loads(content)
    found = data.get("language") if isinstance(data, dict) else None
    return cast("Language", found) if isinstance(found, str) and is_language(found) else None


def telling_of(course: Course, exercise: Exercise | None, language: Language) -> Telling:
    """Prepare the pages of an exercise in one language, once for the class.

    Raises:
        AlliancesError: the keys in that language are damaged.
        EnvironmentFault: they cannot be read.
    """
    alone = exercise.alone(language) if exercise is not None else None
    keys = {}
    if exercise is not None and language != course.language:
        keys = read_keys(course.root, exercise.slug, language)
    try:
        markers = {name: key_marker(key, language) for name, key in keys.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AlliancesError("grader.bad_manifest", path=course.root / KEYS_NAME) from error
    words = repr((course.language, language, alone, keys)).encode("utf-8", "backslashreplace")
    return Telling(language, alone, course.language, markers, fingerprint(words))


def retold(items: list[Item], result: CopyResult, telling: Telling) -> tuple[Item, ...]:
    """Return the questions of a copy with the reasons of their marks in the language of the page."""
    if telling.language == telling.marked_in:
        return tuple(items)
    results = {cell.id: cell for cell in result.cells}
    return tuple(_retold(item, results, telling) for item in items)


def _retold(item: Item, results: Mapping[str, CellResult], telling: Telling) -> Item:
    if item.mark is None:
        return item
    marker = telling.markers.get(str(item.question.get("id")))
    if marker is not None and item.kind == "marked":
        points, bundle = marker(item.answer)
        mark = read_mark({"outputs": [{"data": bundle}]})
        if mark is not None and _agree(mark, points, item, item.mark, results):
            return replace(item, mark=mark)
    return replace(item, told_in=telling.marked_in)


def _agree(
    mark: CellMark, points: float, item: Item, given: CellMark, results: Mapping[str, CellResult]
) -> bool:
    """Say whether a mark is the one that grading gave, whatever a person made of it since."""
    autos = [results[cell].auto for cell in item.cells if cell in results]
    return mark.verdict == given.verdict and all(
        auto is None or abs(auto - points) <= _NEAR for auto in autos
    )
