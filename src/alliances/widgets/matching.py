"""Pairs to make."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Matching"]


class Matching(QuestionComponent):
    """Pairs to make."""

    component = "matching"
