"""Items to place on two axes, in a list and on a plane."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Placement"]


class Placement(QuestionComponent):
    """Items to place on two axes, in a list and on a plane."""

    component = "placement"
