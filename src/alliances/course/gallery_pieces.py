"""The components of the gallery that are not questions: timer, status, tabs, chart, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliances.i18n import text
from alliances.logic.chart import bars
from alliances.questions.prose import typographic
from alliances.widgets.static import static_mount
from alliances.widgets.static_pieces import static_chart, static_status, static_tabs, static_timer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alliances.course.gallery import Shown
    from alliances.i18n import Language

__all__ = ["Piece", "pieces_of"]

_MINUTES = 15


@dataclass(frozen=True)
class Piece:
    """One component in one state: ``html`` for a page; ``live`` makes its widget for a notebook."""

    kind: str
    state: str
    html: str
    live: Callable[[], Any]


def pieces_of(lang: Language, marked: list[Shown]) -> Iterator[Piece]:
    """Yield the other components in each of their states; the report is about what was ``marked``."""
    yield from _timers(lang)
    yield from _statuses(lang)
    yield from _tabs(lang)
    yield from _charts(lang)
    yield from _reports(lang, marked)


def _timers(lang: Language) -> Iterator[Piece]:
    states: dict[str, dict[str, Any] | None] = {
        "still": None,
        "paused": {"left": 320, "until": None, "off": False},
        "over": {"left": 0, "until": None, "off": False},
        "off": {"left": 320, "until": None, "off": True},
    }
    for name, state in states.items():

        def live(state: dict[str, Any] | None = state) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.timer import Timer

            timer: Any = Timer(_MINUTES, lang=lang)
            timer.state = state
            return timer

        yield Piece("timer", name, static_timer(_MINUTES, lang, state=state), live)


def _statuses(lang: Language) -> Iterator[Piece]:
    details = {"saved": "status_saved_detail", "trouble": "status_trouble_detail"}
    for name in ("idle", "saving", "saved", "trouble"):
        detail = _say(details[name], lang) if name in details else ""

        def live(name: str = name, detail: str = detail) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.status import Status

            return Status(name, detail=detail, lang=lang)

        yield Piece("status", name, static_status(name, lang, detail=detail), live)


def _tabs(lang: Language) -> Iterator[Piece]:
    label = _say("tabs_label", lang)
    for place, name in enumerate(("first", "second")):
        tabs = [
            (_say("tab_story", lang), _say("tab_story_text", lang)),
            (_say("tab_people", lang), _say("tab_people_text", lang)),
            (_say("tab_figures", lang), _figure(lang, f"tabs {name}")),
        ]
        html = static_tabs(label, tabs, lang, current=place)

        def live(tabs: Any = tabs, place: int = place) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.tabs import Tabs

            made = Tabs(label, tabs, lang=lang)
            made.current = place
            return made

        yield Piece("tabs", name, html, live)


def _charts(lang: Language) -> Iterator[Piece]:
    for name, row in (("plain", None), ("chosen", 1)):
        figure = _figure(lang, name)

        def live(figure: Any = figure, row: int | None = row) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.chart import Chart

            chart = Chart(figure)
            chart.row = row
            return chart

        yield Piece("chart", name, static_chart(figure, row=row), live)


def _figure(lang: Language, key: str) -> Any:  # noqa: ANN401 - a Figure
    values = (("chart_town", 8000), ("chart_company", 7000), ("chart_campus", 5000))
    return bars(
        [(_say(name, lang), value) for name, value in values],
        unit="€",
        caption=_say("chart_caption", lang),
        source=_say("chart_source", lang),
        synthetic=True,
        lang=lang,
        key=key,
    )


def _reports(lang: Language, marked: list[Shown]) -> Iterator[Piece]:
    rows = [
        {"id": shown.question["id"], "title": shown.question.get("title", ""), "mark": shown.feedback}
        for shown in marked
    ]
    earned = sum(shown.mark.points for shown in marked if shown.mark)
    most = sum(shown.mark.max_points for shown in marked if shown.mark)
    reports: dict[str, dict[str, Any]] = {
        "empty": {"title": _say("report_before", lang), "rows": []},
        "full": {"title": _say("report_after", lang), "rows": rows, "total": earned, "maximum": most},
    }
    for name, report in reports.items():

        def live(report: dict[str, Any] = report) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.report import Report

            return Report(report, lang=lang)

        yield Piece("report", name, static_mount("report", {"report": report, "lang": lang}), live)


def _say(key: str, lang: Language) -> str:
    return typographic(text(f"gallery.{key}", lang), lang)
