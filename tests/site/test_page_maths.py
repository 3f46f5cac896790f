"""Formulas as MathML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from alliances.course.page_maths import mathml


@pytest.mark.parametrize("latex", [r"\kappa", r"\frac{p_o - p_e}{1 - p_e}", "a < b", r"\sum_{i=1}^{n} x_i"])
def test_a_formula_is_well_formed_mathml_with_its_latex(latex):
    """A formula is MathML that a browser draws, and carries its LaTeX for who copies it."""
    element = ET.fromstring(mathml(latex))  # noqa: S314 - our own text
    names = {node.tag.rpartition("}")[2]: node.text for node in element.iter()}
    assert element.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert names["annotation"] == latex


@pytest.mark.parametrize(("block", "display"), [(True, "block"), (False, "inline")])
def test_display_follows_the_place(block, display):
    """A formula of its own line is drawn as a block."""
    assert f'display="{display}"' in mathml("x", block=block)


def test_a_formula_that_cannot_be_converted_is_quoted():
    """The message quotes the formula that cannot be converted."""
    with pytest.raises(ValueError, match=r"cannot convert the formula '\\\\left\('"):
        mathml(r"\left(")
