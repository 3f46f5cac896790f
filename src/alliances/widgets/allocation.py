"""A sum to spread, with what is left always visible."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Allocation"]


class Allocation(QuestionComponent):
    """A sum to spread, with what is left always visible."""

    component = "allocation"
