"""What components made of a table of controls share: its style."""

from __future__ import annotations

from typing import Any

from alliances.widgets.assembly import style_of
from alliances.widgets.component import QuestionComponent

__all__ = ["GridComponent"]


class GridComponent(QuestionComponent):
    """A question answered in a table of controls."""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each component the table's style beside its own."""
        super().__init_subclass__(**kwargs)
        if "component" in cls.__dict__:
            cls._css = style_of("grid", cls.component)
