"""Building: what changed and nothing else, nothing lost, each refusal named."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from tiny_course import change, write_tiny_course

from alliances.course.build import STEPS, build
from alliances.course.exercises import assignment_name
from alliances.errors import EnvironmentFault, SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.build import BuildReport
    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def counts(report: BuildReport) -> dict[str, tuple[int, int, int]]:
    return {step.name: (step.built, step.kept, step.refused) for step in report.steps}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_the_steps_are_in_order() -> None:
    """Pages come last: they are made from what the others built."""
    assert list(STEPS) == ["lessons", "apps", "exercises", "pages"]


def test_everything_is_built_once(tree: CourseTree) -> None:
    """A first build makes all, a second one nothing."""
    assert counts(build(tree, pages=False)) == {
        "lessons": (2, 0, 0),
        "apps": (2, 0, 0),
        "exercises": (4, 0, 0),
    }
    assert counts(build(tree, pages=False)) == {
        "lessons": (0, 2, 0),
        "apps": (0, 2, 0),
        "exercises": (0, 4, 0),
    }
    assert (
        tree.built_lesson("tiny", "fr").read_bytes() == (tree.modules / "tiny/lesson.fr.ipynb").read_bytes()
    )
    name = assignment_name("tiny", "form")
    assert (tree.exercise_sources("en") / name / f"{name}.ipynb").is_file()
    assert (tree.exercise_releases("en") / name / f"{name}.ipynb").is_file()
    assert (tree.apps("fr") / "tiny.ipynb").is_file()


def test_two_checkouts_build_the_same_bytes(tmp_path: Path) -> None:
    """What is built depends on the sources only, not on the place or the time."""
    first, second = write_tiny_course(tmp_path / "a"), write_tiny_course(tmp_path / "b")
    build(first, pages=False)
    build(second, pages=False)
    assert contents(first.root) == contents(second.root)


@pytest.mark.parametrize(
    ("place", "old", "new", "built"),
    [
        (
            "modules/tiny/lesson.fr.md",
            "c'est utile",
            "c'est simple",
            {"lessons": 1, "apps": 0, "exercises": 0},
        ),
        (
            "modules/tiny/module.toml",
            "Lire un cas",
            "Relire un cas",
            {"lessons": 2, "apps": 0, "exercises": 0},
        ),
        ("modules/tiny/app.md", "Petit outil", "Bel outil", {"lessons": 0, "apps": 2, "exercises": 0}),
        ("datasets/cases.csv", "Un vrai cas", "Un beau cas", {"lessons": 0, "apps": 0, "exercises": 4}),
        ("exercises/tiny/code.en.md", "Counting", "Adding", {"lessons": 0, "apps": 0, "exercises": 1}),
    ],
)
def test_a_change_rebuilds_what_it_concerns(
    tree: CourseTree, place: str, old: str, new: str, built: dict[str, int]
) -> None:
    """Changing one source rebuilds what reads it, and no more."""
    build(tree, pages=False)
    change(tree.root / place, old, new)
    assert {step.name: step.built for step in build(tree, pages=False).steps} == built


def test_touching_a_file_rebuilds_nothing(tree: CourseTree) -> None:
    """Contents count, dates do not."""
    build(tree, pages=False)
    os.utime(tree.lesson("tiny", "fr"), (0, 0))
    assert all(step.built == 0 for step in build(tree, pages=False).steps)


def test_a_built_notebook_edited_by_hand_is_made_again(tree: CourseTree) -> None:
    """The committed notebook is derived: an edit by hand does not survive a build."""
    build(tree, pages=False)
    twin = tree.modules / "tiny/lesson.fr.ipynb"
    whole = twin.read_bytes()
    twin.write_text("{}", encoding="utf-8")
    assert counts(build(tree, pages=False))["lessons"] == (1, 1, 0)
    assert twin.read_bytes() == whole


def test_half_written_stamps_only_cost_time(tree: CourseTree) -> None:
    """Stamps that cannot be read mean that all is built again."""
    build(tree, pages=False)
    (tree.build / ".stamps.json").write_text('{"format": 1, "un', encoding="utf-8")
    assert counts(build(tree, pages=False))["lessons"] == (2, 0, 0)


def test_one_step_alone(tree: CourseTree) -> None:
    """Only the step asked for is done."""
    assert counts(build(tree, only="apps")) == {"apps": (2, 0, 0)}


def test_what_has_no_source_any_more_goes(tree: CourseTree) -> None:
    """A tool whose source is gone leaves build/, and nothing else goes."""
    build(tree, pages=False)
    (tree.modules / "tiny/app.md").unlink()
    build(tree, pages=False)
    assert not (tree.apps("fr") / "tiny.ipynb").exists()
    assert tree.built_lesson("tiny", "fr").is_file()
    assert (tree.modules / "tiny/lesson.fr.ipynb").is_file()


REFUSED = [
    (
        "modules/tiny/lesson.fr.md",
        "{fact}`share_giving`",
        "{fact}`nothing`",
        "lessons",
        (1, 0, 1),
        "« nothing »",
    ),
    (
        "modules/tiny/lesson.en.md",
        "```\n\n+++",
        "+++",
        "lessons",
        (1, 0, 1),
        r"lesson\.en\.md:\d+: le bloc ouvert",
    ),
    ("modules/tiny/module.toml", 'slug = "tiny"', "slug = tiny", "lessons", (0, 0, 2), r"toml:1: .* TOML"),
    ("datasets/facts.csv", "67,,percent", '"67,,percent', "lessons", (0, 0, 2), r"facts\.csv:\d+: .* CSV"),
    ("exercises/tiny/form.yaml", "exercise: tiny", "exercise: [", "exercises", (0, 0, 4), r"form\.yaml:\d+"),
    ("exercises/tiny/exercise.toml", "minutes = 20", "minutes =", "exercises", (0, 0, 4), r"\.toml:4"),
]


@pytest.mark.parametrize(("place", "old", "new", "step", "expected", "message"), REFUSED)
def test_a_malformed_source_stops_only_what_it_makes(  # noqa: PLR0913, PLR0917 - one row a case
    tree: CourseTree, place: str, old: str, new: str, step: str, expected: tuple[int, int, int], message: str
) -> None:
    """A malformed source is refused once, by name; the rest is built, what was built before stays."""
    build(tree, pages=False)
    before = contents(tree.root)
    change(tree.root / place, old, new)
    (tree.build / ".stamps.json").unlink()
    report = build(tree, pages=False)
    assert counts(report)[step] == expected
    with pytest.raises(SourceError, match=message):
        raise report.refusals[0]
    assert len(report.refusals) == 1
    assert contents(tree.root).keys() == before.keys()


def test_a_missing_translation_is_named(tree: CourseTree) -> None:
    """A lesson without its English text is refused by the name of the missing file; the French is built."""
    tree.lesson("tiny", "en").unlink()
    report = build(tree, pages=False)
    assert counts(report)["lessons"] == (1, 0, 1)
    with pytest.raises(SourceError, match=r"lesson\.en\.md: ce fichier manque"):
        raise report.refusals[0]


def test_pages_are_not_made_from_refused_lessons(tree: CourseTree) -> None:
    """When a source is refused the pages wait: they would show an older text as today's."""
    tree.lesson("tiny", "en").unlink()
    assert "pages" not in counts(build(tree))


@pytest.mark.parametrize(
    ("code", "message"), [(errno.ENOSPC, "le disque est plein"), (errno.EROFS, "l'accès est refusé")]
)
def test_a_machine_that_cannot_write_loses_nothing(
    tree: CourseTree, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    """A full disk or a read-only folder stops the build with its reason; every old file is whole."""
    build(tree, pages=False)
    before = contents(tree.root)
    change(tree.lesson("tiny", "fr"), "c'est utile", "c'est simple")

    def refuse(_number: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(EnvironmentFault, match=message):
        build(tree, pages=False)
    assert before == contents(tree.root)
    monkeypatch.undo()
    assert counts(build(tree, pages=False))["lessons"] == (1, 1, 0)
