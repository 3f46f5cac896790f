"""What a question may draw, as authors write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from alliances.errors import SourceError
from alliances.questions.drawing import draw
from alliances.questions.spec import compile_question, load_items

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
module: tiny
items:
  - id: p01
    use: practice
    outcome: count
    bloom: apply
    tracks: [students]
    type: number
    parameters:
      n: {from: 0.1, to: 0.5, step: 0.1}
      k: {choose: [2, 3]}
      product: {is: "n * k"}
    prompt: {fr: "{n} fois {k} ?", en: "{n} times {k}?"}
    value: product
    units: {cent: 0.01}
    range: {min: 0, max: 2, step: 0.1}
    reason: {fr: "Soit {answer}.", en: "That is {answer}."}
    otherwise: {fr: "Multipliez.", en: "Multiply."}
    next_step: {fr: "Relisez.", en: "Read it again."}
"""


def test_what_is_written_is_made_ready_to_draw(tmp_path: Path) -> None:
    """Both ends are included, decimals stay short, expressions become programs."""
    path = tmp_path / "items.yaml"
    path.write_text(GOOD, encoding="utf-8")
    question = compile_question(load_items(path).items[0].raw, "fr")
    assert question["parameters"] == [
        ["n", [0.1, 0.2, 0.3, 0.4, 0.5]],
        ["k", [2, 3]],
        ["product", {"is": ["=n", "=k", "*"]}],
    ]
    assert question["value"] == ["=product"]
    assert set(draw(question, "x")) == {"n", "k", "product"}


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("{from: 0.1, to: 0.5, step: 0.1}", "{from: 0.5, to: 0.1}", r"parameters\.n\.to"),
        ("step: 0.1}\n      k", "step: 0}\n      k", r"parameters\.n\.step"),
        ("step: 0.1}\n      k", "step: 0.0001}\n      k", r"parameters\.n\.step"),
        ("{from: 0.1, to: 0.5, step: 0.1}", "3", r"parameters\.n"),
        ("[2, 3]", "[2]", r"parameters\.k\.choose"),
        ("[2, 3]", "[2, deux]", r"parameters\.k\.choose\[1\]"),
        ('{is: "n * k"}', '{is: "n * z"}', "« z » n’est pas un calcul reconnu"),
        ('{is: "n * k"}', '{is: "open(n)"}', "n’est pas un calcul reconnu"),
        ("value: product", "value: produit", "avec ces noms : n, k, product"),
        ("      k: {choose", "      K k: {choose", "parameters"),
        ("units: {cent: 0.01}", "units: {cent: 0}", r"units\.cent"),
        ("max: 2, step: 0.1", "max: 0, step: 0.1", r"range\.max"),
        ("max: 2, step: 0.1", "max: 2, step: 0", r"range\.step"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, good: str, bad: str, message: str) -> None:
    """File, line, field and what was expected, before anybody draws anything."""
    path = tmp_path / "items.yaml"
    assert good in GOOD
    path.write_text(GOOD.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        load_items(path)
    assert caught.value.line > 0
