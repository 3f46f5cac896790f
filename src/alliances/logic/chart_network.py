"""A network of named actors: numbered discs, links told apart by dashes, and the list of links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_colour import INK, PAPER, colour
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_marks import DASHES, STROKES, sample_key
from alliances.logic.chart_network_layout import layout
from alliances.logic.chart_parts import NARROW, Canvas, percent, require, wrap

__all__ = ["network"]

_MOST: Final = 40
_DISC: Final = 13.0  # px
_GAP: Final = 40.0  # px between the middles of two discs
_TALL: Final = 250.0  # px; more for more actors
_WIDE: Final = 33

Link = tuple[str, str, str]


def network(  # noqa: PLR0913 - each says one thing of the chart
    nodes: Sequence[str],
    links: Sequence[Link],
    *,
    caption: str,
    source: str,
    directed: bool = False,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw who is linked to whom, each actor numbered, names and number of links below.

    Args:
        nodes: names of the actors, 40 at most; those without a link are shown too.
        links: one name, another, and the kind of link (« » where there is only one); four kinds at most.
        caption: what the links are.
        source: where they are known from.
        directed: links go from the first to the second: an arrow stands in their middle.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two networks with the same content in one page.

    Raises:
        ValueError: no actor or too many, a name given twice, a link to an unknown actor or to itself, or
            given twice with the same kind, more than four kinds, no caption or source.
    """
    kinds = _check(nodes, links, directed=directed)
    numbers = {name: place for place, name in enumerate(nodes)}
    degrees = Counter(name for one, other, _ in links for name in (one, other))

    canvas = Canvas()
    if any(kinds):
        sample_key(canvas, kinds, markers=False)
        canvas.y += 4
    tall = _TALL + 9.0 * max(0, len(nodes) - 8)
    pairs = [(numbers[one], numbers[other]) for one, other, _ in links]
    room = NARROW - 2 * _DISC - 4
    top = canvas.y + _DISC + 2
    spots = [
        ((x + _DISC + 2) / NARROW * 100, y + top) for x, y in layout(len(nodes), pairs, room, tall, _GAP)
    ]  # fmt: skip
    if directed:
        _arrows(canvas, len(kinds))
    for (one, other, kind), (start, end) in zip(links, pairs, strict=True):
        _link(
            canvas,
            spots[start],
            spots[end],
            kinds.index(kind),
            _aside(links, one, other, kind),
            directed=directed,
        )
    for number, (x, y) in enumerate(spots, start=1):
        canvas.parts.append(
            f'<circle cx="{percent(x)}" cy="{y:g}" r="{_DISC:g}"'
            f"{colour('cell', fill=PAPER, stroke=INK, thick=2)}/>"
        )
        canvas.write(x, y + 5, str(number), anchor="middle", bold=True)
    canvas.y = top + tall + _DISC + 8
    canvas.lines(0, wrap(text("chart.network_key", lang), _WIDE + 3))
    for number, name in enumerate(nodes, start=1):
        canvas.write(0, canvas.y + 14, str(number), bold=True)
        for line in wrap(f"{name} ({degrees[name]})", _WIDE):
            canvas.write(0, canvas.y + 14, line, shift=28)
            canvas.y += 19
    columns = ("from", "to") if directed else ("one", "other")
    head = [text(f"chart.head_{name}", lang) for name in columns]
    rows: list[tuple[str, ...]] = [
        (one, other, kind) if any(kinds) else (one, other) for one, other, kind in links
    ]
    alone = [name for name in nodes if not degrees[name]]
    rows += [(name, *["–"] * (len(head) - 1 + any(kinds))) for name in alone]
    return compose(
        canvas, kind="network", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=_alternative(nodes, links, degrees, lang, directed=directed),
        head=(*head, text("chart.head_kind", lang)) if any(kinds) else tuple(head),
        rows=tuple(rows),
    )  # fmt: skip


def _check(nodes: Sequence[str], links: Sequence[Link], *, directed: bool) -> list[str]:
    """Return the kinds of links, in the order of their first link."""
    require(nodes, "no_data")
    require(len(nodes) <= _MOST, "node_count", found=len(nodes), most=_MOST)
    for name, times in Counter(nodes).items():
        require(times == 1, "node_twice", name=name)
    seen = set()
    for one, other, kind in links:
        for name in (one, other):
            require(name in nodes, "node_unknown", one=one, other=other, name=name)
        require(one != other, "node_self", name=one)
        pair = (one, other) if directed else (min(one, other), max(one, other))
        require((pair, kind) not in seen, "link_twice", one=one, other=other)
        seen.add((pair, kind))
    kinds = list(dict.fromkeys(kind for *_, kind in links))
    require(len(kinds) <= len(STROKES), "kind_count", found=len(kinds))
    return kinds


def _aside(links: Sequence[Link], one: str, other: str, kind: str) -> int:
    """Return which of the links between two actors this is, from 0: each is drawn beside the others."""
    between = [link for link in links if {*link[:2]} == {one, other}]
    return between.index((one, other, kind))


def _link(  # noqa: PLR0913 - two ends and a style
    canvas: Canvas, start: tuple[float, float], end: tuple[float, float], kind: int, aside: int, *,
    directed: bool,
) -> None:  # fmt: skip
    """Draw one link, several between the same two side by side, an arrow in the middle where directed."""
    # 0, 1, -1, 2 … times 6 px, across the longer direction so that lines do not hide each other.
    step = 6.0 * ((aside + 1) // 2) * (1 if aside % 2 else -1)
    level = abs(start[0] - end[0]) * NARROW / 100 > abs(start[1] - end[1])
    right, down = (0.0, step) if level else (step / NARROW * 100, 0.0)
    start, end = ((x + right, y + down) for x, y in (start, end))
    style = {"stroke": STROKES[kind], "thick": 2.2, "dashes": DASHES[kind]}
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if directed:
        canvas.slope(start, middle, **style, more=f' marker-end="url(#{{id}}-a{kind + 1})"')  # type: ignore[arg-type]
        start = middle
    canvas.slope(start, end, **style)  # type: ignore[arg-type]


def _arrows(canvas: Canvas, count: int) -> None:
    """Define an arrow for each kind."""
    canvas.parts.append(
        "<defs>"
        + "".join(
            f'<marker id="{{id}}-a{kind}" viewBox="-10 -6 12 12" markerWidth="13" markerHeight="13" '
            f'markerUnits="userSpaceOnUse" orient="auto"><path d="M-10-6L2 0-10 6z"'
            f"{colour('mark', fill=stroke)}/></marker>"
            for kind, stroke in enumerate(STROKES[:count], start=1)
        )
        + "</defs>"
    )


def _alternative(
    nodes: Sequence[str],
    links: Sequence[Link],
    degrees: Counter[str],
    lang: Language | None,
    *,
    directed: bool,
) -> str:
    """Say how many there are, how many links each has, and every link."""
    semicolon = text("chart.semicolon", lang)
    each = [text("chart.network_degree", lang, name=name, degree=degrees[name]) for name in nodes]
    said = [
        text(
            "chart.alternative_network", lang, nodes=len(nodes), links=len(links), values=semicolon.join(each)
        )
    ]
    if not links:
        return f"{said[0]} {text('chart.network_no_links', lang)}"
    most = max(degrees.values())
    names = ", ".join(name for name in nodes if degrees[name] == most)
    said.append(text("chart.network_most", lang, names=names, degree=most))
    alone = ", ".join(name for name in nodes if not degrees[name])
    if alone:
        said.append(text("chart.network_alone", lang, names=alone))
    form = "link_towards" if directed else "link_between"
    listed = []
    for one, other, kind in links:
        link = text(f"chart.{form}", lang, one=one, other=other)
        listed.append(text("chart.link_kind", lang, link=link, kind=kind) if kind else link)
    said.append(text("chart.network_links", lang, values=semicolon.join(listed)))
    return " ".join(said)
