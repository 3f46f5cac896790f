"""The steps of a tool as components.

Each shows what Python gives (``data``) and keeps what is done (``value``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from alliances.widgets.assembly import module_of, style_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.i18n import Language

__all__ = ["CaseReader", "Comparison", "Defence", "Steps", "TakeHome", "ToolPart"]


class ToolPart(anywidget.AnyWidget):
    """One part of a tool. ``active`` shows it; the browser asks for changes by messages ``{"kind": …}``."""

    component = "steps"

    data = traitlets.Dict().tag(sync=True)
    value = traitlets.Dict().tag(sync=True)
    active = traitlets.Bool(default_value=False).tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)

    def __init__(self, data: Mapping[str, Any], *, lang: Language, labels: Mapping[str, str]) -> None:
        super().__init__(data=dict(data), lang=lang, labels=dict(labels))

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each part its module and style, read once."""
        # traitlets makes a subclass of its own for each widget: that one must keep what it was given.
        if "component" in cls.__dict__:
            cls._esm = module_of(cls.component)
            cls._css = style_of("tool")
        super().__init_subclass__(**kwargs)


class Steps(ToolPart):
    """Where one is: ``{"steps": [titles], "current": 0, "status": "", "alert": False}``."""

    component = "steps"


class CaseReader(ToolPart):
    """Cases one at a time: ``value`` is ``{"readings": {case: answer}}``."""

    component = "sorter"


class Defence(ToolPart):
    """Two readings to defend: ``value`` is ``{"defences": [{"case", "text"}, …]}``."""

    component = "defend"


class Comparison(ToolPart):
    """Readings side by side; shows only."""

    component = "compare"


class TakeHome(ToolPart):
    """A table to take away: ``{"rows": [[…]], "csv": "", "filename": ""}``."""

    component = "takehome"
