"""The server extension: pages, answers, hand-in and tools behind Jupyter's one address and token."""

from __future__ import annotations

from typing import Any

from alliances.desk.context import Desk
from alliances.desk.handlers import (
    AnswersHandler,
    DoorHandler,
    HandInHandler,
    LandingHandler,
    LessonHandler,
    PageHandler,
    ShortcutHandler,
)
from alliances.desk.tools_proxy import ToolPageHandler, ToolsHandler
from alliances.i18n import LANGUAGES

__all__ = ["add_handlers"]


def add_handlers(web_app: Any, desk: Desk) -> None:  # noqa: ANN401 - tornado ships no types
    """Add the course's addresses to a Jupyter server's web application."""
    base = web_app.settings["base_url"].rstrip("/") + "/alliances"
    web_app.settings["alliances_desk"] = desk
    slug, language, door = r"([a-z0-9_]+)", "(fr|en)", "(form|code)"
    handlers: list[tuple[Any, ...]] = [
        (rf"{base}/?", LandingHandler),
        (rf"{base}/tools/{language}/{slug}/?", ToolPageHandler),
        (rf"{base}/tools/(.*)", ToolsHandler),
        (rf"{base}/open/{language}/lesson/{slug}", LessonHandler),
        (rf"{base}/open/{language}/{slug}_code", DoorHandler),
        (rf"{base}/(lab|formgrader)/?", ShortcutHandler),
        (rf"{base}/api/answers/{slug}/{door}", AnswersHandler),
        (rf"{base}/api/hand-in/{slug}/{door}", HandInHandler),
    ]
    handlers += [
        (
            rf"{base}/{code}/(.*)",
            PageHandler,
            {"path": str(desk.tree.pages(code)), "default_filename": "index.html"},
        )
        for code in LANGUAGES
    ]
    web_app.add_handlers(".*$", handlers)
