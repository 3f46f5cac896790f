"""What the editors of the three structured artefacts share: a style beside their own."""

from __future__ import annotations

from typing import Any

from alliances.widgets.assembly import style_of
from alliances.widgets.component import QuestionComponent

__all__ = ["ArtefactComponent"]


class ArtefactComponent(QuestionComponent):
    """An editor made of cards: ``artefact.css``, then the style of its own."""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each editor both styles."""
        super().__init_subclass__(**kwargs)
        if "component" in cls.__dict__:
            cls._css = style_of("artefact", cls.component)
