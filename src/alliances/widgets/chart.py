"""A chart that answers: the row of its table and the mark of its drawing show each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from alliances.widgets.piece import Piece

if TYPE_CHECKING:
    from alliances.logic.chart import Figure

__all__ = ["Chart"]


class Chart(Piece):
    """A ``Figure`` of ``logic.chart``; ``row``, from 0 or None, is shown in the drawing."""

    component = "chart"

    figure = traitlets.Unicode("").tag(sync=True)
    row = traitlets.Int(allow_none=True, default_value=None).tag(sync=True)

    def __init__(self, figure: Figure) -> None:
        super().__init__(lang=figure.lang, figure=figure.to_html())
