"""Copies and courses for tests of the grader: made from the tiny course, or from an exercise's samples."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiny_course import write_tiny_course

from alliances.course.build import build
from alliances.questions.answers import AnswerFile, write_answers
from alliances_grader.cells import by_id
from alliances_grader.course_manifest import Course, Exercise, write_course
from alliances_grader.files import read_notebook, write_notebook

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = [
    "GOOD",
    "bare_course",
    "hand_in",
    "hand_in_code",
    "hidden_lines",
    "private_tree",
    "put_sample",
    "tiny_release",
    "zipped",
]

_TELLING = 24  # shorter lines, such as « else: », give nothing away

GOOD: dict[str, Any] = {
    "c01": {"category": "giving", "reason": "direction"},
    "c02": {"category": "no_alliance", "reason": "priced_order"},
    "j01": {"text": "Le cas montre un don : les ressources vont vers l'association."},
    "n01": {"value": "4"},
    "q01": {"option": "a"},
}
"""Answers to the tiny exercise's form: every marked question right."""


def tiny_release(root: Path, door: str = "form", language: Language = "fr") -> Any:
    """Return the released notebook of the tiny exercise, as our builder makes it."""
    tree = write_tiny_course(root)
    assert build(tree, only="exercises", pages=False).refusals == []
    name = f"tiny_{door}"
    return read_notebook(tree.exercise_releases(language) / name / f"{name}.ipynb")


def hand_in(
    folder: Path, learner: str, answers: dict[str, Any], name: str = "tiny_form", /, **other: Any
) -> Path:
    """Write a copy's answers into ``folder/<learner>/<assignment>`` and return that folder."""
    exercise, _, door = name.rpartition("_")
    place = folder / learner / name
    fields = {"learner": learner, "exercise": exercise, "door": door, "language": "fr", "seed": None, **other}
    write_answers(place / "answers.json", AnswerFile(answers=answers, **fields))
    return place


def hand_in_code(folder: Path, learner: str, release: Path, cells: dict[str, str | None]) -> Path:
    """Write a copy's notebook: the release with some cells' sources replaced, or left out where ``None``."""
    notebook = read_notebook(release)
    for name, cell in by_id(notebook).items():
        if name in cells and cells[name] is not None:
            cell["source"] = cells[name]
    gone = {name for name, source in cells.items() if source is None}
    found = by_id(notebook)
    left_out = [id(found[name]) for name in gone]
    notebook["cells"] = [cell for cell in notebook["cells"] if id(cell) not in left_out]
    place = folder / learner / release.parent.name
    write_notebook(place / release.name, notebook)
    return place


def hidden_lines(course: Path, assignment: str) -> set[str]:
    """Return the lines of code that a course's source has and its release has not, long enough to tell."""
    file = f"{assignment}/{assignment}.ipynb"
    released = {line for cell in read_notebook(course / "release" / file)["cells"] for line in _lines(cell)}
    source = read_notebook(course / "source" / file)["cells"]
    written = {line for cell in source if cell["cell_type"] == "code" for line in _lines(cell)}
    return {line for line in written - released if len(line) > _TELLING}


def _lines(cell: dict[str, Any]) -> set[str]:
    return {line.strip() for line in cell["source"].split("\n")}


def private_tree(checkout: Path, root: Path) -> Path:
    """Copy the sources that exercises are built from, so that a test's build stays in its own folder."""
    for name in ("modules", "exercises", "datasets"):
        shutil.copytree(checkout / name, root / name)
    return root


def put_sample(sample: Path, folder: Path, release: Path) -> Path:
    """Hand one sample copy of an exercise in, under its folder's name, and return where it is."""
    learner = sample.name
    if (sample / "cells.json").is_file():
        cells = json.loads((sample / "cells.json").read_text(encoding="utf-8"))
        return hand_in_code(folder, learner, release, cells)
    place = folder / learner / release.parent.name
    place.mkdir(parents=True)
    shutil.copyfile(sample / "answers.json", place / "answers.json")
    return place


def bare_course(root: Path) -> Course:
    """Return a course that can be collected into: manifest, sources and releases, no gradebook."""
    tree = write_tiny_course(root / "tree")
    assert build(tree, only="exercises", pages=False).refusals == []
    course = Course(root / "course", "fr", {"tiny": Exercise("tiny", "Petit exercice", ("form", "code"))})
    shutil.copytree(tree.exercise_sources("fr"), course.root / "source")
    shutil.copytree(tree.exercise_releases("fr"), course.root / "release")
    write_course(course)
    return course


def zipped(
    folder: Path, target: Path, change: Callable[[zipfile.ZipFile], object] = lambda _zip: None
) -> Path:
    """Zip a folder of copies, let ``change`` add to the archive, and return its path."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        change(archive)
    return target
