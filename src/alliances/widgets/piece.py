"""What stands around questions: a timer, a line of status, tabs, a chart. No answer is kept in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from alliances.i18n import current_language
from alliances.widgets.assembly import module_of, style_of
from alliances.widgets.labels import labels_of

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["Piece"]


class Piece(anywidget.AnyWidget):
    """A component that asks nothing; subclasses name it and add what it shows."""

    component = "status"

    lang = traitlets.Unicode("fr").tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self, *, lang: Language | None = None, **values: Any) -> None:  # noqa: ANN401 - traits
        language = lang or current_language()
        super().__init__(lang=language, labels=labels_of(self.component, language), **values)

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each component its module and style, read once."""
        # traitlets makes a subclass of its own for each widget: that one must keep what it was given.
        if "component" in cls.__dict__:
            cls._esm = module_of(cls.component)
            cls._css = style_of(cls.component)
        super().__init_subclass__(**kwargs)
