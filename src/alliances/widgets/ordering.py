"""Items to put in order."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Ordering"]


class Ordering(QuestionComponent):
    """Items to put in order."""

    component = "ordering"
