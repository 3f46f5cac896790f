"""A text file to hand in."""

from __future__ import annotations

from alliances.widgets.component import QuestionComponent

__all__ = ["File"]


class File(QuestionComponent):
    """A text file to hand in."""

    component = "file"
