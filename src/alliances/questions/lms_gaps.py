"""Questions that become a cloze in Moodle: several lists or numbers in one text, each marked by itself."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alliances.i18n import Language, text
from alliances.questions.lms import Answer, MoodleQuestion, Place, number_text
from alliances.questions.lms_html import feedback, line, plain
from alliances.questions.rules import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

__all__ = ["allocation", "classify", "matching", "matrix"]

_Made = tuple[tuple[MoodleQuestion, ...], tuple[str, ...]]


def _list(
    entries: Sequence[Mapping[str, Any]],
    wanted: Collection[str],
    said: str | Callable[[Mapping[str, Any]], str],
) -> Place:
    """Return a list of which the ids of ``wanted`` earn everything. Lists show words, never markup."""
    answers = [
        Answer(
            html.escape(plain(entry["text"]), quote=False),
            float(entry["id"] in wanted),
            line(said if isinstance(said, str) else said(entry)),
        )
        for entry in entries
    ]
    return Place("multichoice", tuple(answers))


def _labelled(label: str, number: int, lang: Language, after: str = "") -> str:
    colon = "\u00a0:" if lang == "fr" else ":"
    return f"<p>{line(label)}{colon} {{#{number}}}{after}</p>"


def _cloze(base: MoodleQuestion, body: str, places: Sequence[Place], said: str) -> MoodleQuestion:
    points = float(sum(place.weight for place in places))
    return replace(
        base, kind="cloze", text=f"{base.text}{body}", places=tuple(places), points=points, feedback=said
    )


def classify(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return two lists, the reading and what decided; each is worth half, whatever the other says."""
    lang, readings = question["lang"], question["readings"]
    supports = {reason for reasons in readings.values() for reason in reasons}

    def of_reading(entry: Mapping[str, Any]) -> str:
        start = (
            ""
            if entry["id"] in readings
            else text("questions.reading_not_admitted", lang, family=entry["text"])
        )
        return joined(start, str(question["team_reason"]))

    def of_reason(entry: Mapping[str, Any]) -> str:
        return text("bank.reason_supports" if entry["id"] in supports else "bank.reason_idle", lang)

    places = [
        _list(question["categories"], readings, of_reading),
        _list(question["reasons"], supports, of_reason),
    ]
    labels = [text("questions.said_category", lang), text("questions.said_reason", lang)]
    body = "".join(_labelled(label, n, lang) for n, label in enumerate(labels, start=1))
    return (_cloze(base, body, places, base.feedback),), ("classify",)


def matching(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return a list for each left: Moodle's matching question has one right side a left, and wants three."""
    places, body = [], ""
    for n, entry in enumerate(question["left"], start=1):
        reason = question["reasons"][entry["id"]]
        places.append(_list(question["right"], question["key"][entry["id"]], str(reason)))
        body += _labelled(entry["text"], n, question["lang"])
    return (_cloze(base, body, places, base.feedback),), ()


def matrix(question: Mapping[str, Any], base: MoodleQuestion) -> _Made:
    """Return a table with a list in each cell."""
    columns = question["columns"]
    heads = "".join(f'<th scope="col">{line(column["text"])}</th>' for column in columns)
    places: list[Place] = []
    lines = ""
    for row in question["rows"]:
        reason = question["reasons"][row["id"]]
        lines += f'<tr><th scope="row">{line(row["text"])}</th>'
        for column in columns:
            wanted = question["key"][row["id"]][column["id"]]
            places.append(_list(question["values"], wanted, str(reason)))
            lines += f"<td>{{#{len(places)}}}</td>"
        lines += "</tr>"
    body = f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return (_cloze(base, body, places, base.feedback),), ()


def allocation(question: Mapping[str, Any], base: MoodleQuestion) -> _Made | None:
    """Return a number for each item, when each has one constraint of its own; None otherwise.

    A cloze cannot add its gaps up: that the sum equals the total is not marked there.
    """
    total, unit = float(question["total"]), str(question.get("unit") or "")
    own: dict[str, Mapping[str, Any]] = {}
    for constraint in question["constraints"]:
        ((name, factor),) = list(constraint["items"].items())[:1]
        weight = float(constraint["weight"])
        if len(constraint["items"]) > 1 or factor != 1 or name in own or weight != int(weight):
            return None
        own[name] = constraint
    if set(own) != {item["id"] for item in question["items"]}:
        return None
    places, body = [], ""
    for n, item in enumerate(question["items"], start=1):
        constraint = own[item["id"]]
        low, high = float(constraint.get("min", 0)), float(constraint.get("max", total))
        answers = (
            Answer(number_text(round((low + high) / 2, 10)), 1.0, "", round((high - low) / 2, 10)),
            Answer("*", 0.0, line(constraint["reason"])),
        )
        places.append(Place("numerical", answers, int(constraint["weight"])))
        body += _labelled(
            item["text"], n, question["lang"], f" {html.escape(unit, quote=False)}" if unit else ""
        )
    return (_cloze(base, body, places, feedback(question)),), ("sum",)
