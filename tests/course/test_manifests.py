"""module.toml, exercise.toml and syllabus.toml: what is refused, where, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_course import change, write_tiny_course

from alliances.course.exercise_manifest import read_exercise
from alliances.course.module_manifest import read_module
from alliances.course.syllabus import read_syllabus
from alliances.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def test_a_module_is_read(tree: CourseTree) -> None:
    """A manifest gives its sections with minutes and both titles."""
    module = read_module(tree.modules / "tiny/module.toml")
    assert [section.id for section in module.sections] == ["opening", "one_section", "recap"]
    assert module.minutes == 18
    assert module.title["fr"] == "Un petit module"
    assert module.section("recap") == module.sections[2]
    assert module.section("nowhere") is None
    assert module.tool is not None
    assert module.tool.title["en"] == "Tiny tool"


def test_an_exercise_is_read(tree: CourseTree) -> None:
    """A manifest gives its points and its rubric of four levels."""
    exercise = read_exercise(tree.exercises / "tiny/exercise.toml")
    assert exercise.points == 9
    assert exercise.rubrics["justification"][0].levels[0].fr == "Aucun fait."


MODULE = [
    ('slug = "tiny"', 'slug "tiny"', r"module\.toml:1: ce n'est pas du TOML", "this is not TOML"),
    ('slug = "tiny"', 'slug = "huge"', r":1: le slug « huge » n'est pas le nom", "write “tiny”"),
    ('slug = "tiny"\n', "", "le champ « slug » manque", "the field “slug” is missing"),
    ("tracks =", "trakcs =", r":2: le champ « trakcs » n'existe pas", "correct its name"),
    ('tracks = ["students"]', "tracks = [3]", r":2: le champ « tracks » vaut 3", "is 3 → expected"),
    ("minutes = 8", 'minutes = "8"', r":36: le champ « sections.1.minutes » vaut '8'", "is '8'"),
    ("minutes = 8", "minutes = 0", r":36: .* vaut 0 → attendu : ≥ 1", "expected: ≥ 1"),
    ("minutes = 8", "minutes = true", r":36: .* vaut True", "is True"),
    ('id = "count"', 'id = "tell"', r"« tell » sert deux fois \(déjà : 17\)", "is used twice"),
    ('bloom = "apply"', 'bloom = "know"', r":24: .* vaut 'know' → attendu : remember", "expected: remember"),
    ('en = "Recap"\n', "", r"« sections.2 » n'a pas de texte en « en »", "has no text in “en”"),
    ('en = "Recap"', 'en = " "', "n'a pas de texte en « en »", "has no text in “en”"),
    ("[summary]", "[summaries]", "« summaries » n'existe pas", "there is no field “summaries”"),
    ('[[sections]]\nid = "recap"', '[[sections]]\nname = "recap"', "« sections.2.id » manque", "is missing"),
    ('exercise = "tiny"', 'exercise = ""', "« exercise » vaut ''", "“exercise” is ''"),
]


@pytest.mark.parametrize(("old", "new", "french", "english"), MODULE)
def test_a_module_is_refused(tree: CourseTree, old: str, new: str, french: str, english: str) -> None:
    """A slip in module.toml is refused with file, line, field and what was expected."""
    path = tree.modules / "tiny/module.toml"
    change(path, old, new)
    with pytest.raises(SourceError, match=french) as caught:
        read_module(path)
    assert english in caught.value.in_language("en")


EXERCISE = [
    (
        'doors = ["form", "code"]',
        'doors = ["window"]',
        r":3: .* attendu : form, code",
        "expected: form, code",
    ),
    ("shared = 5", "shared = -5", r":11: .* vaut -5", "expected: ≥ 0"),
    ('  { fr = "Trois faits.", en = "Three facts." },\n', "", "a 3 niveaux → il en faut 4", "has 3 levels"),
    ('{ fr = "Un fait.", en = "One fact." }', '{ fr = "Un fait." }', "pas de texte en « en »", "no text in"),
    ("[ai_rule]", "[ai]", "« ai » n'existe pas", "there is no field “ai”"),
    ("minutes = 20", "minutes =", r":4: ce n'est pas du TOML", "this is not TOML"),
    ("minutes = 20", 'minutes = 20\npure = "yes"', r":5: .* vaut 'yes'", "expected: true, false"),
    ("minutes = 20", "minutes = 20\npure = 1", r":5: .* attendu : true, false", "is 1"),
    ('slug = "tiny"', 'slug = "other"', "n'est pas le nom du dossier", "not the folder's name"),
]


@pytest.mark.parametrize(("old", "new", "french", "english"), EXERCISE)
def test_an_exercise_is_refused(tree: CourseTree, old: str, new: str, french: str, english: str) -> None:
    """A slip in exercise.toml is refused with file, line, field and what was expected."""
    path = tree.exercises / "tiny/exercise.toml"
    change(path, old, new)
    with pytest.raises(SourceError, match=french) as caught:
        read_exercise(path)
    assert english in caught.value.in_language("en")


@pytest.mark.parametrize(("line", "pure"), [("", False), ("pure = false", False), ("pure = true", True)])
def test_an_exercise_is_pure_when_it_says_so(tree: CourseTree, line: str, pure: bool) -> None:
    """Without the author's word nothing is promised."""
    path = tree.exercises / "tiny/exercise.toml"
    change(path, "minutes = 20", f"minutes = 20\n{line}")
    assert read_exercise(path).pure is pure


def test_a_criterion_stands_once(tree: CourseTree) -> None:
    """Two criteria of one rubric cannot have the same identifier."""
    path = tree.exercises / "tiny/exercise.toml"
    content = path.read_text(encoding="utf-8")
    path.write_text(content + content[content.index("[[rubric") :], encoding="utf-8")
    with pytest.raises(SourceError, match="« facts » sert deux fois"):
        read_exercise(path)


def test_the_syllabus_knows_what_is_to_come(tree: CourseTree) -> None:
    """A slug without a folder is to come: it has a title and no manifest."""
    syllabus = read_syllabus(tree)
    assert syllabus.written == ("tiny",)
    assert syllabus.module("later") is None
    assert syllabus.title("later").fr == "Plus tard"
    assert syllabus.title("tiny").fr == "Un petit module"


SYLLABUS = [
    (
        'order = ["tiny", "later"]',
        'order = ["tiny", "tiny"]',
        r":1: .* « tiny » sert deux fois",
        "used twice",
    ),
    ('order = ["tiny", "later"]', 'order = ["tiny", "Later"]', "« Later » n'est pas un slug", "not a slug"),
    ('order = ["tiny", "later"]', 'order = ["tiny", "m2"]', "« m2 » n'est pas un slug", "not a slug"),
    (
        'order = ["tiny", "later"]',
        'order = ["tiny", "later", "next"]',
        "« titles.next » manque",
        "is missing",
    ),
    (
        'modules = ["tiny", "later"]',
        'modules = ["tony"]',
        "aucun module ne s'appelle « tony »",
        "is called “tony”",
    ),
    (
        'later = { fr = "Plus tard", en = "Later" }',
        'latter = { fr = "x", en = "x" }',
        "« titles.latter »",
        "latter",
    ),
    (
        'later = { fr = "Plus tard", en = "Later" }',
        'later = { fr = "x" }',
        "pas de texte en « en »",
        "no text in",
    ),
    ("[titles]", "[titles", r":3: ce n'est pas du TOML", "this is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "french", "english"), SYLLABUS)
def test_a_syllabus_is_refused(tree: CourseTree, old: str, new: str, french: str, english: str) -> None:
    """A slip in syllabus.toml is refused with file, line and what to do."""
    change(tree.syllabus, old, new)
    with pytest.raises(SourceError, match=french) as caught:
        read_syllabus(tree)
    assert english in caught.value.in_language("en")
