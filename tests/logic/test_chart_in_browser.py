"""Charts in a real browser: readable on a phone, nothing for axe to find, nothing asked of the network."""

from __future__ import annotations

import pytest
from browser import axe_findings, open_page

from alliances import data
from alliances.logic.chart import (
    bars,
    department_map,
    grouped_bars,
    heat_table,
    intervals,
    lines,
    network,
    points,
    tile_map,
    timeline,
)
from alliances.logic.chart_colour import TOKENS
from alliances.logic.typology import FAMILIES, read, reading_figure

pytestmark = pytest.mark.browser

# Texts of one drawing that cover each other, and texts that leave it by more than its own margin.
_FAULTS = """() => [...document.querySelectorAll("svg.al-figure__svg")].flatMap((svg) => {
  const edge = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
  const out = texts.filter(([, b]) => b.right > edge.right + 8 || b.left < edge.left - 8
    || b.bottom > edge.bottom + 1).map(([words]) => "outside: " + words);
  texts.forEach(([one, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) out.push("overlap: " + one + " | " + other);
  }));
  return out;
})"""


def _series(more, names):
    """Lines, points, network, timeline: long names, values that are close, missing or alike."""
    years = range(2008, 2023)
    growing = [3, 4, 5, 6, 8, 9, None, None, 12, 13, 15, 16, 17, 17.5, 18]
    close = [1, 1, 2, 3, 5, 8, 9, 11, 12, 13, 14, 14.5, 15, 17, 17.8]
    actors = [f"{name} – {side}" for name in names for side in ("Val-Commun", "Communauté de communes")]
    links = [(actors[a], actors[b], kind) for a, b, kind in [
        (0, 1, "finance"), (1, 2, "coopère"), (2, 0, "donne"), (0, 3, "finance"), (4, 0, "emploie"),
        (5, 6, "coopère"), (0, 1, "coopère"), (7, 8, "donne"), (8, 1, "finance"),
    ]]  # fmt: skip
    return [
        lines(
            years,
            {"Associations employeuses": growing, "Entreprises": close, names[3]: [None] * 13 + [20, 28]},
            unit="percent", decimals=1, caption="F", synthetic=True, **more,
        ),
        lines([2010, 2015, 2016], {"a": [15, 16, 15.4]}, unit="€", domain=(14, 17), caption="G", **more),
        lines(["avant", "après", "fin"], {x: [-2, y, 3] for y, x in enumerate("abcd")}, caption="H", **more),
        points(
            [(name, 1 + place % 3, place / 2) for place, name in enumerate(actors)], decimals=1, caption="I",
            titles=("Influence", "Intérêt"), domain=((0, 5), (0, 5)), references=(2.5, 2.5),
            reference_labels=("milieu", "milieu"), **more,
        ),
        points(
            [("x", 20, 30), ("y", 35, 30), (names[1], 60, 80)], titles=("Avant", "Après"), unit="percent",
            diagonal=True, caption="J", **more,
        ),
        network(actors, links, directed=True, caption="K", synthetic=True, **more),
        network(names, [], caption="L", **more),
        timeline(
            [("2019-03-01", " ".join(names)), ("2020/2023", names[0]), ("2022-01-15/2022-09-30", names[1])],
            caption="M", **more,
        ),
        timeline([(1901, "a"), (2014, "b"), ("2014/2020", "c")], caption="N", **more),
    ]  # fmt: skip


def _places(more):
    """Both maps of the whole country, with values that fit a tile and values that do not."""
    tiles = data.department_tiles()
    values = {code: row * column / 2 for code, _, row, column in tiles if code != "2A"} | {"48": None}
    long = {code: 1000 * value for code, value in values.items() if value}
    return [
        tile_map(values, tiles, unit="percent", caption="O", synthetic=True, **more),
        tile_map(long, tiles, unit="€", limits=[5000, 10000, 20000], caption="P", **more),
        department_map(
            values, data.department_outlines(), unit="percent", caption="Q", synthetic=True, **more
        ),
    ]


def _page(lang, style=""):
    names = [family.label(lang) for family in FAMILIES]
    more = {"source": "essai", "lang": lang}
    reading = read({"direction": "both_ways", "joint_offer": "yes", "know_how": "yes", "priced_order": "no"})
    confusion = [[12, 3, 0, 0, 1], [2, 8, 1, 0, 0], [0, 1, 9, 4, 0], [0, 0, 2, 7, 0], [1, 0, 0, 0, 5]]
    figures = [
        bars(dict(zip(names, (67, 29, None, 25, 100), strict=True)), unit="percent", caption="A", **more),
        bars({"a": 3, "b": -2.5}, decimals=1, signed=True, caption="B", **more),
        grouped_bars(
            names, [("Associations", range(5)), ("Entreprises", [9, None, 7, 6, 5])], caption="C", **more
        ),
        heat_table(
            names, names, confusion, row_title="Première lecture", column_title="Deuxième lecture",
            diagonal=True, totals=True, synthetic=True, caption="D", **more,
        ),
        reading_figure(reading, "Val-Commun", synthetic=True, lang=lang),
        intervals(
            [("r01 – r02", 0.67, 0.33, 1.0), ("r01 – r03", -0.1, -0.5, 0.3)],
            reference=0, reference_label="hasard", caption="E", **more,
        ),
        *_series(more, names),
        *_places(more),
    ]  # fmt: skip
    body = "".join(figure.to_html().replace("<details", "<details open") for figure in figures)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Figures</title>'
        f"<style>{style}</style></head>"
        f"<body><main><h1>Figures</h1>{body}</main></body></html>"
    )


# What a page in dark mode defines, and what it looks like around its figures.
_DARK = """:root { color-scheme: dark; --al-ink: #e8e6e0; --al-paper: #15191d; --al-panel: #1f252b;
  --al-line: #4a5158; --al-accent: #7cc7d6; --al-warm: #f0a27c; --al-muted: #b3b9bf }
body { background: #15191d; color: #e8e6e0 }"""

# Texts of the drawings whose computed colour has less than 4.5 to 1 on what lies under their middle: a rect
# drawn before them, else the figure. axe leaves text on drawn shapes undecided.
_CONTRASTS = """() => {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll(".al-figure__svg")].flatMap((svg) => {
    const paper = getComputedStyle(svg.closest("figure")).backgroundColor;
    const drawn = [...svg.querySelectorAll("rect, circle, text")].filter((one) => !one.closest("defs"));
    return drawn.flatMap((text, place) => {
      if (text.tagName !== "text") return [];
      const box = text.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const under = drawn.slice(0, place).filter((one) => {
        const b = one.getBoundingClientRect();
        return one.tagName !== "text" && b.left < x && x < b.right && b.top < y && y < b.bottom
          && /^(rgb|color)/.test(getComputedStyle(one).fill);
      }).pop();
      const ground = under ? getComputedStyle(under).fill : paper;
      const [a, b] = [light(getComputedStyle(text).fill), light(ground)].sort((m, n) => n - m);
      const bad = (a + 0.05) / (b + 0.05) < 4.5;
      return bad ? [`${text.textContent}: ${getComputedStyle(text).fill} on ${ground}`] : [];
    });
  });
}"""


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("style", ["", _DARK], ids=["light", "dark"])
def test_charts_on_phone_and_page(chromium_browser, lang, style):
    """At 320 to 720 px no text leaves its drawing, covers another or fades; axe and network are silent."""
    with open_page(chromium_browser, "") as (page, watched):
        for width in (320, 360, 720):
            page.set_viewport_size({"width": width, "height": 900})
            page.set_content(_page(lang, style))
            assert page.evaluate(_FAULTS) == []
            assert page.evaluate(_CONTRASTS) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe_findings(page) == []
        assert watched.outside == []


def test_dark_tokens_reach_every_part(chromium_browser):
    """On a page with dark tokens no part of a figure keeps a colour of the light paper."""
    light = [f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:], 16)})" for c in TOKENS.values()]
    with open_page(chromium_browser, "") as (page, _):
        page.set_content(_page("fr", _DARK))
        found = page.evaluate(
            """(light) => [...document.querySelectorAll(".al-figure, .al-figure *")].flatMap((one) => {
              const style = getComputedStyle(one);
              return ["fill", "stroke", "color", "backgroundColor"]
                .filter((name) => light.includes(style[name]))
                .map((name) => `${one.outerHTML.slice(0, 80)} ${name}`);
            })""",
            light,
        )
    assert found == []


def test_forced_colours(chromium_browser):
    """With forced colours every text has the text colour, every mark, cell and edge an outline in it."""
    with open_page(chromium_browser, "", forced_colors="active") as (page, _):
        page.set_content(_page("fr"))
        wrong = page.evaluate(
            """() => {
              const probe = document.body.appendChild(document.createElement("i"));
              probe.style.color = "CanvasText";
              const ink = getComputedStyle(probe).color;
              const shown = [...document.querySelectorAll(".al-figure__svg *")];
              return shown.flatMap((one) => {
                const style = getComputedStyle(one);
                const text = one.tagName === "text" && style.fill !== ink;
                const kinds = ["mark", "cell", "rule", "edge"].map((kind) => `.al-figure__${kind}`);
                const edge = one.matches(kinds.join()) && style.stroke !== ink;
                return text || edge ? [one.outerHTML.slice(0, 100)] : [];
              });
            }"""
        )
        assert wrong == []
        assert page.evaluate(_FAULTS) == []
