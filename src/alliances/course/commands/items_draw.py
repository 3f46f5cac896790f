"""``alliances items draw``: two parallel forms of a test, A and B."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from alliances.course.commands.items_list import as_json, table
from alliances.course.item_selection import (
    FORMATS,
    add_filters,
    add_output,
    chosen,
    exported,
    file_text,
    report_lines,
    write_new,
)  # fmt: skip
from alliances.errors import UsageError
from alliances.i18n import text
from alliances.questions.parallel import SIZE, parallel_forms

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_filters(parser, use=("test",))
    parser.add_argument("--size", type=int, default=SIZE, help=text("bank.option_size"))
    parser.add_argument("--seed", default="1", help=text("bank.option_seed"))
    parser.add_argument("--json", action="store_true", help=text("bank.option_json"))
    add_output(parser, folder=True)


def run(args: argparse.Namespace) -> int:
    """Draw, print, and write the two files when asked to."""
    if args.size < 1:
        raise UsageError("bank.size_too_small", size=args.size)
    items, _ = chosen(args)
    forms = parallel_forms(items, args.size, args.seed)
    named = {"A": forms.a, "B": forms.b}
    if args.json:
        content = {"seed": forms.seed, "size": args.size}
        content |= {form: [as_json(item) for item in found] for form, found in named.items()}
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    else:
        for form, found in named.items():
            title = text("bank.form_title", form=form, count=len(found))
            sys.stdout.write(f"{title}\n{table(found)}\n\n")
        sys.stdout.write(text("bank.draw_order") + "\n")
        sys.stdout.write(text("bank.draw_again", size=args.size, seed=args.seed) + "\n")
    if args.to is None:
        return 0
    for form, found in named.items():
        made = exported(found, args)
        path = args.to / f"form_{form.lower()}{FORMATS[args.format]}"
        write_new(path, file_text(made, args.format), force=args.force)
        count = sum(len(one.questions) for one in made)
        told = [text("bank.written", path=path, count=count, items=len(found)), *report_lines(made)]
        sys.stderr.write("\n".join(told) + "\n")
    sys.stderr.write(text("bank.holds_keys") + "\n")
    return 0
