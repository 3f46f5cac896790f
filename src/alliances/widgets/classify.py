"""A case to read: a family, and the criterion that decided."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Classify"]


class Classify(QuestionComponent):
    """A case to read: a family, and the criterion that decided."""

    component = "classify"
