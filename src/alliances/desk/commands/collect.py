"""``alliances collect SRC --course DIR``: copies from a folder or a zip into the course."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

    from alliances.desk.collecting import Collected, Collection
    from alliances.desk.intake import Refused

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("source", type=Path, metavar="SRC", help=text("course_folder.opt_source"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Collect; return 1 if a copy was refused, which the error output names."""
    import json

    from alliances.desk.collecting import collect
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    result = collect(course, args.source, progress=_say_quietly if args.json else _say)
    if args.json:
        sys.stdout.write(json.dumps(_as_json(result), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(
            text("course_folder.collected", taken=len(result.taken), refused=len(result.refused)) + "\n"
        )
    return 1 if result.refused else 0


def _say(copy: Collected | Refused) -> None:
    from alliances.desk.intake import Refused

    name = f"{copy.learner}/{copy.assignment}"
    if isinstance(copy, Refused):
        sys.stderr.write(text("course_folder.copy_refused", name=name, reason=copy.reason) + "\n")
        return
    sys.stderr.write(text(f"course_folder.copy_{copy.state}", name=name) + "\n")
    for flag in copy.flags:
        sys.stderr.write(f"    {flag.say()}\n")
    if copy.passed_over:
        sys.stderr.write("    " + text("course_folder.passed_over", names=", ".join(copy.passed_over)) + "\n")


def _say_quietly(_copy: Collected | Refused) -> None:
    """Say nothing: the machine-readable output says it all at the end."""


def _as_json(result: Collection) -> dict[str, Any]:
    return {
        "taken": [
            {
                "learner": copy.learner,
                "assignment": copy.assignment,
                "state": copy.state,
                "handed_in": copy.handed_in.isoformat(timespec="seconds"),
                "flags": [flag.to_dict() for flag in copy.flags],
                "passed_over": list(copy.passed_over),
            }
            for copy in result.taken
        ],
        "refused": [
            {"learner": copy.learner, "assignment": copy.assignment, "reason": str(copy.reason)}
            for copy in result.refused
        ],
    }
