"""Maps of départements: one tile each, or their outlines; at most five classes, told apart without colour.

Both are pure: the grid or the outlines are arguments (``alliances.data`` has those of the 101 départements).
The tile map is the better first choice: each département has the same room, and its code and value are
printed. The other shows the country's shape, and large départements look more important than they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.chart_classes import Sheet, pattern_defs
from alliances.logic.chart_colour import CLASSES, INK, MUTED, PAPER, colour
from alliances.logic.chart_figure import Figure, compose
from alliances.logic.chart_parts import NARROW, Canvas, Picture, require, wrap, write

__all__ = ["department_map", "tile_map"]

Point = tuple[float, float]
Tile = tuple[str, str, int, int]

_TILE: Final = 36.0  # px
_WIDE: Final = 34  # characters a line that fit a phone
_OVERSEAS: Final = "97"
_HEIGHT: Final = 560.0  # px
_TEXTURE: Final = 0.0024  # of the picture's width: size of a texture's unit
_EDGE: Final = 0.9  # px


def tile_map(  # noqa: PLR0913 - each says one thing of the chart
    values: Mapping[str, float | None],
    tiles: Sequence[Tile],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    classes: int = 5,
    limits: Sequence[float] | None = None,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw one tile a département, with its code and its value, or the number of its class where it is long.

    Args:
        values: value by code, which is text (« 01 », « 2A »); None or no entry: not available.
        tiles: code, name, row and column (from 1) of each tile: ``alliances.data.department_tiles()``.
        caption: what the map shows. A rate says of what.
        source: where the data come from.
        unit: ``percent``, a short unit, or nothing.
        decimals: decimals printed; values are classed as they are printed.
        classes: number of classes of much the same size, 1 to 5, where ``limits`` are not given.
        limits: limits between classes, ascending, four at most; a limit belongs to the class above it.
        synthetic: the data are made up.
        lang: language, the current one by default.
        key: tells apart two maps with the same content in one page.

    Raises:
        ValueError: a code that is no text or has no tile, two tiles in one place, no value, a value that is
            not finite, limits that do not ascend or are too many, no caption or source.
    """
    places = {(row, column) for _, _, row, column in tiles}
    require(len(places) == len(tiles) == len({code for code, *_ in tiles}), "tiles_clash")
    names = {code: name for code, name, _, _ in tiles}
    sheet = Sheet.of(
        names, values, unit=unit, decimals=decimals, classes=classes, limits=limits, lang=lang
    )  # fmt: skip
    columns = max(column for *_, column in tiles)
    inside = {code: write(values.get(code), "", decimals, lang) for code in names if sheet.number(code)}
    numbered = max(map(_width, inside.values())) > NARROW / columns - 1
    if numbered:
        inside = {code: str(sheet.number(code)) for code in inside}

    canvas = Canvas(parts=[f"<defs>{pattern_defs()}</defs>"])
    sheet.legend(canvas, textured=False)
    canvas.y += 6
    canvas.lines(0, wrap(text("chart.tiles_numbered" if numbered else "chart.tiles", lang), _WIDE))
    canvas.y += 10
    top = canvas.y
    rows = sorted({row for _, _, row, _ in tiles})
    for code, _, row, column in tiles:
        y = top + (row - rows[0]) * _TILE
        # Three letters need more than a column of a phone: where both sides are free, a tile spreads.
        free = len(code) > 2 and not {(row, column - 1), (row, column + 1)} & places  # noqa: PLR2004
        spread = 0.3 if free else 0.0
        left, right = (column - 1 - spread) / columns * 100, (column + spread) / columns * 100
        fill, ink = CLASSES[sheet.shade(code) - 1] if sheet.shade(code) else ("url(#{id}-c0)", INK)
        canvas.parts.append(f"<g><title>{escape(sheet.label(code), quote=False)}</title>")
        canvas.box(left, right, y, _TILE, fill=fill, kind="cell", stroke=PAPER, thick=1.5)
        middle = (left + right) / 2
        if sheet.number(code):
            canvas.write(middle, y + 15, code, anchor="middle", size=12, fill=ink)
            canvas.write(middle, y + 30, inside[code], anchor="middle", size=12, bold=True, fill=ink)
        else:
            # On paper: hatching behind letters makes them hard to read.
            canvas.box(left + 0.9, right - 0.9, y + 4, 16, fill=PAPER, kind="ground")
            canvas.write(middle, y + 16, code, anchor="middle", size=12)
        canvas.parts.append("</g>")
    canvas.y = top + (rows[-1] - rows[0] + 1) * _TILE
    return compose(
        canvas, kind="tile_map", caption=caption, source=source, synthetic=synthetic, lang=lang, key=key,
        alternative=sheet.alternative(), head=sheet.head, rows=sheet.rows,
    )  # fmt: skip


def _width(words: str) -> float:
    """Return about how wide a number is at 12 px, in pixels."""
    return sum(7.4 if letter.isalnum() or letter in "−+" else 3.8 for letter in words)


def department_map(  # noqa: PLR0913 - each says one thing of the chart
    values: Mapping[str, float | None],
    outlines: Mapping[str, tuple[str, Sequence[Sequence[Point]]]],
    *,
    caption: str,
    source: str,
    unit: str = "",
    decimals: int = 0,
    classes: int = 5,
    limits: Sequence[float] | None = None,
    synthetic: bool = False,
    lang: Language | None = None,
    key: str = "",
) -> Figure:
    """Draw the outlines of départements, each class with a shade and a texture of its own.

    Args:
        values: see ``tile_map``.
        outlines: by code, the name and the closed rings of each département, points ``(x, y)`` in a plane,
            y downwards, an enclave as a ring inside another: ``alliances.data.department_outlines()``.
            Where they come from (IGN) belongs in ``source`` too.
        caption: see ``tile_map``.
        source: see ``tile_map``.
        unit: see ``tile_map``.
        decimals: see ``tile_map``.
        classes: see ``tile_map``.
        limits: see ``tile_map``.
        synthetic: see ``tile_map``.
        lang: see ``tile_map``.
        key: see ``tile_map``.

    Raises:
        ValueError: as ``tile_map``; or a ring of fewer than three points, or points not finite.
    """
    rings = [ring for _, found in outlines.values() for ring in found]
    require(rings and all(len(ring) > 2 for ring in rings), "rings")  # noqa: PLR2004 - a surface
    points = [point for ring in rings for point in ring]
    require(all(math.isfinite(number) for point in points for number in point), "not_finite")
    names = {code: name for code, (name, _) in outlines.items()}
    sheet = Sheet.of(
        names, values, unit=unit, decimals=decimals, classes=classes, limits=limits, lang=lang
    )  # fmt: skip
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    width, height = (max(point[axis] for point in points) - start for axis, start in ((0, left), (1, top)))
    require(width > 0 and height > 0, "rings")

    canvas = Canvas(parts=[f"<defs>{pattern_defs()}{pattern_defs(round(width * _TEXTURE, 4))}</defs>"])
    sheet.legend(canvas, textured=True)
    if any(code.startswith(_OVERSEAS) for code in names):
        canvas.y += 6
        canvas.lines(0, wrap(text("chart.map_insets", lang), _WIDE), fill=MUTED)
    paths = "".join(
        f'<path d="{"".join(map(_path, found))}" fill="url(#{{id}}-m{sheet.shade(code)})">'
        f"<title>{escape(sheet.label(code), quote=False)}</title></path>"
        for code, (_, found) in outlines.items()
    )
    # Edges keep their width whatever the scale; the margin keeps the outermost inside.
    edge = colour("borders", stroke=INK, thick=_EDGE)
    body = f'<g fill-rule="evenodd" stroke-linejoin="round"{edge}>{paths}</g>'
    margin = width / 200
    canvas.picture = Picture(
        body, (left - margin, top - margin, width + 2 * margin, height + 2 * margin), _HEIGHT
    )
    return compose(
        canvas, kind="department_map", caption=caption, source=source, synthetic=synthetic, lang=lang,
        key=key, alternative=sheet.alternative(), head=sheet.head, rows=sheet.rows,
    )  # fmt: skip


def _path(ring: Sequence[Point]) -> str:
    """Write a closed ring as steps, which are short."""
    (x, y), *others = ring
    steps = []
    for right, down in others:
        steps.append(f"{right - x:g} {down - y:g}")
        x, y = right, down
    return f"M{ring[0][0]:g} {ring[0][1]:g}l{' '.join(steps)}z"
