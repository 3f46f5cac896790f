"""Several choices among several."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Choices"]


class Choices(QuestionComponent):
    """Several choices among several."""

    component = "choices"
