"""The answers in a copy's folder merged into its notebook, as ``alliances collect`` leaves it."""

from __future__ import annotations

from pathlib import Path

from alliances.errors import AlliancesError
from alliances.questions.answers import read_answers
from alliances_grader.cells import Notebook
from alliances_grader.course_manifest import Course, split_assignment
from alliances_grader.files import MAX_NOTEBOOK, parse_copy, read_bounded, read_notebook
from alliances_grader.flags import Flag
from alliances_grader.merge import merge_code, merge_form
from alliances_grader.step_read import MAX_ANSWERS, answer_flags

__all__ = ["merge_copy"]


def merge_copy(course: Course, assignment: str, folder: Path) -> tuple[Notebook, list[Flag]]:
    """Merge the answers in a copy's folder into its notebook and return it with what was noticed.

    Raises:
        AlliancesError: the answers or the notebook cannot be read, or belong to something else.
    """
    release = read_notebook(course.root / "release" / assignment / f"{assignment}.ipynb")
    path = folder / "answers.json"
    slug, door = split_assignment(assignment)
    answers, flags = {}, []
    if path.exists():
        read_bounded(path, MAX_ANSWERS)
        file = read_answers(path)
        answers = dict(file.answers)
        flags = answer_flags(file, folder.parent.name, slug, door, path)
    elif course.door_of(assignment) == "form":
        raise AlliancesError("grader.no_answers", path=path)
    if course.door_of(assignment) == "form":
        merged = merge_form(release, answers)
    else:
        place = folder / f"{assignment}.ipynb"
        notebook, mended = parse_copy(read_bounded(place, MAX_NOTEBOOK), place, outputs=True)
        flags += [
            Flag("fields_dropped", {name: str(value) for name, value in item.values.items()})
            for item in mended
        ]
        merged = merge_code(notebook, release, answers)
    return merged.notebook, [*flags, *merged.flags]
