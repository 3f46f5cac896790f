"""The charts of the gallery: one of each kind, with what is missing in some. All data are invented."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from alliances import data
from alliances.i18n import text
from alliances.logic import chart
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alliances.i18n import Language
    from alliances.logic.chart import Figure

__all__ = ["bar_chart", "other_charts"]

# Mayotte: so that a map shows what is missing.
_MISSING = "976"


def bar_chart(lang: Language, key: str) -> Figure:
    """Return the gallery's bars; ``key`` tells apart those that stand on one page."""
    say = partial(_say, lang=lang)
    values = (("town", 8000), ("company", 7000), ("campus", 5000))
    return chart.bars([(say(name), value) for name, value in values], unit="€", **_common("bars", lang, key))


def other_charts(lang: Language) -> Iterator[Figure]:
    """Yield one figure of each other kind that ``logic.chart`` draws."""
    say = partial(_say, lang=lang)
    quarters = [f"{'T' if lang == 'fr' else 'Q'}{number}" for number in range(1, 5)]
    yield chart.grouped_bars(
        quarters,
        {say("asked"): [90, 120, 150, 160], say("served"): [80, 95, 140, None]},
        group_head=say("quarter"),
        **_common("grouped_bars", lang),
    )
    yield chart.heat_table(
        [say(name) for name in ("association", "company", "town")],
        quarters,
        [[6, 6, 5, 6], [6, 4, 1, 0], [3, 4, 5, 6]],
        row_title=say("member"),
        column_title=say("quarter"),
        totals=True,
        **_common("heat_table", lang),
    )
    yield chart.intervals(
        [(say("village", letter=letter), *ends) for letter, ends in zip("ABC", _SATISFIED, strict=True)],
        unit="percent",
        decimals=0,
        domain=(0, 100),
        reference=50,
        reference_label=say("half"),
        **_common("intervals", lang),
    )
    yield chart.lines(
        range(1, 9),
        {
            say("on_demand"): [12, 18, 25, None, 31, 36, 40, 43],
            say("shared_cars"): [20, 19, 21, 20, 16, 15, 15, 14],
        },
        axis_head=say("month"),
        **_common("lines", lang),
    )
    yield chart.points(
        [(say(name), *place) for name, place in _PLACES.items()],
        titles=(say("influence"), say("interest")),
        domain=((0, 10), (0, 10)),
        references=(5, 5),
        **_common("points", lang),
    )
    yield _network(lang)
    yield chart.timeline(
        [
            ("2025-02", say("event_need")),
            ("2025-09-15", say("event_agreement")),
            ("2026-01/2026-06", say("event_trial")),
            ("2026-09", say("event_review")),
        ],
        **_common("timeline", lang),
    )
    tiles = data.department_tiles()
    values = {code: (row * 7 + column * 5) % 60 for code, _, row, column in tiles if code != _MISSING}
    yield chart.tile_map(values, tiles, unit="percent", **_common("tile_map", lang))
    outlines = {code: one for code, one in data.department_outlines().items() if code in _WEST}
    west = {code: values[code] for code in _WEST - {"72"}}
    yield chart.department_map(west, outlines, unit="percent", **_common("department_map", lang))


# The outlines of the whole country would weigh as much as the rest of the page.
_WEST = frozenset({"14", "22", "29", "35", "44", "49", "50", "53", "56", "61", "72", "85"})
# Percent: estimate, then both ends of its interval.
_SATISFIED = ((72, 58, 83), (55, 31, 77), (38, 29, 48))
# Influence and interest, from 0 to 10.
_PLACES = {"association": (6, 9), "company": (8, 3), "town": (9, 8), "campus": (4, 6), "club": (1, 2)}


def _network(lang: Language) -> Figure:
    name = {key: _say(key, lang=lang) for key in ("association", "company", "town", "campus", "club")}
    links = [
        ("town", "association", "pays"),
        ("company", "association", "lends"),
        ("campus", "association", "lends"),
        ("association", "town", "informs"),
        ("association", "company", "informs"),
    ]
    return chart.network(
        list(name.values()),
        [(name[one], name[other], _say(kind, lang=lang)) for one, other, kind in links],
        directed=True,
        **_common("network", lang),
    )


def _common(kind: str, lang: Language, key: str = "") -> Any:  # noqa: ANN401 - the words that every chart takes
    say = partial(_say, lang=lang)
    return {"caption": say(kind), "source": say("source"), "synthetic": True, "lang": lang, "key": key}


def _say(key: str, *, lang: Language, **values: object) -> str:
    return typographic(text(f"gallery_charts.{key}", lang, **values), lang)
