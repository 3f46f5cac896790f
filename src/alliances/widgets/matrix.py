"""A grid to fill with values, for example who does what."""

from __future__ import annotations

from alliances.widgets.grid import GridComponent

__all__ = ["Matrix"]


class Matrix(GridComponent):
    """A grid to fill with values, for example who does what."""

    component = "matrix"
