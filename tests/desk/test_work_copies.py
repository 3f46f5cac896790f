"""A learner's notebook is copied once and never written over."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from alliances.course.tree import CourseTree
from alliances.desk.work_copies import open_copy, open_exercise, open_lesson
from alliances.errors import AlliancesError, EnvironmentFault


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    """Return a course with one built lesson and one release."""
    tree = CourseTree(tmp_path)
    for path in (
        tree.built_lesson("alliance_models", "fr"),
        tree.exercise_releases("fr") / "alliance_models_code/alliance_models_code.ipynb",
    ):
        path.parent.mkdir(parents=True)
        path.write_text("built")
    return tree


def test_the_first_opening_copies(tree: CourseTree) -> None:
    """The learner gets a copy below ``work/<code>``."""
    lesson = open_lesson(tree, "moi", "fr", "alliance_models")
    exercise = open_exercise(tree, "moi", "fr", "alliance_models")
    assert lesson == tree.work / "moi/lessons/alliance_models.fr.ipynb"
    assert exercise == tree.work / "moi/alliance_models_code/alliance_models_code.ipynb"
    assert lesson.read_text() == exercise.read_text() == "built"


def test_the_second_opening_changes_nothing(tree: CourseTree) -> None:
    """What the learner wrote stays, even after the course was built again, even in the other language."""
    path = open_exercise(tree, "moi", "fr", "alliance_models")
    path.write_text("mine")
    source = tree.exercise_releases("fr") / "alliance_models_code/alliance_models_code.ipynb"
    source.write_text("newer")
    assert open_exercise(tree, "moi", "fr", "alliance_models").read_text() == "mine"
    assert open_exercise(tree, "moi", "en", "alliance_models").read_text() == "mine"


def test_two_openings_at_once_keep_the_first(tree: CourseTree, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a copy appears between the look and the copying, it is the one kept."""
    target = tree.work / "moi/lessons/alliance_models.fr.ipynb"

    def somebody_was_faster(source: Path, temporary: Path) -> None:
        target.write_text("first")
        temporary.write_text("second")

    monkeypatch.setattr("shutil.copyfile", somebody_was_faster)
    assert open_lesson(tree, "moi", "fr", "alliance_models").read_text() == "first"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_notebook_not_built_is_named(tree: CourseTree) -> None:
    """A lesson that does not exist gives words, not a traceback."""
    with pytest.raises(AlliancesError, match="alliances build"):
        open_lesson(tree, "moi", "fr", "fund")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_is_named(
    tree: CourseTree, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A full disk or a read-only folder gives its name and leaves nothing half-made."""

    def refuse(*_: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr("shutil.copyfile", refuse)
    target = tree.work / "moi" / "x.ipynb"
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        open_copy(tree.built_lesson("alliance_models", "fr"), target)
    assert list(target.parent.iterdir()) == []
