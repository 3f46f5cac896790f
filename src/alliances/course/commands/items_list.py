"""``alliances items list``: the items of the bank that match some filters."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from alliances.course.item_selection import add_filters, chosen
from alliances.i18n import text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from alliances.questions.bank import Item

__all__ = ["add_arguments", "as_json", "run", "table"]

_COLUMNS = ("item", "use", "type", "outcome", "bloom", "tracks", "difficulty")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_filters(parser, use=())
    parser.add_argument("--json", action="store_true", help=text("bank.option_json"))


def run(args: argparse.Namespace) -> int:
    """Print the items; return 1 when none matches."""
    items, bank = chosen(args)
    if args.json:
        sys.stdout.write(json.dumps([as_json(item) for item in items], ensure_ascii=False, indent=1) + "\n")
        return 0 if items else 1
    if not items:
        sys.stderr.write(text("bank.none_selected") + "\n")
        return 1
    sys.stdout.write(table(items) + "\n" + text("bank.counted", count=len(items), total=len(bank)) + "\n")
    return 0


def as_json(item: Item) -> dict[str, object]:
    """Return an item as JSON values: what it is about, without its text or key."""
    return {
        "item": item.name,
        "use": item.use,
        "type": item.type,
        "outcome": item.outcome,
        "bloom": item.bloom,
        "tracks": list(item.tracks),
        "difficulty": item.difficulty or None,
        "file": item.path.as_posix(),
        "line": item.line,
    }


def table(items: Iterable[Item]) -> str:
    """Return the items as a table of plain text."""
    rows = [[text(f"bank.head_{column}") for column in _COLUMNS]]
    for item in items:
        tracks = ", ".join(item.tracks)
        difficulty = item.difficulty or "–"
        rows.append([item.name, item.use, item.type, item.outcome, item.bloom, tracks, difficulty])
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
