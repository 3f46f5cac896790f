"""The steps of « Feuille de route 21 » as components: what Python shows, and a few things to do."""

from __future__ import annotations

from typing import Any

from alliances.widgets.assembly import style_of
from alliances.widgets.tool_parts import ToolPart

__all__ = ["RoadmapFollow", "RoadmapHome", "RoadmapStep"]


class _Part(ToolPart):
    """A part with the tool's style, then its own."""

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each part both styles."""
        super().__init_subclass__(**kwargs)
        if "component" in cls.__dict__:
            cls._css = style_of("tool", "roadmap_tool")


class RoadmapStep(_Part):
    """Blocks to read: ``{"name", "title", "blocks", "go", "places"}``.

    ``value`` is ``{"titles": {place: words}}``.
    """

    component = "roadmap_step"


class RoadmapFollow(_Part):
    """Six months to play: ``{"draw", "first", "blocks", "said", "run"}``."""

    component = "roadmap_follow"


class RoadmapHome(_Part):
    """Files to take away: ``{"files": {"html", "csv", "ics"}, "filename", "zero", "trouble"}``."""

    component = "roadmap_home"
