"""How sure one is of an answer."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Confidence"]


class Confidence(QuestionComponent):
    """How sure one is of an answer."""

    component = "confidence"
