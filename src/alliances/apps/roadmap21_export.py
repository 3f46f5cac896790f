"""What one takes home from « Feuille de route 21 »: an accessible page, a table, a calendar."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any, Final

from alliances.apps.roadmap21_work import month_zero
from alliances.i18n import format_number

if TYPE_CHECKING:
    from alliances.apps.roadmap21_blocks import Block, Blocks
    from alliances.logic.roadmap import Roadmap

__all__ = ["roadmap_csv", "roadmap_ics", "roadmap_page"]

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
_COLUMNS: Final = (
    "measure_id", "title", "horizon", "owner", "start_month", "duration_months", "load_days_month", "depends",
    "indicator", "synthetic",
)  # fmt: skip
_MONTHS: Final = 12
_OCTETS: Final = 74  # a line of a calendar, before the space of its continuation

_STYLE: Final = textwrap.dedent("""
    body { max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
    table { border-collapse: collapse; margin: 0 0 1.5rem; width: 100%; font-size: 0.9375rem; }
    caption { text-align: left; font-weight: 700; padding: 0 0 0.4rem; }
    th, td { border-bottom: 1px solid #8a8a8a; padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
    .frame { overflow-x: auto; }
    .notice { border-left: 4px solid #1f4f8f; padding: 0.5rem 1rem; background: #f2f4f7; }
    figure { margin: 0 0 1.5rem; }
    @media print { body { margin: 0; max-width: none; } thead { display: table-header-group; } tr { break-inside: avoid; } }
""")  # noqa: E501 - a style sheet


def roadmap_page(
    blocks: Blocks, sections: Sequence[tuple[str, Sequence[Block]]], titles: dict[str, str]
) -> str:
    """Return one HTML page without script or outside request; every word of it is escaped.

    Args:
        blocks: language and words.
        sections: title and blocks of each part.
        titles: official titles noted, by label.
    """
    title = escape(blocks.say("page_title"))
    body = "".join(
        f"<h2>{escape(name)}</h2>{''.join(map(_html, inside))}" for name, inside in sections if inside
    )
    if titles:
        lines = "".join(f"<li>{escape(label)}: {escape(words)}</li>" for label, words in titles.items())
        body += f"<h2>{escape(blocks.say('official_title'))}</h2><ul>{lines}</ul>"
    return (
        f'<!doctype html>\n<html lang="{blocks.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        f'<p class="notice">{escape(blocks.say("page_notice"))}</p>{body}</main></body></html>\n'
    )


def _html(block: Block) -> str:
    draw = _KINDS.get(block["kind"])
    return draw(block) if draw else ""


def _table(block: Block) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in block["head"])
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in others)
        + "</tr>"
        for first, *others in block["rows"]
    )
    caption = escape(block["caption"])
    return (
        f'<div class="frame" tabindex="0" role="group" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


_KINDS: Final[dict[str, Callable[[Block], str]]] = {
    "p": lambda block: f"<p>{escape(block['text'])}</p>",
    "note": lambda block: f"<p>{escape(block['text'])}</p>",
    "hint": lambda block: f"<p>{escape(block['text'])}</p>",
    "source": lambda block: f"<p>{escape(block['text'])}</p>",
    "h3": lambda block: f"<h3>{escape(block['text'])}</h3>",
    "list": lambda block: f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block['items'])}</ul>",
    "table": _table,
    # Drawn by logic.chart, which escapes what it writes.
    "figure": lambda block: str(block["html"]),
    # What is folded on the screen is read whole on paper.
    "details": lambda block: f"<h4>{escape(block['summary'])}</h4>{''.join(map(_html, block['blocks']))}",
}


def roadmap_csv(blocks: Blocks, roadmap: Roadmap) -> str:
    """Return the measures as CSV: ids, figures with a decimal point, what each waits for, « synthetic »."""
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in roadmap.measures:
        waits = ";".join(roadmap.depends(blocks.around.frame)[one.id])
        figures: tuple[Any, ...] = (
            "" if one.start is None else one.start,
            "" if one.duration is None else one.duration,
            f"{one.load:g}",
        )
        row = (one.id, one.title, one.horizon, blocks.owner(one), *figures, waits)
        writer.writerow(_safe(str(cell)) for cell in (*row, blocks.around.indicators.get(one.id, ""), "true"))
    return target.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def roadmap_ics(blocks: Blocks, roadmap: Roadmap, zero: str) -> str:
    """Return dated measures as an iCalendar file (RFC 5545), one all-day event a measure.

    Args:
        blocks: language and words.
        roadmap: measures without dates are left out.
        zero: calendar month of month 0, as ``2026-01``.

    Raises:
        ValueError: ``zero`` is no month.
    """
    first = month_zero(zero)
    if first is None:
        raise ValueError(zero)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Faire alliance//roadmap21//FR",
        "CALSCALE:GREGORIAN",
    ]
    for one in roadmap.measures:
        if one.start is None or one.end is None:
            continue
        begin, end = (_day(first, month) for month in (one.start, one.end))
        load = format_number(round(one.load, 1), 1, blocks.lang)
        notes = [blocks.say("page_notice"), f"{blocks.say('column_owner')}: {blocks.owner(one)}"]
        notes.append(f"{blocks.say('column_load')}: {load}")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_plain(one.id)}-{begin:%Y%m%d}@faire-alliance.invalid",
            f"DTSTAMP:{first[0]:04}{first[1]:02}01T000000Z",
            f"DTSTART;VALUE=DATE:{begin:%Y%m%d}",
            f"DTEND;VALUE=DATE:{end:%Y%m%d}",
            f"SUMMARY:{_escaped(one.title or one.id)}",
            f"DESCRIPTION:{_escaped(chr(10).join(notes))}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _day(first: tuple[int, int], month: int) -> date:
    """Return the first day of a month of the programme."""
    years, place = divmod(first[1] - 1 + month, _MONTHS)
    return date(first[0] + years, place + 1, 1)


def _plain(name: str) -> str:
    """Return an id with letters, digits and strokes only: it is no text in a calendar."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign == "-") else "_" for sign in name)


def _escaped(words: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        words = words.replace(sign, written)
    return words


def _folded(line: str) -> str:
    """Break a line that is longer than 75 octets; a continuation starts with a space."""
    parts: list[str] = []
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > _OCTETS:
            parts.append(part)
            part, size = "", 0
        part += sign
        size += octets
    return "\r\n ".join([*parts, part])
