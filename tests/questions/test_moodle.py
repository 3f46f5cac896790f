"""Moodle XML: the file is what Moodle reads, and read back it is what was meant."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from author_examples import author_examples
from hypothesis import given, settings
from hypothesis import strategies as st
from moodle_format import gaps, moodle_problems

from alliances.course.tree import find_tree
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, area_texts
from alliances.questions.bank import load_bank
from alliances.questions.cloze import read_places, with_places
from alliances.questions.compiling import compile_question
from alliances.questions.lms import FRACTIONS, Answer, MoodleQuestion, Pair, Place, Unit, near_fraction
from alliances.questions.lms_mapping import Exported, to_moodle
from alliances.questions.marking import mark
from alliances.questions.moodle_reading import read_moodle_xml
from alliances.questions.moodle_xml import write_moodle_xml
from alliances.questions.registry import TYPES

if TYPE_CHECKING:
    from alliances.i18n import Language

pytestmark = pytest.mark.checkout


def exported(raw: dict[str, Any], lang: Language = "fr") -> Exported:
    question = compile_question(raw, lang)
    return to_moodle(question, name=f"m.{raw['id']}", category=("alliances", "m"), tags=("tell", "apply"))


def example(kind: str, lang: Language = "fr", **changed: Any) -> Exported:
    return exported({**author_examples()[kind], **changed}, lang)


# What each type becomes: kinds of Moodle questions, status, notes.
MAPPED = {
    "choice": (["multichoice"], "same", ()),
    "choices": (["multichoice"], "same", ()),
    "classify": (["cloze"], "near", ("classify",)),
    "matching": (["matching"], "same", ()),
    "ordering": (["ordering"], "near", ("ordering",)),
    "number": (["numerical"] * 4, "same", ("variants",)),
    "allocation": (["essay"], "person", ("person",)),
    "matrix": (["cloze"], "same", ()),
    "placement": (["essay"], "person", ("person",)),
    "table": (["essay"], "person", ("person",)),
    "text": (["essay"], "person", ()),
    "file": (["essay"], "person", ()),
    "confidence": ([], "left_out", ("confidence",)),
    "theory_of_change": (["essay"], "person", ("artefact",)),
    "agreement": (["essay"], "person", ("artefact",)),
    "roadmap": (["essay"], "person", ("artefact",)),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_has_a_mapping_that_is_told(kind: str) -> None:
    """Each of the sixteen types becomes what is written here, in both languages, with its losses named."""
    for lang in LANGUAGES:
        made = example(kind, lang)
        assert ([question.kind for question in made.questions], made.status, made.notes) == MAPPED[kind]
        assert all(f"note_{note}" in area_texts("bank") for note in made.notes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_examples_of_every_type_are_good_moodle_and_read_back(lang: Language) -> None:
    """The file of all examples follows Moodle's rules, and read back gives the same questions."""
    questions = [question for raw in author_examples().values() for question in exported(raw, lang).questions]
    content = write_moodle_xml(questions)
    assert moodle_problems(content.encode()) == []
    assert read_moodle_xml(content) == questions


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_bank_goes_and_comes_back(lang: Language) -> None:
    """Every real item keeps its options, shares and feedback through the file."""
    items = load_bank(find_tree().modules)
    questions = [
        question
        for item in items
        for question in to_moodle(
            compile_question(item.raw, lang), name=item.name, category=("alliances", item.module)
        ).questions
    ]
    content = write_moodle_xml(questions)
    assert moodle_problems(content.encode()) == []
    assert read_moodle_xml(content) == questions
    assert len(questions) >= len(items)


def test_options_keep_their_reasons_and_the_next_step_is_general_feedback() -> None:
    """An option says its reason, everybody reads the next step, and links into the course are words."""
    raw = author_examples()["choice"]
    raw = {
        **raw,
        "next_step": {"fr": "Relisez [les familles](#familles) et [l'ODD](https://un.org/x).", "en": "Read."},
    }
    (question,) = exported(raw).questions
    assert [answer.fraction for answer in question.answers] == [1.0, 0.0]
    assert question.answers[0].feedback.startswith("La ville définit le service")
    assert "Relisez les familles et <a href" in question.feedback
    assert "#familles" not in question.feedback
    assert question.tags == ("tell", "apply")
    assert question.idnumber == "m.repair_contract.fr"


# Several options: credit, right and wrong options, shares, notes.
CREDITS = [
    ("right_minus_wrong", 2, 1, [0.5, 0.5, -1.0], ()),
    ("right_minus_wrong", 1, 3, [1.0, -0.3333333, -0.3333333, -0.3333333], ()),
    ("right_minus_wrong", 3, 2, [0.3333333] * 3 + [-0.5] * 2, ()),
    ("right_minus_wrong", 7, 1, [0.1428571] * 7 + [-1.0], ()),
    ("right_minus_wrong", 11, 1, [0.1] * 11 + [-1.0], ("fractions",)),
    ("per_option", 2, 2, [0.5, 0.5, -0.5, -0.5], ("per_option",)),
    ("all_or_nothing", 2, 1, [0.5, 0.5, -1.0], ("all_or_nothing",)),
]


@pytest.mark.parametrize(("credit", "right", "wrong", "shares", "notes"), CREDITS)
def test_partial_credit_is_a_share_that_moodle_knows(
    credit: str, right: int, wrong: int, shares: list[float], notes: tuple[str, ...]
) -> None:
    """Each rule of credit gives shares of Moodle's list; what is not the same is said."""
    model = author_examples()["choices"]["options"][0]
    options = [{**model, "id": f"o{n}", "correct": n < right} for n in range(right + wrong)]
    made = example("choices", options=options, credit=credit)
    assert [answer.fraction for answer in made.questions[0].answers] == shares
    assert made.notes == notes
    assert moodle_problems(write_moodle_xml(made.questions).encode()) == []


@pytest.mark.parametrize(
    ("share", "known"),
    [
        (1 / 3, 0.3333333),
        (-1 / 3, -0.3333333),
        (0.45, 0.5),
        (0.01, 0.0),
        (-0.01, 0.0),
        (2, 1.0),
        (1 / 11, 0.1),
    ],
)
def test_the_nearest_share_is_taken(share: float, known: float) -> None:
    """A share that Moodle has not becomes the nearest one, the larger on a tie; signs stay."""
    assert near_fraction(share) == known


def test_the_list_of_shares_is_moodles() -> None:
    """All fractions p/q for q up to 6, tenths, 1/7 to 1/9 and 1/20: no other."""
    expected = {round(p / q, 7) for q in (1, 2, 3, 4, 5, 6, 10) for p in range(q + 1)}
    expected |= {round(1 / q, 7) for q in (7, 8, 9, 20)}
    assert set(FRACTIONS) == expected


def _number(**fields: Any) -> MoodleQuestion:
    raw = {name: value for name, value in author_examples()["number"].items() if name != "parameters"}
    (question,) = exported({**raw, "known_errors": [], "value": 12, "unit": "", **fields}).questions
    return question


# Fields of a number, then the answer's number and tolerance, and units (name, multiplier).
NUMBERS = [
    ({}, "12", 0.0, []),
    ({"tolerance": 0.5}, "12", 0.5, []),
    ({"value": 0.62, "tolerance": 0.05, "kind": "relative"}, "0.62", 0.031, []),
    ({"value": -40, "tolerance": 0.1, "kind": "relative"}, "-40", 4.0, []),
    ({"value": 0.00001}, "0.00001", 0.0, []),
    (
        {"value": 1500, "unit": "€", "units": {"k€": 1000, "c": 0.01}},
        "1500",
        0.0,
        [("€", 1.0), ("k€", 0.001), ("c", 100.0)],
    ),
]


@pytest.mark.parametrize(("fields", "value", "tolerance", "units"), NUMBERS)
def test_a_number_keeps_value_tolerance_and_units(
    fields: dict[str, Any], value: str, tolerance: float, units: list[tuple[str, float]]
) -> None:
    """Tolerances become absolute; a unit worth n of ours is 1/n of it for Moodle."""
    question = _number(**fields)
    assert (question.answers[0].text, question.answers[0].tolerance) == (value, tolerance)
    assert question.units == tuple(Unit(*unit) for unit in units)
    content = write_moodle_xml([question])
    assert moodle_problems(content.encode()) == []
    assert read_moodle_xml(content) == [question]


def test_known_errors_and_any_other_number_have_their_feedback() -> None:
    """The value comes first, then each known error, then « any other » with what is said of it."""
    error = {"value": 11, "tolerance": 0.2, "reason": {"fr": "Il en manque un.", "en": "One is missing."}}
    answers = _number(known_errors=[error]).answers
    assert [(answer.text, answer.fraction, answer.tolerance) for answer in answers] == [
        ("12", 1.0, 0.0),
        ("11", 0.0, 0.2),
        ("*", 0.0, 0.0),
    ]
    assert answers[1].feedback == "Il en manque un."
    assert answers[2].feedback.startswith("Reprenez")


def test_drawn_figures_become_questions_with_fixed_ones() -> None:
    """Each variant has other figures in its prompt, the answer they give, and a category to draw one from."""
    made = example("number")
    assert len({question.text for question in made.questions}) == 4
    assert {question.category for question in made.questions} == {("alliances", "m", "m.share_of_costs.fr")}
    for question in made.questions:
        figures = re.findall(r"\d[\d\u202f]*", question.text)
        share, total = (float(figure.replace("\u202f", "")) for figure in figures)
        assert float(question.answers[0].text) == share * total / 100
        assert "{" not in question.text


def test_few_variants_are_enough_when_few_exist() -> None:
    """A question that can be drawn in two ways gives two questions, not the same one again."""
    made = example("number", parameters={"share": {"choose": [10, 20]}, "total": {"is": 1000}})
    assert len(made.questions) == 2


def test_a_right_side_that_fits_nothing_is_a_distractor() -> None:
    """Rights that no left takes stand alone; reasons go to the general feedback, entry by entry."""
    (question,) = example("matching").questions
    assert Pair("", "Des adhérents") in question.pairs
    assert len(question.pairs) == 3
    assert "<li><strong>Une commune</strong> – La commune agit" in question.feedback


def test_matching_with_several_admissible_rights_becomes_lists() -> None:
    """Where one right is not the only good one, a gap each lets both earn everything."""
    raw = author_examples()["matching"]
    made = example("matching", key={**raw["key"], "town": ["mandate", "members"]})
    (question,) = made.questions
    assert question.kind == "cloze"
    assert sorted(sum(answer.fraction for answer in place.answers) for place in question.places) == [1.0, 2.0]
    assert moodle_problems(write_moodle_xml([question]).encode()) == []


def test_a_matrix_with_one_value_a_cell_becomes_a_matching_a_row() -> None:
    """Rows share the points; values that a row does not use are distractors."""
    raw = author_examples()["matrix"]
    key = {**raw["key"], "accounts": {"town": "none", "association": "a"}}
    made = example("matrix", key=key)
    assert [question.kind for question in made.questions] == ["matching", "matching"]
    assert [question.points for question in made.questions] == [1.0, 1.0]
    assert made.notes == ("rows",)
    assert len({question.idnumber for question in made.questions}) == 2
    assert all(len(question.pairs) == 3 for question in made.questions)


def test_a_rule_on_rows_is_said_to_be_lost() -> None:
    """« Exactly one A a row » has no counterpart."""
    reason = author_examples()["matrix"]["reasons"]["accounts"]
    raw = author_examples()["matrix"]
    key = {"accounts": {"town": "none", "association": "a"}, "report": raw["key"]["report"]}
    assert example("matrix", key=key, per_row=[{"value": "a", "reason": reason}]).notes == (
        "row_rules",
        "rows",
    )


def test_an_allocation_with_a_bound_an_item_becomes_numbers() -> None:
    """Each item's bounds become a number with a tolerance; the total is said not to be marked."""
    raw = author_examples()["allocation"]
    reason = raw["constraints"][0]["reason"]
    constraints = [
        {"items": ["listen"], "min": 30, "max": 50, "weight": 2, "reason": reason},
        {"items": {"build": 1}, "max": 70, "reason": reason},
    ]
    made = example("allocation", constraints=constraints)
    (question,) = made.questions
    assert made.notes == ("sum",)
    assert [(p.weight, p.answers[0].text, p.answers[0].tolerance) for p in question.places] == [
        (2, "40", 10.0),
        (1, "35", 35.0),
    ]
    content = write_moodle_xml([question])
    assert moodle_problems(content.encode()) == []
    assert read_moodle_xml(content) == [question]


def test_the_reading_of_a_case_becomes_two_lists() -> None:
    """The case, the family and the reason stand in one question; Moodle's cut of the gaps is ours."""
    (question,) = example("classify").questions
    written = with_places(question.text, question.places)
    found = gaps(written)
    assert [kind for kind, _, _ in found] == ["MULTICHOICE", "MULTICHOICE"]
    assert [[(said, share) for said, share, _ in answers] for _, _, answers in found] == [
        [("Mécénat", 0.0), ("Coopération économique", 1.0)],
        [("Sens des apports", 0.0), ("Offre commune", 1.0)],
    ]
    assert "La cantine des Trois-Ponts" in question.text


def test_whoever_marks_an_essay_gets_a_full_answer() -> None:
    """Where a person marks what rules mark here, the grader information holds a full answer."""
    for kind in ("allocation", "placement", "table", "theory_of_change", "agreement", "roadmap"):
        (question,) = example(kind).questions
        assert question.grader.startswith("<ul><li>"), kind
        assert "<code>" not in question.text, "the names of fields are a notebook's"
    (question,) = example("text").questions
    assert question.words == (80, 200)
    assert example("file").questions[0].file


def test_marks_in_moodle_are_the_marks_here() -> None:
    """For types said to be the same, the answer that earns everything here earns everything there."""
    question = compile_question(author_examples()["choices"], "fr")
    (made,) = example("choices").questions
    for picked in ([0], [1], [0, 1], [0, 2], [0, 1, 2], [2]):
        ids = [question["options"][place]["id"] for place in picked]
        there = max(0.0, sum(made.answers[place].fraction for place in picked))
        assert mark(question, {"options": ids}).points == pytest.approx(2 * there, abs=0.01)


# Files that are not read, and what is said.
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<quiz", "n’est pas du XML lisible"),
        ("<form/>", "commence par <quiz>"),
        ('<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "déclare un type de document"),
        ('<quiz><question type="drawing"><name><text>N</text></name></question></quiz>', "n’est pas lu"),
        ("<quiz><question><name><text>N</text></name></question></quiz>", "d’un type"),
    ],
)
def test_a_foreign_file_is_refused_in_words(content: str, said: str) -> None:
    """Broken, hostile or foreign XML gets a sentence; entities are never expanded."""
    with pytest.raises(AlliancesError, match=said):
        read_moodle_xml(content)


# Anything that an author may type must survive the file.
_WORDS = (
    st.text(
        st.one_of(
            st.sampled_from("~}{#=%\\:&<>\"'/[]$ \n-*é€\u202f"),
            st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
        ),
        min_size=1,
        max_size=30,
    )
    .map(lambda said: said.replace("\ufffe", "").replace("\uffff", "").strip())
    .filter(bool)
)
_SHARES = st.sampled_from([0.0, 1.0, 0.5, -0.3333333, 0.6666667])
_ANSWERS = st.lists(st.builds(Answer, _WORDS, _SHARES, _WORDS), min_size=2, max_size=4).map(tuple)


@settings(max_examples=200, deadline=None)
@given(text=_WORDS, answers=_ANSWERS, name=_WORDS, category=_WORDS)
def test_any_words_go_and_come_back(text: str, answers: tuple[Answer, ...], name: str, category: str) -> None:
    """Whatever the signs in texts, options, feedback and names, the XML read back is the question."""
    slashes = category.replace("/", "-").replace("\n", " ")
    question = MoodleQuestion(
        "multichoice", ("top", slashes), name, "id", text, "f", answers=answers, single=False
    )
    assert read_moodle_xml(write_moodle_xml([question])) == [question]


def test_a_slash_in_a_category_stays_in_its_name() -> None:
    """A slash would open a category below: it is doubled, as Moodle does."""
    question = MoodleQuestion("essay", ("a/b", "c"), "n", "id", "t")
    content = write_moodle_xml([question])
    assert "$course$/top/a//b/c" in content
    assert read_moodle_xml(content) == [question]


@settings(max_examples=200, deadline=None)
@given(answers=_ANSWERS, before=_WORDS)
def test_any_words_survive_a_gap(answers: tuple[Answer, ...], before: str) -> None:
    """In a cloze, signs that Moodle cuts at are kept, for our reader and for Moodle's rule alike."""
    place = Place("multichoice", answers, 3)
    around = before.replace("&", "")  # a prompt is HTML: an entity in it is the author's
    written = with_places(f"{around} {{#1}}", (place,))
    assert read_places(written) == (f"{around} {{#1}}", (place,))
    (found,) = gaps(written)
    assert found[:2] == ("MULTICHOICE", 3)
    assert [(said, feedback) for said, _, feedback in found[2]] == [
        (one.text, one.feedback) for one in answers
    ]


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ('fraction="50"', 'fraction="45"', "is not one of Moodle's"),
        ("<single>false", "<single>maybe", "single must be"),
        ("<name>\n      <text>", "<name>\n      <txt>", "without one <text>"),
        ('type="multichoice"', 'type="sorting"', "type 'sorting'"),
        ('questiontext format="html"', 'questiontext format="rtf"', "format 'rtf'"),
        ("<hidden>0</hidden>", "<secret>0</secret>", "<secret> in a question"),
        ("$course$/top", "somewhere", "category"),
    ],
)
def test_the_check_of_files_sees_what_is_wrong(good: str, bad: str, problem: str) -> None:
    """The rules that tests hold our files to refuse a broken one."""
    content = write_moodle_xml(example("choices").questions)
    assert good in content
    broken = content.replace(good, bad)
    broken = (
        broken.replace("</txt>", "</text>")
        if "<txt>" not in bad
        else re.sub(r"(<txt>[^<]*)</text>", r"\1</txt>", broken)
    )
    assert any(problem in found for found in moodle_problems(broken.encode()))


def test_twice_the_same_id_number_is_seen() -> None:
    """Two questions of a category may not share an id number; in two categories they may."""
    question = MoodleQuestion("essay", ("a",), "n", "id", "t")
    assert moodle_problems(write_moodle_xml([question, replace(question, category=("b",))]).encode()) == []
    assert moodle_problems(write_moodle_xml([question, question]).encode()) != []
