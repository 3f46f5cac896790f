"""``alliances build`` and ``alliances check`` as people type them."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest
from tiny_course import change, write_tiny_course

from alliances.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CourseTree:
    monkeypatch.setenv("ALLIANCES_ROOT", str(tmp_path))
    return write_tiny_course(tmp_path)


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("fr", "leçons : 2 construit(s), 0 à jour (", "Cours construit en "),
        ("en", "lessons: 2 built, 0 up to date (", "Course built in "),
    ],
)
def test_build_tells_its_steps(  # noqa: PLR0913, PLR0917 - fixtures and one row a case
    tree: CourseTree,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    first: str,
    last: str,
) -> None:
    """Each step is told with its time, in the language of the environment."""
    monkeypatch.setenv("ALLIANCES_LANG", language)
    assert main(["build", "--no-pages"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(first)
    assert lines[-1].startswith(last)
    assert tree.built_lesson("tiny", "fr").is_file()


def test_build_speaks_json(tree: CourseTree, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the report is one JSON object."""
    change(tree.lesson("tiny", "fr"), "> [!key]", "> [!clef]")
    assert main(["build", "--no-pages", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [step["name"] for step in report["steps"]] == ["lessons", "apps", "exercises"]
    assert report["steps"][0]["refused"] == 1
    assert "« [!clef] » n'existe pas" in report["refused"][0]


def test_build_names_what_it_refuses(tree: CourseTree, capsys: pytest.CaptureFixture[str]) -> None:
    """A malformed source is named on the error output and the exit status is 1."""
    change(tree.modules / "tiny/module.toml", 'slug = "tiny"', "slug = tiny")
    assert main(["build", "--no-pages"]) == 1
    said = capsys.readouterr()
    assert "module.toml:1: ce n'est pas du TOML" in said.err
    assert "1 source(s) à corriger ; le reste est construit." in said.err
    assert "leçons : 0 construit(s), 0 à jour, 2 refusé(s)" in said.out


def test_an_unknown_step_is_wrong_usage(tree: CourseTree, capsys: pytest.CaptureFixture[str]) -> None:
    """A step that does not exist is wrong usage: exit status 2, the steps listed."""
    assert tree.syllabus.is_file()
    with pytest.raises(SystemExit) as caught:
        main(["build", "--only", "everything"])
    assert caught.value.code == 2
    assert "lessons" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "message"), [("fr", "le disque est plein"), ("en", "the disk is full")])
def test_a_full_disk_is_told_without_a_traceback(
    tree: CourseTree,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    message: str,
) -> None:
    """When the disk is full the command says so, and its exit status is 1."""

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert tree.syllabus.is_file()
    monkeypatch.setenv("ALLIANCES_LANG", language)
    monkeypatch.setattr(os, "fsync", full)
    assert main(["build", "--no-pages"]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said


def test_no_course_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside a checkout both commands say where they looked and what to do."""
    monkeypatch.setenv("ALLIANCES_ROOT", str(tmp_path))
    for command in ("build", "check"):
        assert main([command]) == 1
        assert "Aucun cours trouvé" in capsys.readouterr().err


def test_check_is_content_with_a_good_course(tree: CourseTree, capsys: pytest.CaptureFixture[str]) -> None:
    """A course without findings gives exit status 0."""
    assert tree.syllabus.is_file()
    main(["build", "--no-pages"])
    capsys.readouterr()
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "Rien à corriger.\n"


@pytest.mark.parametrize(
    ("language", "line", "summary"),
    [
        (
            "fr",
            "modules/tiny/lesson.fr.md:24: erreur : l'encadré « [!clef] » n'existe pas → ",
            "1 erreur(s), ",
        ),
        ("en", "modules/tiny/lesson.fr.md:24: error: there is no box “[!clef]” → ", "1 error(s), "),
    ],
)
def test_check_says_where_and_what_to_do(  # noqa: PLR0913, PLR0917 - fixtures and one row a case
    tree: CourseTree,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    line: str,
    summary: str,
) -> None:
    """A finding is « file:line: level: what → what to do », in the reader's language; an error gives 1."""
    main(["build", "--no-pages"])
    change(tree.lesson("tiny", "fr"), "> [!key]", "> [!clef]")
    change(tree.lesson("tiny", "en"), "> [!key]", "> [!key]")
    monkeypatch.setenv("ALLIANCES_LANG", language)
    capsys.readouterr()
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(said.startswith(line) for said in lines)
    assert lines[-1].split(", ")[0].split(" ")[1] == summary.split(" ")[1].strip(", ")


def test_a_warning_alone_is_no_failure(tree: CourseTree, capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings are told, and the exit status stays 0; --json gives each finding's fields."""
    change(tree.lesson("tiny", "fr"), "un don d'un achat : c'est", "un \"don\" d'un achat : c'est")
    main(["build", "--no-pages"])
    capsys.readouterr()
    assert main(["check", "--json"]) == 0
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["file"] == "modules/tiny/lesson.fr.md"
    assert (finding["line"], finding["level"], finding["rule"]) == (12, "warning", "straight_quotes")
