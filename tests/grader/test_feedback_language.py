"""A form copy's page is told in the language in which the form was filled in, wherever the course has it."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from copies import GOOD, hand_in, hand_in_code, private_tree, put_sample
from tiny_course import REASON_EN, REASON_FR, write_tiny_course

from alliances.course.tree import CourseTree, find_tree
from alliances.desk.collecting import collect
from alliances.desk.copies_asked import GradeRequest
from alliances.desk.course_folder import create_course
from alliances.desk.feedback import Written, write_feedback
from alliances.desk.grading import grade_class
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, Language, area_texts
from alliances.questions.prose import typographic
from alliances_grader.course_keys import KEYS_NAME, read_keys, write_keys
from alliances_grader.course_manifest import Course, read_course
from alliances_grader.results_sql import notebook_results

pytestmark = pytest.mark.grader

OTHER: dict[Language, Language] = {"fr": "en", "en": "fr"}
PARTIAL: dict[str, Any] = {
    "c01": {"category": "giving", "reason": "priced_order"},
    "c02": {"unknown": True},
    "j01": {"text": ""},
    "n01": {"value": "5"},
    "q01": {"option": "b"},
}
# 4 in French, four thousand in English: the mark is the French course's, so English cannot say why.
READ_OTHERWISE = {**GOOD, "n01": {"value": "4,000"}}
COPIES: dict[str, tuple[Language, dict[str, Any]]] = {
    "fr_good": ("fr", GOOD),
    "en_good": ("en", GOOD),
    "fr_partial": ("fr", PARTIAL),
    "en_partial": ("en", PARTIAL),
    "en_blank": ("en", {}),
    "fr_blank": ("fr", {}),
}
FORM, CODE = "tiny_form", "tiny_code"
Made = Callable[[Language], Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return what makes the tiny course in a language, with copies in both collected and graded, once."""

    @cache
    def course_in(language: Language) -> Path:
        root = tmp_path_factory.mktemp(f"telling-{language}")
        course = create_course(write_tiny_course(root / "tree"), root / "course", language).course
        for name, (spoken, answers) in COPIES.items():
            hand_in(root / "in", name, answers, language=spoken)
        hand_in(root / "in", "read_otherwise", READ_OTHERWISE, language="en")
        shared = {name: GOOD[name] for name in ("c01", "c02", "j01")}
        hand_in(root / "in", "coder", shared, CODE, language=OTHER[language])
        release = course.root / "release" / CODE / f"{CODE}.ipynb"
        hand_in_code(root / "in", "coder", release, {"k02": "is_gift = True"})
        collect(course, root / "in")
        for assignment in (FORM, CODE):
            grade_class(course, GradeRequest([assignment], no_sandbox=True, jobs=1), lambda *_: None)
        return course.root

    return course_in


@pytest.fixture
def course(made: Made, tmp_path: Path) -> Course:
    """Return a French course of its own to each test."""
    shutil.copytree(made("fr"), tmp_path / "course")
    return read_course(tmp_path / "course")


def pages_of(course: Course, assignment: str = FORM, **options: Any) -> dict[str, str]:
    """Return each learner's page."""
    pages = write_feedback(course, assignment, **options)
    assert [page.reason for page in pages] == [None] * len(pages)
    return {page.student: page.path.read_text(encoding="utf-8") for page in pages}


def language_in(html: str) -> str:
    found = re.search(r'<html lang="(\w+)">', html)
    return found[1] if found else ""


def changed(pages: list[Written]) -> list[str]:
    return [page.student for page in pages if page.changed]


def without_place(html: str) -> str:
    """Return a page without what differs from one course to another: when it came, what it was made of."""
    return re.sub(r'<time .*?</time>|<meta name="alliances-inputs"[^>]*>', "", html)


def sentences_of(language: Language) -> list[str]:
    """Return what the catalogue says in one language and not in the other, without what is filled in."""
    found = []
    for texts in area_texts("feedback").values():
        mine, other = (typographic(texts[one], one) for one in (language, OTHER[language]))
        found += [part.strip() for part in re.split(r"\{\w+\}|\n", mine) if part.strip() not in other]
    found = [part for part in found if len(part) > 11]
    assert len(found) > 60
    return found


def say(course: Course, student: str, language: object) -> None:
    """Write what the collected answers say of their language."""
    path = course.root / "submitted" / student / FORM / "answers.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, "language": language}), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_in_its_own_forms_language(made: Made, language: Language) -> None:
    """In a French course as in an English one: no sentence of the other language, in words or reasons."""
    pages = pages_of(read_course(made(language)))
    reasons = {"fr": REASON_FR, "en": REASON_EN}
    for name, (spoken, _) in COPIES.items():
        told, other = unescape(pages[name]), OTHER[spoken]
        assert language_in(told) == spoken
        assert {"fr": "Petit exercice", "en": "Tiny exercise"}[spoken] in told
        assert [part for part in sentences_of(other) if part in told] == []
        assert typographic(reasons[other], other) not in told
        assert f'lang="{other}"' not in told
    assert typographic(REASON_EN, "en") in unescape(pages["en_good"])


@pytest.mark.parametrize("name", COPIES)
def test_a_page_is_the_same_whichever_course_collected_the_form(made: Made, name: str) -> None:
    """Byte for byte, when it came and what it was made of left out."""
    pages = [pages_of(read_course(made(language)), student=name)[name] for language in LANGUAGES]
    assert without_place(pages[0]) == without_place(pages[1])


def test_marks_do_not_depend_on_the_language(course: Course) -> None:
    """Equal answers have equal points, and writing pages leaves the gradebook as it was."""
    book = course.root / "gradebook.db"
    before = book.read_bytes()
    pages_of(course)
    assert book.read_bytes() == before
    found = {result.student: result for result in notebook_results(course.root, FORM)}
    for kind, points in (("good", 6.0), ("partial", 0.5), ("blank", 0.0)):
        assert found[f"fr_{kind}"].points == found[f"en_{kind}"].points == points


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_copy_stays_in_the_language_of_its_notebook(made: Made, language: Language) -> None:
    """The course handed the notebook out in its own language, whatever the answers beside it say."""
    html = pages_of(read_course(made(language)), CODE)["coder"]
    assert language_in(html) == language
    assert [part for part in sentences_of(OTHER[language]) if part in unescape(html)] == []


@pytest.mark.parametrize("language", ["xx", "", "EN", "en\n", "../en", 3, None, True, ["en"], {"en": 1}])
def test_an_unknown_language_is_the_courses(course: Course, language: object) -> None:
    """What is no language of the exercise chooses nothing."""
    say(course, "en_good", language)
    assert language_in(pages_of(course)["en_good"]) == "fr"


def no_answers(path: Path) -> None:
    path.unlink()


def not_json(path: Path) -> None:
    path.write_bytes(b'{"language": "en"')


def no_object(path: Path) -> None:
    path.write_bytes(b'["en"]')


def too_deep(path: Path) -> None:
    path.write_bytes(b"[" * 100_000)


def too_long(path: Path) -> None:
    path.write_bytes(b'{"language": "en", "x": "' + b"x" * 1_000_000 + b'"}')


def link(path: Path) -> None:
    path.rename(path.with_name("elsewhere.json"))
    path.symlink_to(path.with_name("elsewhere.json"))


@pytest.mark.parametrize("damage", [no_answers, not_json, no_object, too_deep, too_long, link])
def test_answers_that_cannot_be_read_choose_nothing(course: Course, damage: Callable[[Path], None]) -> None:
    """A file that is gone, damaged, too deep or long, or a link: a page in the course's language."""
    damage(course.root / "submitted" / "en_good" / FORM / "answers.json")
    assert language_in(pages_of(course)["en_good"]) == "fr"


def test_a_page_is_made_again_when_the_language_changes(course: Course) -> None:
    """That page alone, once, and back to what it was."""
    first = pages_of(course)
    say(course, "en_good", "fr")
    assert changed(write_feedback(course, FORM)) == ["en_good"]
    assert changed(write_feedback(course, FORM)) == []
    say(course, "en_good", "en")
    assert pages_of(course) == first


def other_key(root: Path) -> Path:
    return root / KEYS_NAME


def other_words(root: Path) -> Path:
    return root / "alliances.json"


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [(other_key, REASON_EN, "Another reason."), (other_words, "Tiny exercise", "Small exercise")],
)
def test_what_changed_in_one_language_concerns_its_pages_only(
    course: Course, place: Callable[[Path], Path], old: str, new: str
) -> None:
    """A reason or a title that was corrected in English makes the English pages again."""
    write_feedback(course, FORM)
    path = place(course.root)
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    again = changed(write_feedback(read_course(course.root), FORM))
    assert again == ["en_blank", "en_good", "en_partial", "read_otherwise"]


def test_two_processes_tell_each_copy_in_its_language(course: Course) -> None:
    """However many processes: the same bytes."""
    assert pages_of(course, jobs=2) == pages_of(course, jobs=1, force=True)


def test_a_course_made_before_has_one_language(course: Course) -> None:
    """Without translations in its manifest every page is in the language of the course."""
    path = course.root / "alliances.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    for exercise in data["exercises"].values():
        assert list(exercise.pop("translations")) == ["en"]
    path.write_text(json.dumps(data), encoding="utf-8")
    (course.root / KEYS_NAME).unlink()
    assert {language_in(html) for html in pages_of(read_course(course.root)).values()} == {"fr"}


def test_a_reason_that_does_not_go_with_the_mark_is_left_in_the_words_of_grading(course: Course) -> None:
    """The page stays English; the one reason says, to eye and ear, that it is French."""
    html = pages_of(course)["read_otherwise"]
    assert language_in(html) == "en"
    french = re.findall(r'<div lang="fr">(.*?)</div>', html)
    assert [re.sub(r"<.*?>", "", reason) for reason in french] == ["Deux et deux partenariats font quatre."]
    assert "2 / 2" in html.partition('<h2 id="q-n01">')[2].partition("</section>")[0]


def test_without_the_other_keys_reasons_are_those_of_grading(course: Course) -> None:
    """The page is English, its reasons and next steps French and marked so."""
    (course.root / KEYS_NAME).unlink()
    html = pages_of(course)["en_partial"]
    assert language_in(html) == "en"
    assert html.count('<div lang="fr">') == 4
    assert '<span lang="fr">Relire la section.</span>' in html


def keys_file(key: object, version: int = 1) -> str:
    exercises = {"tiny": {"en": {"n01": key}}}
    return json.dumps({"format": "alliances-course-keys", "version": version, "exercises": exercises})


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("{", "abîmé"),
        ("{}", "abîmé"),
        (keys_file({"type": "number"}, version=2), "version plus récente"),
        (keys_file({"type": "riddle"}), "abîmé"),
        (keys_file({"type": "number", "points": "x"}), "abîmé"),
        (keys_file(["type"]), "abîmé"),
    ],
)
def test_damaged_keys_are_named_and_cost_their_language_only(
    course: Course, content: str, match: str
) -> None:
    """The French pages are written; for the others the message says how to get good keys."""
    (course.root / KEYS_NAME).write_text(content, encoding="utf-8")
    refused = {page.student: page.reason for page in write_feedback(course, FORM)}
    assert [name for name, reason in refused.items() if reason is None] == [
        "fr_blank", "fr_good", "fr_partial"
    ]  # fmt: skip
    with pytest.raises(AlliancesError, match=match):
        raise refused["en_good"] or AssertionError


def test_keys_read_back_by_exercise_and_language(tmp_path: Path) -> None:
    """What is not there is empty, the file too."""
    assert read_keys(tmp_path, "tiny", "en") == {}
    key = {"id": "n01", "type": "number", "value": 4}
    write_keys(tmp_path, {"tiny": {"en": {"n01": key}}})
    assert read_keys(tmp_path, "tiny", "en") == {"n01": key}
    assert read_keys(tmp_path, "tiny", "fr") == read_keys(tmp_path, "other", "en") == {}


def test_keys_stand_in_their_file_only(course: Course) -> None:
    """Neither the manifest nor a release nor a page holds one; a text that a person reads has none."""
    keys = read_keys(course.root, "tiny", "en")
    assert list(keys) == ["c01", "c02", "n01", "q01"]
    pages_of(course)
    places = [course.root / "alliances.json", *course.root.glob("release/*/*")]
    places += course.root.glob("feedback/*/*/*.html")
    assert len(places) > 10
    for path in places:
        told = path.read_text(encoding="utf-8")
        assert '"readings"' not in told
        assert '"correct"' not in told
        assert "tolerance" not in told


# ---- our exercises

CHECKOUT = find_tree()
SAMPLES = [
    path.parent
    for path in sorted(CHECKOUT.exercises.glob("*/submissions/*/expected.toml"))
    if 'door = "form"' in path.read_text(encoding="utf-8")
]


def name_of(sample: Path) -> str:
    return f"{sample.parent.parent.name}_form"


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language], Course]:
    """Return what makes our course in a language, with every form sample collected and graded, once."""

    @cache
    def course_in(language: Language) -> Course:
        root = tmp_path_factory.mktemp(f"forms-{language}")
        tree = CourseTree(private_tree(CHECKOUT.root, root / "tree"))
        course = create_course(tree, root / "course", language).course
        for sample in SAMPLES:
            name = name_of(sample)
            put_sample(sample, root / "in", course.root / "release" / name / f"{name}.ipynb")
        collect(course, root / "in")
        for name in sorted(set(map(name_of, SAMPLES))):
            grade_class(course, GradeRequest([name], jobs=1), lambda *_: None)
            write_feedback(course, name)
        return course

    return course_in


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.parent.name}-{path.name}")
def test_a_sample_form_has_the_same_page_in_a_course_of_the_other_language(
    samples: Callable[[Language], Course], sample: Path
) -> None:
    """Every exercise, every sample: all that the page says is in the form's language, marks included."""
    wanted = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
    place = f"feedback/{sample.name}/{name_of(sample)}/{name_of(sample)}.html"
    paths = [samples(language).root / place for language in LANGUAGES]
    if "error" in wanted:
        assert not any(path.exists() for path in paths)
        return
    pages = [without_place(path.read_text(encoding="utf-8")) for path in paths]
    assert language_in(pages[0]) == wanted["language"]
    assert f'lang="{OTHER[wanted["language"]]}"' not in pages[0]
    assert pages[0] == pages[1]
