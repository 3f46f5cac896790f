"""``alliances collect SRC --course DIR``: copies from wherever they were handed in, into the course."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

    from alliances.desk.collecting import Collected, Collection
    from alliances.desk.intake import Refused, Wish

__all__ = ["add_arguments", "run"]

_WAIT: Final = 3600.0
"""Seconds to wait for a grading run: the longest takes minutes, and waiting can be interrupted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("source", type=Path, metavar="SRC", help=text("intake.opt_source"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--assignment", default="", metavar="NAME", help=text("intake.opt_assignment"))
    parser.add_argument("--learners", type=Path, metavar="FILE", help=text("intake.opt_learners"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Collect; return 1 if a copy was refused, which the error output names."""
    import json

    from alliances.desk.collecting import collect
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    result = collect(
        course,
        args.source,
        progress=_say_quietly if args.json else _say,
        wish=_wish(args),
    )
    if args.json:
        sys.stdout.write(json.dumps(_as_json(result), ensure_ascii=False) + "\n")
    else:
        _say_the_end(args, result)
    return 1 if result.refused else 0


def _wish(args: argparse.Namespace) -> Wish:
    from alliances.desk.intake import Wish
    from alliances.desk.intake_learners import read_roster

    roster = None if args.learners is None else read_roster(args.learners)
    return Wish(args.assignment, roster, wait=_WAIT, tell=_tell)


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def _say(copy: Collected | Refused) -> None:
    from alliances.desk.intake import Refused

    name = f"{copy.learner}/{copy.assignment}" if copy.assignment else copy.learner
    if isinstance(copy, Refused):
        _tell(text("course_folder.copy_refused", name=name, reason=copy.reason))
        return
    area = "intake" if copy.state == "older" else "course_folder"
    _tell(text(f"{area}.copy_{copy.state}", name=name))
    for flag in copy.flags:
        _tell(f"    {flag.say()}")
    if copy.passed_over:
        _tell("    " + text("course_folder.passed_over", names=", ".join(copy.passed_over)))


def _say_quietly(_copy: Collected | Refused) -> None:
    """Say nothing: the machine-readable output says it all at the end."""


def _say_the_end(args: argparse.Namespace, result: Collection) -> None:
    numbered = {copy.learner: copy for copy in result.taken if copy.participant}
    if numbered:
        first = next(iter(numbered.values()))
        _tell(text("intake.named", count=len(numbered), code=first.learner, number=first.participant))
        if args.learners is None:
            _tell(text("intake.numbers_change"))
    if not result.taken and not result.refused:
        _tell(text("intake.nothing", path=args.source))
    counts = text("course_folder.collected", taken=len(result.taken), refused=len(result.refused))
    sys.stdout.write(counts + "\n")


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
                "origin": copy.origin,
                "participant": copy.participant or None,
            }
            for copy in result.taken
        ],
        "refused": [
            {"learner": copy.learner, "assignment": copy.assignment, "reason": str(copy.reason)}
            for copy in result.refused
        ],
    }
