"""``alliances data show NAME``: fields, units, sources and warnings of one table."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from alliances.data_files import numbered_rows, resource
from alliances.data_words import description_of_table
from alliances.errors import UsageError
from alliances.i18n import current_language, text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help=text("data_commands.option_name"))
    parser.add_argument("--rows", type=int, default=0, metavar="N", help=text("data_commands.option_rows"))
    parser.add_argument("--json", action="store_true", help=text("data_commands.option_json"))


def run(args: argparse.Namespace) -> int:
    """Print the description, and the first rows when asked to."""
    if args.rows < 0:
        raise UsageError("data_commands.rows_below_zero", found=args.rows)
    description = description_of_table(args.name, current_language())
    first = [row for _, row in numbered_rows(resource(args.name))[: args.rows]]
    if args.json:
        content = asdict(description) | ({"first_rows": first} if args.rows else {})
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        return 0
    sys.stdout.write(f"{description}\n")
    for number, row in enumerate(first, start=1):
        sys.stdout.write("\n" + text("data_commands.row", number=number) + "\n")
        sys.stdout.writelines(f"  {column}: {cell}\n" for column, cell in row.items() if cell)
    return 0
