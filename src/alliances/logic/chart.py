"""Accessible charts written in Python: SVG with real text, caption, description and data table.

    from alliances.logic.chart import bars

    bars([("Mécénat", 67), ("Pratiques responsables", 29)], unit="percent", maximum=100,
         caption="Associations engagées, par forme de partenariat, 2015", source="PHARE-Associations, 2015")

In a notebook the last line shows the figure; ``.to_html()`` gives it to a page. The text alternative is
written from the data, never by hand. Four kinds: ``bars``, ``grouped_bars``, ``heat_table``,
``intervals``.
"""

from __future__ import annotations

from alliances.logic.chart_bars import bars, grouped_bars
from alliances.logic.chart_figure import Figure
from alliances.logic.chart_heat import heat_table
from alliances.logic.chart_intervals import intervals

__all__ = ["Figure", "bars", "grouped_bars", "heat_table", "intervals"]
