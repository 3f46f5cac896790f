"""A table to fill, its rows given or free."""

from __future__ import annotations

from alliances.widgets.grid import GridComponent

__all__ = ["Table"]


class Table(GridComponent):
    """A table to fill, its rows given or free."""

    component = "table"
