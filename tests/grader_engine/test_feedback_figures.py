"""A question whose figures are drawn is told in feedback with the figures that its learner saw."""

from __future__ import annotations

from typing import Any

import pytest

from alliances.questions.marks import written_points
from alliances_grader.feedback_items import Item
from alliances_grader.feedback_words import heading, prompt_of

_THIN = "\u202f"
QUESTION: dict[str, Any] = {
    "id": "q1",
    "type": "number",
    "lang": "fr",
    "prompt": "Sur {total} heures, {share} % sont payées. Combien ? Gardez {ceci}.",
    "parameters": [["total", [1200, 1500]], ["share", [12.5, 40]]],
}


def item(answer: object) -> Item:
    """Return the question as one learner answered it."""
    return Item("q1", "marked", QUESTION, "", answer, 0.0, 1.0, "wrong", to_mark=False)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (
            {"value": "3", "drawn": {"total": 1500, "share": 12.5}},
            f"Sur 1{_THIN}500 heures, 12,5 % sont payées.",
        ),
        ({"value": "3"}, "Sur … heures, … % sont payées."),
        (None, "Sur … heures, … % sont payées."),
        ("text", "Sur … heures, … % sont payées."),
    ],
)
def test_drawn_figures_stand_in_prompt_and_heading(answer: object, asked: str) -> None:
    """Three dots stand where nothing tells what was drawn; braces that name no figure stay."""
    assert prompt_of(item(answer)) == f"{asked} Combien ? Gardez {{ceci}}."
    assert asked.split(" heures", maxsplit=1)[0] in heading(item(answer)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("points", "fr", "en"),
    [(1.0, "1", "1"), (2.5, "2,5", "2.5"), (0.25, "0,25", "0.25"), (1 / 3, "0,33", "0.33"), (10, "10", "10")],
)
def test_points_have_the_decimals_they_need(points: float, fr: str, en: str) -> None:
    """A quarter of a point is not written as two tenths."""
    assert (written_points(points, "fr"), written_points(points, "en")) == (fr, en)
