"""Charts in a real browser: readable on a phone, nothing for axe to find, nothing asked of the network."""

from __future__ import annotations

import pytest
from browser import axe_findings, open_page

from alliances.logic.chart import bars, grouped_bars, heat_table, intervals
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


def _page(lang):
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
    ]  # fmt: skip
    body = "".join(figure.to_html().replace("<details", "<details open") for figure in figures)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Figures</title></head>'
        f"<body><main><h1>Figures</h1>{body}</main></body></html>"
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_charts_on_phone_and_page(chromium_browser, lang):
    """At 360 and 720 px no text leaves its drawing or covers another, axe is silent, no request leaves."""
    with open_page(chromium_browser, "") as (page, watched):
        for width in (360, 720):
            page.set_viewport_size({"width": width, "height": 900})
            page.set_content(_page(lang))
            assert page.evaluate(_FAULTS) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe_findings(page) == []
        assert watched.outside == []
