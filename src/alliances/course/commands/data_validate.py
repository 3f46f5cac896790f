"""``alliances data validate``: every table against its descriptor, and the publishers' gate."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from alliances.data_validation import gate_available, gate_problems, validate
from alliances.i18n import format_number, text

if TYPE_CHECKING:
    from alliances.data_rules import Problem

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--gate", action=argparse.BooleanOptionalAction, default=None, help=text("data_commands.option_gate")
    )
    parser.add_argument("--json", action="store_true", help=text("data_commands.option_json"))


def run(args: argparse.Namespace) -> int:
    """Print what is to be mended; return 1 if anything is.

    Without ``--gate`` or ``--no-gate`` the publishers' validator runs where it is installed, and the report
    says when it is not.
    """
    found = validate()
    gated = gate_available() if args.gate is None else args.gate
    if gated and not args.json:
        sys.stderr.write(text("data_commands.gate_runs") + "\n")
        sys.stderr.flush()
    problems = [*found.problems, *(gate_problems() if gated else [])]
    if args.json:
        content = {
            "tables": found.tables,
            "rows": found.rows,
            "bytes": found.size,
            "gate": gated,
            "refused": [str(refusal) for refusal in found.refusals],
            "problems": [_as_json(problem) for problem in problems],
        }
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stderr.writelines(f"{refusal}\n" for refusal in found.refusals)
        sys.stdout.writelines(f"{problem}\n" for problem in problems)
        if not gated:
            sys.stdout.write(text("data_commands.without_gate") + "\n")
        count = len(problems) + len(found.refusals)
        sys.stdout.write(
            text(
                "data_commands.valid" if not count else "data_commands.invalid",
                tables=found.tables,
                rows=format_number(found.rows),
                size=format_number(found.size / 1000),
                count=count,
            )
            + "\n"
        )
    return 1 if problems or found.refusals else 0


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "table": problem.table,
        "line": problem.line,
        "column": problem.column,
        "rule": problem.key.partition(".")[2],
        "message": problem.message(),
    }
