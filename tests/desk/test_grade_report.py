"""What ``alliances grade`` says at its end of the class as a whole."""

from __future__ import annotations

import pytest

from alliances.desk.commands.grade_report import shared_answers, summary, to_json
from alliances.i18n import Language, use
from alliances_grader.class_asked import Outcome
from alliances_grader.verdicts import Finding


def shared(cell: str, digest: str) -> Finding:
    return Finding("same_text", cell, {"count": 1, "others": "…", "text": digest})


OUTCOMES = [
    Outcome("ps", "bob", "graded", 2.0, 2.0, findings=(shared("essay", "1"),), reused=True),
    Outcome("ps", "ada", "unchanged", 2.0, 2.0, findings=(shared("essay", "1"), shared("memo", "3"))),
    Outcome("ps", "eva", "graded", 2.0, 2.0, findings=(shared("essay", "2"),)),
    Outcome("ps", "max", "graded", 2.0, 2.0, findings=(shared("essay", "2"), shared("memo", "3"))),
    Outcome(
        "ps",
        "lou",
        "unchanged",
        2.0,
        2.0,
        findings=(Finding("late_rule", values={"before": "0", "now": "1"}),),
    ),
    Outcome(
        "ps", "tom", "graded", 2.0, 2.0, findings=(Finding("unstable", "t", {"first": "2", "second": "0"}),)
    ),
]
GROUPS = [
    {"cell": "essay", "students": ["ada", "bob"]},
    {"cell": "essay", "students": ["eva", "max"]},
    {"cell": "memo", "students": ["ada", "max"]},
]


def test_copies_that_share_an_answer_are_named_together() -> None:
    """One entry an answer, learners in order; two texts in one cell are two entries."""
    assert shared_answers(OUTCOMES) == GROUPS
    data = to_json("strict", OUTCOMES, 1.0, "ps")
    assert data["shared_answers"] == GROUPS
    assert [copy["reused"] for copy in data["copies"]] == [True, *[False] * 5]
    # To share a text is no reason to flag a copy; marks that change by themselves are.
    assert [copy["student"] for copy in data["copies"] if copy["flagged"]] == ["tom"]


@pytest.mark.parametrize(
    ("tongue", "lines"),
    [
        (
            "fr",
            [
                "Même texte dans plusieurs copies : 3 réponse(s), 4 copies. Aucun point n'est changé.",
                "  essay : ada, bob",
                "  memo : ada, max",
                "Pénalités de retard recalculées, sans rien exécuter : 1.",
                "Copies dont un test ne donne pas deux fois les mêmes points, à relire : 1.",
                "Copies qui reprennent l'exécution d'une copie aux mêmes cellules : 1.",
            ],
        ),
        (
            "en",
            [
                "Same text in several copies: 3 answer(s), 4 copies. No mark is changed.",
                "  essay: ada, bob",
                "Late penalties worked out again, with nothing run: 1.",
                "Copies of which a test does not give the same marks twice, to be looked at: 1.",
                "Copies that took over the run of a copy with the same cells: 1.",
            ],
        ),
    ],
)
def test_the_summary_tells_of_the_class(tongue: Language, lines: list[str]) -> None:
    """Each of these has a line, in the reader's language."""
    use(tongue)
    try:
        told = summary(OUTCOMES, 1.0).splitlines()
    finally:
        use("fr")
    assert [line for line in lines if line not in told] == []


def test_a_class_with_nothing_of_the_kind_has_no_such_line() -> None:
    """Three lines, as ever."""
    assert len(summary([Outcome("ps", "ada", "graded", 2.0, 2.0)], 1.0).splitlines()) == 3


def test_a_long_list_is_cut() -> None:
    """The first twenty answers are listed; the rest is counted."""
    many = [
        Outcome("ps", name, "graded", findings=tuple(shared("essay", str(number)) for number in range(25)))
        for name in ("ada", "bob")
    ]
    told = summary(many, 1.0).splitlines()
    assert sum(line == "  essay : ada, bob" for line in told) == 20
    assert "  … et 5 autre(s), avec --json." in told
