"""GIFT: what is written is what Moodle's rules read back, and what GIFT cannot hold is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from author_examples import author_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.course.tree import find_tree
from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, area_texts
from alliances.questions.bank import load_bank
from alliances.questions.compiling import compile_question
from alliances.questions.gift import for_gift, write_gift
from alliances.questions.gift_reading import read_gift
from alliances.questions.lms import Answer, MoodleQuestion, Pair, Place, Unit
from alliances.questions.lms_mapping import to_moodle

if TYPE_CHECKING:
    from alliances.i18n import Language

pytestmark = pytest.mark.checkout


def question(kind: Any = "multichoice", **fields: Any) -> MoodleQuestion:
    base = {"category": ("alliances", "m"), "name": "m.p01", "idnumber": "m.p01.fr", "text": "<p>Q?</p>"}
    if kind == "ordering":
        base["grading"] = "LONGEST_ORDERED_SUBSET"
    return MoodleQuestion(kind, **{**base, **fields})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_examples_of_every_type_go_and_come_back(lang: Language) -> None:
    """Read back, the file of all examples holds the same options, weights and feedback."""
    questions = [
        kept
        for raw in author_examples().values()
        for made in to_moodle(compile_question(raw, lang), name=f"m.{raw['id']}", category=("a/b",)).questions
        for kept in for_gift(made)[0]
    ]
    assert read_gift(write_gift(questions)) == questions


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_bank_goes_and_comes_back(lang: Language) -> None:
    """Every real item keeps its options, weights and feedback."""
    questions = [
        kept
        for item in load_bank(find_tree().modules)
        for made in to_moodle(
            compile_question(item.raw, lang), name=item.name, category=(item.module,)
        ).questions
        for kept in for_gift(made)[0]
    ]
    assert read_gift(write_gift(questions)) == questions


# A question, and what its paragraph must hold: by the letter, as Moodle's reader cuts it.
WRITTEN = [
    (
        question(answers=(Answer("A: b", 1.0, "Why = {so}"), Answer("C~d", 0.0, "No #1"))),
        ["\t=A\\: b#Why \\= \\{so\\}", "\t~C\\~d#No \\#1"],
    ),
    (
        question(single=False, answers=(Answer("A", 0.3333333, "x"), Answer("B", -0.5), Answer("C", 1.0))),
        ["\t~%33.33333%A#x", "\t~%-50%B#", "\t~%100%C#"],
    ),
    (
        question("numerical", answers=(Answer("12", 1.0, "yes", 0.5), Answer("11", 0.0, "no"), Answer("*"))),
        ["::m.p01::[html]<p>Q?</p>{#", "\t=%100%12:0.5#yes", "\t=%0%11:0#no", "\t~#"],
    ),
    (
        question("matching", pairs=(Pair("<b>a</b>", "1 -> 2"), Pair("b", "x=y"), Pair("", "z"))),
        ["\t=<b>a</b> -> 1 -> 2", "\t=b -> x\\=y", "\t= -> z"],
    ),
    (
        question("ordering", answers=(Answer("first"), Answer("second"))),
        ["::m.p01::[html]<p>Q?</p>{>2 ALL VERTICAL LONGEST_ORDERED_SUBSET SHOW none", "first", "second"],
    ),
    (question("essay", feedback="<p>Next: read</p>"), ["\t####<p>Next\\: read</p>"]),
    (question("essay", tags=("a]b",)), ["// [id:m.p01.fr] [tag:a\\]b]"]),
    (question("essay", text="<p>1</p>\n<p>2\\3</p>"), ["::m.p01::[html]<p>1</p>\\n<p>2\\\\3</p>{"]),
]  # fmt: skip


@pytest.mark.parametrize(("made", "lines"), WRITTEN)
def test_a_question_is_written_as_moodle_reads_it(made: MoodleQuestion, lines: list[str]) -> None:
    """Reserved signs are escaped, weights are percentages, and no line is blank inside a question."""
    content = write_gift([made])
    assert content.startswith("$CATEGORY: $course$/top/alliances/m\n\n// [id:")
    written = content.splitlines()
    assert [line for line in lines if line not in written] == []
    assert content.strip().count("\n\n") == 1
    assert read_gift(content) == [made]


@pytest.mark.parametrize(
    ("made", "kinds", "notes"),
    [
        (question("essay"), ["essay"], ()),
        (question("essay", words=(80, 200)), ["essay"], ("gift_essay",)),
        (question("essay", file=True, points=2.0), ["essay"], ("gift_points", "gift_essay")),
        (
            question("numerical", answers=(Answer("1", 1.0),), units=(Unit("€"),)),
            ["numerical"],
            ("gift_units",),
        ),
        (question("ordering", answers=(Answer("a"), Answer("b"))), ["ordering"], ()),
        (
            question("ordering", answers=(Answer("a"), Answer("b")), feedback="f"),
            ["ordering"],
            ("gift_order_feedback",),
        ),
        (question("ordering", answers=(Answer("{a}"), Answer("b"))), ["matching"], ("gift_ranks",)),
        (question("ordering", answers=(Answer("// a"), Answer("b"))), ["matching"], ("gift_ranks",)),
        (question("ordering", text="{x}", answers=(Answer("a"), Answer("b"))), ["matching"], ("gift_ranks",)),
    ],
)
def test_what_gift_cannot_hold_is_said(
    made: MoodleQuestion, kinds: list[str], notes: tuple[str, ...]
) -> None:
    """Each loss has a sentence; items that GIFT could not read back are matched with their rank."""
    kept, lost = for_gift(made)
    assert [one.kind for one in kept] == kinds
    assert lost == notes
    assert all(f"note_{note}" in area_texts("bank") for note in lost)
    assert read_gift(write_gift(kept)) == list(kept)


def test_a_cloze_becomes_a_question_a_gap() -> None:
    """Each gap keeps its answers and its share of the points; the text says which gap is meant."""
    places = (
        Place("multichoice", (Answer("a", 1.0, "x"), Answer("b", 0.0, "y")), 3),
        Place("numerical", (Answer("5", 1.0, "", 2.0), Answer("*", 0.0, "z")), 1),
    )
    kept, lost = for_gift(question("cloze", text="<p>{#1} and {#2}</p>", places=places, points=4.0))
    assert [(one.kind, one.points) for one in kept] == [("multichoice", 3.0), ("numerical", 1.0)]
    assert kept[0].text == "<p>[1] and [2]</p><p><strong>[1]</strong></p>"
    assert kept[0].answers == places[0].answers
    assert lost == ("gift_apart", "gift_points")
    assert read_gift(write_gift(kept)) == list(kept)


def test_a_cloze_itself_is_refused() -> None:
    """Writing what GIFT has no form for is a programmer's mistake, said so."""
    with pytest.raises(ValueError, match="GIFT has no question of kind 'cloze'"):
        write_gift([question("cloze")])


# Moodle's own examples of the format (docs.moodle.org, « GIFT format »), in our words.
OTHERS = [
    ("::T::Which?{=yes #good ~no #bad}", "multichoice", [("yes", 1.0, "good"), ("no", 0.0, "bad")]),
    ("Which?{~%50%a ~%50%b ~%-100%c}", "multichoice", [("a", 0.5, ""), ("b", 0.5, ""), ("c", -1.0, "")]),
    ("How many?{#3:2}", "numerical", [("3", 1.0, "")]),
    ("Tell.{}", "essay", []),
    ("// a comment\n::T::[html]<b>Tell</b>{####later}", "essay", []),
]


@pytest.mark.parametrize(("content", "kind", "answers"), OTHERS)
def test_files_of_others_are_read(content: str, kind: str, answers: list[tuple[str, float, str]]) -> None:
    """Compact files, without ids, names or weights everywhere, are read too."""
    (found,) = read_gift(content)
    assert found.kind == kind
    assert [(one.text, one.fraction, one.feedback) for one in found.answers] == answers


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Q?{=a ~b", "Ligne 1, question .*accolades"),
        ("A?{=a ~b}\n\n::N::Q? =a ~b}", "Ligne 3, question .*N.*accolades"),
        ("Q?{T}", "aucun type connu"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(content: str, said: str) -> None:
    """Braces that do not pair and answers of no form are named with line and question."""
    with pytest.raises(AlliancesError, match=said):
        read_gift(content)


_WORDS = st.text(
    st.one_of(
        st.sampled_from("~}{#=%\\:&<>\"'/[]$ \n-*é€"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]),
    ),
    min_size=1,
    max_size=30,
).map(str.strip).filter(bool)  # fmt: skip
_OPTION = _WORDS.filter(lambda said: not said.startswith("%"))  # lms_html writes that sign as an entity


@settings(max_examples=200, deadline=None)
@given(text=_WORDS, options=st.lists(_OPTION, min_size=2, max_size=4), feedback=_WORDS)
def test_any_words_go_and_come_back(text: str, options: list[str], feedback: str) -> None:
    """Whatever the signs in prompts, options and feedback, the file read back is the question."""
    answers = tuple(Answer(said, float(place == 0), feedback) for place, said in enumerate(options))
    made = question(text=text, answers=answers, feedback=feedback)
    assert read_gift(write_gift([made])) == [made]
