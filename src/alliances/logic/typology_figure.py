"""A reading drawn: criteria down, families across, the points that each gives each, and the totals."""

from __future__ import annotations

from alliances.i18n import Language, text
from alliances.logic.chart_figure import Figure
from alliances.logic.chart_heat import heat_table
from alliances.logic.typology_reading import Reading
from alliances.logic.typology_words import CRITERIA, FAMILIES

__all__ = ["reading_figure"]


def reading_figure(
    reading: Reading, case: str, *, synthetic: bool = False, lang: Language | None = None
) -> Figure:
    """Draw a reading of the case called ``case``: each criterion with its value, unknown ones included.

    Points may have up to two decimals; as few are printed as the rule needs.
    """
    table = [
        [reading.score(family.id).contributions[row].points for family in FAMILIES]
        for row in range(len(CRITERIA))
    ]
    values = reading.scores[0].contributions
    every = [points for line in table for points in line]
    decimals = next(n for n in (0, 1, 2) if n == 2 or all(round(points, n) == points for points in every))  # noqa: PLR2004
    return heat_table(
        [
            criterion.label(lang) + text("typology.colon", lang) + criterion.value_label(part.value, lang)
            for criterion, part in zip(CRITERIA, values, strict=True)
        ],
        [family.label(lang) for family in FAMILIES],
        table,
        caption=text("typology.figure_caption", lang, case=case),
        source=text("typology.figure_source", lang),
        row_title=text("typology.figure_rows", lang),
        column_title=text("typology.figure_columns", lang),
        decimals=decimals,
        signed=True,
        column_totals=True,
        synthetic=synthetic,
        lang=lang,
    )
