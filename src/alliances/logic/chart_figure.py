"""A figure: the drawing, and everything that lets a person who does not see it know what it says.

One ``Figure`` serves page, tool, feedback and print: it is text, needs no script and asks nothing of
anyone. The look comes with it, at the lowest precedence, so that it is right in a notebook and a site's
style sheet may refine it (classes ``al-figure`` and ``al-figure__…``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from html import escape
from typing import Final

from alliances.i18n import Language, current_language, text
from alliances.logic.chart_colour import COLOUR_RULES, WARM, variable
from alliances.logic.chart_parts import Canvas, require, wrap

__all__ = ["Figure", "compose"]

_FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_INK, _PAPER, _LINE, _ACCENT, _MUTED = (
    variable(token) for token in ("ink", "paper", "line", "accent", "muted")
)
# :where() weighs nothing: any rule of the page wins. Inside <svg>, where a style element is allowed in a
# body. Forced colours take our fills away from the marks, not their outlines nor any text.
_STYLE: Final = (
    f":where(.al-figure){{box-sizing:border-box;max-width:720px;margin:1.5em 0;padding:1em;"
    f"background:{_PAPER};color:{_INK};border:1px solid {_LINE};font-family:{_FONT};"
    "font-size:15px;line-height:1.45;break-inside:avoid}"
    ":where(.al-figure *){box-sizing:border-box}"
    ":where(.al-figure__caption){margin:0 0 .9em;font-weight:600;font-size:16px;text-align:left}"
    ":where(.al-figure__svg){display:block;overflow:visible}"
    ":where(.al-figure__borders path){vector-effect:non-scaling-stroke}"
    ":where(.al-figure__data){margin:.9em 0 0}"
    f":where(.al-figure__data>summary){{padding:.25em 0;color:{_ACCENT};cursor:pointer}}"
    ":where(.al-figure__scroll){overflow-x:auto}"
    ":where(.al-figure__table){border-collapse:collapse;font-size:14px}"
    ":where(.al-figure__table caption){text-align:left;padding:.3em 0}"
    f":where(.al-figure__table :is(th,td)){{padding:.3em .7em .3em 0;border-bottom:1px solid {_LINE};"
    "text-align:right;vertical-align:top}"
    ":where(.al-figure__table :is(th,td):first-child){text-align:left}"
    ":where(.al-figure--network,.al-figure--timeline) :where(.al-figure__table :is(th,td)){text-align:left}"
    f":where(.al-figure__source){{margin:.9em 0 0;font-size:13px;color:{_MUTED}}}"
    f"{COLOUR_RULES}"
    "@media (forced-colors:active){.al-figure__svg{forced-color-adjust:none}"
    ".al-figure__svg text{fill:CanvasText}.al-figure__rule{stroke:CanvasText}"
    ".al-figure__mark{fill:CanvasText;stroke:CanvasText}"
    ".al-figure__mark--other,.al-figure__cell{fill:Canvas;stroke:CanvasText}"
    ".al-figure__ground{fill:Canvas}.al-figure__solid{fill:CanvasText}.al-figure__texture{fill:CanvasText}"
    ".al-figure__edge,.al-figure__borders{stroke:CanvasText}"
    ".al-figure__svg .al-figure__on-mark{fill:Canvas}}"
)


@dataclass(frozen=True)
class Figure:
    """A chart ready to show.

    Attributes:
        svg: the drawing, an ``<svg>`` element with its title and description.
        caption: what the chart shows, one sentence without full stop.
        text_alternative: what it says, written from the data.
        table_head: column titles of the data table.
        table_rows: its rows, as text; the first cell names the row.
        source: where the data come from.
        synthetic: the data are made up; the drawing says so too.
        lang: ``fr`` or ``en``.
        kind: name of the function that drew it, for example ``bars``.
        id: identifier in a page; the same content gets the same one.
    """

    svg: str
    caption: str
    text_alternative: str
    table_head: tuple[str, ...]
    table_rows: tuple[tuple[str, ...], ...]
    source: str
    synthetic: bool
    lang: Language
    kind: str
    id: str

    def to_html(self) -> str:
        """Return the whole ``<figure>``: caption, drawing, description and table, source."""
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in self.table_head)
        rows = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.table_rows
        )
        label = escape(text("chart.table_of", self.lang, caption=self.caption))
        source = self.credit
        return (
            f'<figure class="al-figure al-figure--{self.kind}" id="{self.id}" lang="{self.lang}">'
            f'<figcaption class="al-figure__caption">{escape(self.caption)}</figcaption>'
            f"{self.svg}"
            f'<details class="al-figure__data"><summary>{escape(text("chart.summary", self.lang))}</summary>'
            f'<p class="al-figure__alternative">{escape(self.text_alternative)}</p>'
            f'<div class="al-figure__scroll" role="group" tabindex="0" aria-label="{label}">'
            f'<table class="al-figure__table"><caption>{label}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
            f'<p class="al-figure__source">{escape(source)}</p>'
            "</figure>"
        )

    @property
    def credit(self) -> str:
        """The line under the figure: the source, introduced unless it introduces itself."""
        if self.source.startswith("Source"):
            return self.source
        return text("chart.source", self.lang, source=self.source)

    def _repr_html_(self) -> str:
        """Show in a notebook."""
        return self.to_html()

    def __str__(self) -> str:
        """Return what a terminal can show: caption, text alternative, source."""
        return f"{self.caption}\n{self.text_alternative}\n{self.credit}"


def compose(  # noqa: PLR0913 - the parts of a figure
    canvas: Canvas,
    *,
    kind: str,
    caption: str,
    alternative: str,
    head: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    source: str,
    synthetic: bool,
    lang: Language | None,
    key: str,
) -> Figure:
    """Put a drawing and its words together.

    ``{id}`` in the canvas's parts becomes the figure's identifier (for patterns). ``key`` tells apart two
    figures with the same content in one page.

    Raises:
        ValueError: caption or source is empty.
    """
    require(caption.strip(), "no_caption")
    require(source.strip(), "no_source", caption=caption)
    language = lang or current_language()
    note = text("chart.synthetic", language)
    if synthetic:
        canvas.y += 6
        for line in wrap(note, 36):
            canvas.y += 19
            canvas.write(0, canvas.y, line, bold=True, fill=WARM)
        alternative = f"{note} {alternative}"
    body = "".join(canvas.parts)
    content = repr((kind, language, caption, alternative, source, key, body, canvas.picture))
    name = "al-" + hashlib.sha256(content.encode()).hexdigest()[:10]
    height, style = canvas.y + 6, ""
    if canvas.picture:
        picture, top = canvas.picture, canvas.y + 6
        height += picture.height
        # As tall as its width lets it be: 4rem are what page and figure leave empty beside it on a phone.
        fitting = f"calc({top + 10:g}px + {picture.ratio:.3f}*(100vw - 4rem))"
        style = f' style="height:min({height:g}px,{fitting})"'
        body += picture.placed(top)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="al-figure__svg" role="img" width="100%" '
        f'height="{height:g}"{style} font-family="{_FONT}" font-size="14" '
        f'aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(caption, quote=False)}</title>'
        f'<desc id="{name}-text">{escape(alternative, quote=False)}</desc>'
        f"<style>{_STYLE}</style>{body.replace('{id}', name)}</svg>"
    )
    return Figure(svg, caption, alternative, head, rows, source, synthetic, language, kind, name)
