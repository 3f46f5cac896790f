"""``alliances data list``: the tables of the course, and what each is for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from alliances.data_files import descriptor, in_language, numbered_rows, table_path
from alliances.errors import SourceError
from alliances.i18n import current_language, format_number, text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]

_COLUMNS = ("table", "title", "rows", "size", "licence", "lessons")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help=text("data_commands.option_json"))


def run(args: argparse.Namespace) -> int:
    """Print the tables; return 1 when a file cannot be read, which the error output names."""
    found: list[dict[str, Any]] = []
    refused = 0
    for described in descriptor()["resources"]:
        try:
            rows: int | None = len(numbered_rows(described))
            size: int | None = table_path(described).stat().st_size
        except SourceError as refusal:
            rows = size = None
            refused += 1
            sys.stderr.write(f"{refusal}\n")
        found.append(_entry(described, rows, size))
    if args.json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(_table(found) + "\n")
        sizes = sum(entry["bytes"] or 0 for entry in found)
        kilobytes = format_number(sizes / 1000)
        sys.stdout.write(text("data_commands.listed", count=len(found), size=kilobytes) + "\n")
    return 1 if refused else 0


def _entry(described: dict[str, Any], rows: int | None, size: int | None) -> dict[str, Any]:
    language = current_language()
    return {
        "name": described["name"],
        "title": in_language(described, "title", language),
        "rows": rows,
        "bytes": size,
        "synthetic": bool(described.get("synthetic", False)),
        "licence": described["licenses"][0]["name"],
        "lessons": described.get("lessons", []),
    }


def _table(found: list[dict[str, Any]]) -> str:
    lines = [[text(f"data_commands.head_{name}") for name in _COLUMNS]]
    for entry in found:
        rows = "–" if entry["rows"] is None else format_number(entry["rows"])
        size = "–" if entry["bytes"] is None else format_number(entry["bytes"] / 1000, 1)
        lessons = ", ".join(entry["lessons"])
        lines.append([entry["name"], entry["title"], rows, size, entry["licence"], lessons])
    widths = [max(len(line[place]) for line in lines) for place in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
