"""A part of a tool that answers choices with a page: controls above, what Python writes below."""

from __future__ import annotations

from alliances.widgets.assembly import style_of
from alliances.widgets.tool_parts import ToolPart

__all__ = ["Explorer"]


class Explorer(ToolPart):
    """``value`` is ``{"choices": {control: value}}``.

    ``data`` is ``{"name", "title", "help", "controls", "html", "said"}``; a control is ``{"id", "label",
    "options": [{"id", "text"}], "value"}``. ``html`` is trusted, ``said`` is announced when it changes.
    """

    component = "explorer"


# ToolPart gives each part the style of tools; this one has a sheet of its own besides.
Explorer._css = style_of("tool", "explorer")  # noqa: SLF001 - anywidget has no public name for it
