"""Figures drawn for each learner."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_questions import DRAWN

from alliances.questions import mark
from alliances.questions.compiling import compile_question, public
from alliances.questions.drawing import draw, drawn_of, fill, uniform, with_figures, written_figure
from alliances.questions.expressions import ExpressionError, compiled, evaluated
from alliances.widgets.static import copy_static

if TYPE_CHECKING:
    from pathlib import Path

FRENCH = compile_question(DRAWN, "fr")


@given(st.text(max_size=40))
def test_a_draw_depends_on_the_seed_alone(seed: str) -> None:
    """The same seed gives the same figures, all of them allowed, with or without the keys."""
    figures = draw(FRENCH, seed)
    assert figures == draw(public(FRENCH), seed) == drawn_of(FRENCH, figures)
    assert figures["n"] in range(20, 61, 5)
    assert figures["total"] == 2 * figures["n"]
    assert 0 <= uniform(seed) < 1


def test_neighbours_draw_differently() -> None:
    """A hundred learners share out all the figures there are."""
    drawn = {tuple(draw(FRENCH, f"learner{number}").values()) for number in range(100)}
    assert len(drawn) > 20


@given(st.text(max_size=20))
def test_the_value_of_the_figures_drawn_earns_all(seed: str) -> None:
    """Marking reckons the value from the figures that the copy stores."""
    drawn = draw(FRENCH, seed)
    value = drawn["total"] * drawn["rate"] / 100
    result = mark(FRENCH, {"value": str(value).replace(".", ","), "drawn": drawn})
    assert (result.verdict, result.points) == ("right", 2)
    assert "{" not in result.reason


@pytest.mark.parametrize(
    "drawn",
    [None, {}, 3, [], {"n": 21, "rate": 10}, {"n": "20", "rate": 10}, {"n": True, "rate": 10}, {"n": 20}],
)
def test_figures_that_cannot_have_been_drawn_are_refused(drawn: object) -> None:
    """Nobody chooses figures of their own: such an answer is not marked, and says what to do."""
    result = mark(FRENCH, {"value": "4", "drawn": drawn})
    assert (result.verdict, result.points) == ("unanswered", 0)
    assert "Rouvrez la question" in result.reason


def test_what_is_said_holds_the_figures_of_the_copy() -> None:
    """Reasons, known errors and « Je ne sais pas » are said with the figures drawn."""
    drawn = {"n": 40, "rate": 20, "total": 80}
    wrong = mark(FRENCH, {"value": "20", "drawn": drawn})
    assert wrong.reason == "Votre réponse est lue comme 20\u00a0associations. 20 est le taux."
    unknown = mark(FRENCH, {"unknown": True, "drawn": drawn})
    assert "16\u00a0associations" in unknown.reason
    assert "{" not in mark(FRENCH, {"unknown": True}).reason


def test_a_prompt_shows_its_figures_and_leaves_other_braces() -> None:
    """Only the names drawn are filled in."""
    shown = with_figures(FRENCH, "x")
    assert "{n}" not in shown["prompt"]
    assert "{total}" not in shown["prompt_html"]
    assert "{autre}" in shown["prompt"]
    assert fill("{a} {b}", {"a": "1"}) == "1 {b}"
    assert with_figures({"id": "q", "prompt": "{n}"}, "x") == {"id": "q", "prompt": "{n}"}


@pytest.mark.parametrize(
    ("value", "lang", "written"),
    [(0.3, "fr", "0,3"), (1200, "fr", "1\u202f200"), (1200, "en", "1,200"), (0.1234567, "en", "0.123457")],
)
def test_a_figure_is_written_as_the_language_does(value: float, lang: Any, written: str) -> None:
    """Decimals as needed, six at most."""
    assert written_figure(value, lang) == written


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-a + b", 1),
        ("round(b / a)", 2),
        ("floor(b / a)", 1),
        ("min(a, b) + max(a, b)", 5),
        ("round(2.5)", 3),
    ],
)
def test_an_expression_is_reckoned(expression: str, value: float) -> None:
    """Small arithmetic over the names given."""
    assert evaluated(compiled(expression, ("a", "b")), {"a": 2, "b": 3}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a +",
        "c",
        "a ** 9",
        "__import__('os')",
        "a if b else 1",
        "[a]",
        "'a'",
        "True",
        "min(a)",
        "a" * 300,
        "(" * 150,
    ],
)
def test_what_is_not_small_arithmetic_is_refused(expression: str) -> None:
    """Nothing else than numbers, names and four operations is ever evaluated."""
    with pytest.raises(ExpressionError, match="not an expression"):
        compiled(expression, ("a", "b"))


def test_a_division_by_zero_matches_nothing() -> None:
    """Such a value refuses every answer instead of stopping the marking."""
    assert evaluated(compiled("1 / a", ("a",)), {"a": 0}) != 0


_SCRIPT = """
import { readFileSync } from "node:fs";
import { draw, uniform } from "./rules.js";
const { question, seeds } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(seeds.map((seed) => [uniform(seed), draw(question, seed)])));
"""


@pytest.mark.skipif(
    shutil.which("node") is None, reason="no Node.js here: the vectors are also run in Chromium"
)
def test_the_page_draws_what_python_draws(tmp_path: Path) -> None:
    """Two hundred seeds, accents and emoji among them, give the same figures in JavaScript."""
    copy_static(tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "run.js").write_text(_SCRIPT, encoding="utf-8")
    seeds = [f"élève {number} 🧭" for number in range(200)]
    done = subprocess.run(
        ["node", "run.js"],
        cwd=tmp_path,
        input=json.dumps({"question": public(FRENCH), "seeds": seeds}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert json.loads(done.stdout) == [[uniform(seed), draw(FRENCH, seed)] for seed in seeds]
