"""One choice among several."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Choice"]


class Choice(QuestionComponent):
    """One choice among several."""

    component = "choice"
