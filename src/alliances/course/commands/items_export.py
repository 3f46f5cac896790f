"""``alliances items export``: items as a file that Moodle imports, and a report of what is lost."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from alliances.course.item_selection import (
    add_filters,
    add_output,
    chosen,
    exported,
    file_text,
    report_lines,
    write_new,
)  # fmt: skip
from alliances.errors import AlliancesError
from alliances.i18n import text
from alliances.questions.bank import with_names

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("items", nargs="*", metavar="ITEM", help=text("bank.option_items"))
    add_filters(parser, use=("practice",))
    add_output(parser, folder=False)
    parser.add_argument("--json", action="store_true", help=text("bank.option_json"))


def run(args: argparse.Namespace) -> int:
    """Write the file; return 1 when an item has no counterpart, which the report names."""
    found, bank = chosen(args)
    if args.items:
        found = with_names(bank, args.items)
    if not found:
        raise AlliancesError("bank.none_selected")
    made = exported(found, args)
    if not any(one.questions for one in made):
        sys.stderr.write("\n".join(report_lines(made)) + "\n")
        raise AlliancesError("bank.nothing_exported")
    path = args.to
    write_new(path, file_text(made, args.format), force=args.force)
    count = sum(len(one.questions) for one in made)
    left_out = any(one.status == "left_out" for one in made)
    if args.json:
        items = [
            {
                "item": one.name,
                "type": one.type,
                "status": one.status,
                "notes": list(one.notes),
                "questions": len(one.questions),
            }
            for one in made
        ]
        content = {"file": path.as_posix(), "questions": count, "items": items}
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        return 1 if left_out else 0
    told = [
        text("bank.written", path=path, count=count, items=len(found)),
        *report_lines(made),
        text("bank.holds_keys"),
    ]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if left_out else 0
