"""The components of the gallery that are not questions: timer, status, tabs, steps, chart, report."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from alliances.course.gallery_charts import bar_chart, other_charts
from alliances.i18n import text
from alliances.questions.prose import typographic
from alliances.widgets.static import static_mount
from alliances.widgets.static_pieces import static_chart, static_status, static_tabs, static_timer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alliances.course.gallery import Shown
    from alliances.i18n import Language
    from alliances.logic.chart import Figure

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
    yield from _steps(lang)
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
        tabs: list[tuple[str, str | Figure]] = [
            (_say("tab_story", lang), _say("tab_story_text", lang)),
            (_say("tab_people", lang), _say("tab_people_text", lang)),
            (_say("tab_figures", lang), bar_chart(lang, f"tabs {name}")),
        ]
        html = static_tabs(label, tabs, lang, current=place)

        def live(tabs: Any = tabs, place: int = place) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.tabs import Tabs

            made = Tabs(label, tabs, lang=lang)
            made.current = place
            return made

        yield Piece("tabs", name, html, live)


def _steps(lang: Language) -> Iterator[Piece]:
    titles = [_say(name, lang) for name in ("tab_story", "tab_people", "tab_figures")]
    shown: dict[str, dict[str, Any]] = {
        "step_first": {"steps": titles, "current": 0, "status": _say("steps_kept", lang)},
        "step_trouble": {
            "steps": titles,
            "current": 1,
            "status": _say("steps_trouble", lang),
            "alert": True,
        },
    }
    for name, data in shown.items():
        # Two places to go from on one page need two names.
        labels = {"intro": _say("steps_intro", lang), "steps": _say(f"state_{name}", lang)}

        def live(data: dict[str, Any] = data, labels: dict[str, str] = labels) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.tool_parts import Steps

            made = Steps(data, lang=lang, labels=labels)

            def go(_widget: Any, content: dict[str, Any], _buffers: Any) -> None:  # noqa: ANN401 - ipywidgets' own
                if content.get("kind") == "go":
                    made.data = {**made.data, "current": content["step"]}

            made.on_msg(go)
            return made

        listed = "".join(f"<li>{escape(title)}</li>" for title in titles)
        fallback = f"<p>{escape(labels['intro'])}</p><ol>{listed}</ol>"
        html = static_mount("steps", {"data": data, "labels": labels, "lang": lang}, fallback)
        yield Piece("steps", name, html, live)


def _charts(lang: Language) -> Iterator[Piece]:
    shown: list[tuple[str, Figure, int | None]] = [
        ("plain", bar_chart(lang, "plain"), None),
        ("chosen", bar_chart(lang, "chosen"), 1),
        *((figure.kind, figure, None) for figure in other_charts(lang)),
    ]
    for name, figure, row in shown:

        def live(figure: Figure = figure, row: int | None = row) -> Any:  # noqa: ANN401 - a widget
            from alliances.widgets.chart import Chart

            chart = Chart(figure)
            chart.row = row
            return chart

        yield Piece("chart", name, static_chart(figure, row=row), live)


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
