"""An open answer, read by a person."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["Text"]


class Text(QuestionComponent):
    """An open answer, read by a person."""

    component = "text"
