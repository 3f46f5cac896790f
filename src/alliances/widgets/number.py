"""A number to type."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Number"]


class Number(QuestionComponent):
    """A number to type."""

    component = "number"
