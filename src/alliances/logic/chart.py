"""Accessible charts written in Python: SVG with real text, caption, description and data table.

    from alliances.logic.chart import bars

    bars([("Mécénat", 67), ("Pratiques responsables", 29)], unit="percent", maximum=100,
         caption="Associations engagées, par forme de partenariat, 2015", source="PHARE-Associations, 2015")

In a notebook the last line shows the figure; ``.to_html()`` gives it to a page. The text alternative is
written from the data, never by hand; what is missing is said; colour never stands alone. All take
``caption``, ``source``, ``synthetic``, ``lang`` and ``key``, and those with numbers ``decimals`` and
(but ``heat_table``) ``unit``.

==================  =====================================================================================
``bars``            one bar a label
``grouped_bars``    two or three series side by side in groups
``heat_table``      a table of numbers, shaded
``intervals``       values with their intervals on one axis
``lines``           one to four series over years or other ordered places
``points``          who stands where on two scales
``network``         who is linked to whom, and how
``timeline``        dated steps and spans
``tile_map``        one tile a département, value or class printed
``department_map``  outlines of départements, shaded and textured by class
==================  =====================================================================================

The maps take grid or outlines as an argument: ``alliances.data.department_tiles()`` and
``department_outlines()``. A page recolours figures by defining the course's tokens (``--al-ink`` …).
"""

from __future__ import annotations

from alliances.logic.chart_bars import bars, grouped_bars
from alliances.logic.chart_figure import Figure
from alliances.logic.chart_heat import heat_table
from alliances.logic.chart_intervals import intervals
from alliances.logic.chart_lines import lines
from alliances.logic.chart_map import department_map, tile_map
from alliances.logic.chart_network import network
from alliances.logic.chart_points import points
from alliances.logic.chart_timeline import timeline

__all__ = [
    "Figure",
    "bars",
    "department_map",
    "grouped_bars",
    "heat_table",
    "intervals",
    "lines",
    "network",
    "points",
    "tile_map",
    "timeline",
]
