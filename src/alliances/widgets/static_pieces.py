"""Timer, status, tabs and chart in a page without a kernel, each readable without JavaScript."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Protocol

from alliances.questions.prose import block_html
from alliances.widgets.labels import labels_of
from alliances.widgets.static import static_mount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alliances.i18n import Language
    from alliances.logic.chart import Figure

__all__ = ["Drawn", "static_chart", "static_status", "static_tabs", "static_timer", "tabs_state"]


class Drawn(Protocol):
    """What writes itself as trusted HTML, such as a chart's ``Figure``."""

    def to_html(self) -> str:
        """Return the HTML."""
        ...


def static_timer(minutes: int, lang: Language, *, name: str = "", state: dict[str, Any] | None = None) -> str:
    """Return a timer of so many minutes; with a ``name`` the tab remembers it over a reload."""
    says = labels_of("timer", lang)
    title = says["title_one" if minutes == 1 else "title"].replace("{minutes}", str(minutes))
    values = {"minutes": minutes, "name": name, "state": state, "lang": lang}
    return static_mount("timer", values, f"<p>{escape(title)}</p>")


def static_status(status: str, lang: Language, *, detail: str = "") -> str:
    """Return a line of status; without JavaScript it says nothing, for nothing is saved."""
    return static_mount("status", {"status": status, "detail": detail, "lang": lang})


def tabs_state(label: str, tabs: Sequence[tuple[str, str | Drawn]]) -> dict[str, Any]:
    """Return the model of tabs.

    Args:
        label: what the tabs show, for a screen reader.
        tabs: a title and its content each: Markdown, in which HTML stays text, or what draws itself.

    Raises:
        ValueError: there are fewer than two tabs, or two of one title.
    """
    titles = [title for title, _ in tabs]
    if len(titles) < 2 or len(set(titles)) < len(titles):  # noqa: PLR2004
        raise ValueError(f"tabs need two titles or more, all different (got {titles!r})")
    shown = [
        {"title": title, "html": block_html(content) if isinstance(content, str) else content.to_html()}
        for title, content in tabs
    ]
    return {"label": label, "tabs": shown, "current": 0}


def static_tabs(
    label: str, tabs: Sequence[tuple[str, str | Drawn]], lang: Language, *, current: int = 0
) -> str:
    """Return tabs, one open; without JavaScript their contents follow one another under their titles."""
    state = tabs_state(label, tabs) | {"current": current}
    fallback = "".join(
        f"<p><strong>{escape(tab['title'])}</strong></p>{tab['html']}" for tab in state["tabs"]
    )
    return static_mount("tabs", {**state, "lang": lang}, fallback)


def static_chart(figure: Figure, *, row: int | None = None) -> str:
    """Return a figure whose table and drawing show each other; without JavaScript, the figure.

    The figure is there once: ``host.js`` reads it from what is shown without JavaScript.
    """
    return static_mount("chart", {"row": row, "lang": figure.lang}, figure.to_html())
