"""Maths of the pages as MathML, which browsers draw themselves: no script, no font, no request."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from latex2mathml.converter import convert

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["mathml", "setup_maths"]


@cache
def mathml(latex: str, *, block: bool = False) -> str:
    """Return a formula as MathML, its LaTeX kept as an annotation that copying can use.

    Raises:
        ValueError: the formula is not LaTeX that can be converted; the message quotes it.
    """
    try:
        element = str(convert(latex.strip(), display="block" if block else "inline"))
    except Exception as error:
        raise ValueError(f"cannot convert the formula {latex.strip()!r}: {error!r}") from error
    head, body = element.split(">", 1)
    inside = body.removesuffix("</math>")
    note = f'<annotation encoding="application/x-tex">{escape(latex.strip(), quote=False)}</annotation>'
    return f"{head}><semantics>{inside}{note}</semantics></math>"


def setup_maths(app: Sphinx) -> None:
    """Have Sphinx write formulas as MathML under the name ``alliances``."""
    app.add_html_math_renderer(
        "alliances",
        inline_renderers=(_visit_inline, None),
        block_renderers=(_visit_block, None),
    )


def _visit_inline(writer: Any, node: Any) -> None:  # noqa: ANN401 - docutils' visitors are untyped
    from docutils.nodes import SkipNode

    writer.body.append(mathml(node.astext()))
    raise SkipNode


def _visit_block(writer: Any, node: Any) -> None:  # noqa: ANN401
    from docutils.nodes import SkipNode

    writer.body.append(f'<div class="al-math" tabindex="0">{mathml(node.astext(), block=True)}</div>\n')
    raise SkipNode
