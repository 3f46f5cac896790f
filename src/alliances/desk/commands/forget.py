"""``alliances forget STUDENT --course DIR``: erases everything about one person, after listing it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

    from alliances.desk.forgetting import Erased, Holdings
    from alliances_grader.course_manifest import Course

__all__ = ["add_arguments", "run"]

_WAIT: Final = 3600.0
"""Seconds to wait for a grading run: the longest takes minutes, and waiting can be interrupted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("student", metavar="STUDENT", help=text("course_folder.opt_student"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--yes", action="store_true", help=text("course_folder.opt_yes"))
    choice.add_argument("--dry-run", action="store_true", help=text("forget.opt_dry_run"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """List, and erase with ``--yes``; return 1 when nothing was erased for want of it."""
    from alliances.desk.forgetting import list_holdings
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    holdings = list_holdings(course, args.student)
    if args.json:
        return _run_json(args, course, holdings)
    if not holdings:
        sys.stdout.write(text("course_folder.nothing_held", student=args.student) + "\n")
        return 0
    _list(holdings)
    if not args.yes:
        sys.stderr.write(text("course_folder.say_yes") + "\n")
        return 0 if args.dry_run else 1
    erased = _erase(args, course)
    sys.stdout.write(text("course_folder.forgotten", student=args.student) + "\n")
    sys.stdout.write(text("forget.outside") + "\n")
    if erased.mentions:
        sys.stderr.write(text("forget.mentions", student=args.student) + "\n")
        sys.stderr.writelines(f"  {path}\n" for path in erased.mentions)
    return 0


def _erase(args: argparse.Namespace, course: Course) -> Erased:
    from alliances.desk.forgetting import erase

    return erase(course, args.student, wait=_WAIT, tell=_tell)


def _tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def _run_json(args: argparse.Namespace, course: Course, holdings: Holdings) -> int:
    import json

    mentions: tuple[Path, ...] = ()
    done = bool(args.yes and holdings)
    if done:
        erased = _erase(args, course)
        holdings, mentions = erased.holdings, erased.mentions
    found: dict[str, Any] = {
        "student": holdings.student,
        "erased": done,
        "folders": {str(path): count for path, count in holdings.folders.items()},
        "in_gradebook": holdings.in_gradebook,
        "assignments": list(holdings.assignments),
        "journal_entries": holdings.journals,
        "logs": [str(path) for path in holdings.logs],
        "mentions": [str(path) for path in mentions],
    }
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0 if done or args.dry_run or not holdings else 1


def _list(holdings: Holdings) -> None:
    lines = [text("course_folder.held", student=holdings.student)]
    lines += [
        "  " + text("course_folder.held_folder", path=path, count=count)
        for path, count in holdings.folders.items()
    ]
    if holdings.in_gradebook:
        names = ", ".join(holdings.assignments) or "–"
        lines.append("  " + text("course_folder.held_marks", names=names))
    if holdings.journals:
        lines.append("  " + text("forget.held_journals", count=holdings.journals))
    lines += ["  " + text("forget.held_log", path=path) for path in holdings.logs]
    sys.stdout.write("\n".join(lines) + "\n")
