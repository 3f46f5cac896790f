"""``alliances forget STUDENT --course DIR``: erases everything about one person, after listing it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("student", metavar="STUDENT", help=text("course_folder.opt_student"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--yes", action="store_true", help=text("course_folder.opt_yes"))


def run(args: argparse.Namespace) -> int:
    """List, and erase with ``--yes``; return 1 when nothing was erased for want of it."""
    from alliances.desk.forgetting import erase, list_holdings
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    holdings = list_holdings(course, args.student)
    if not holdings:
        sys.stdout.write(text("course_folder.nothing_held", student=args.student) + "\n")
        return 0
    sys.stdout.write(text("course_folder.held", student=args.student) + "\n")
    for folder, count in holdings.folders.items():
        sys.stdout.write("  " + text("course_folder.held_folder", path=folder, count=count) + "\n")
    if holdings.in_gradebook:
        names = ", ".join(holdings.assignments) or "–"
        sys.stdout.write("  " + text("course_folder.held_marks", names=names) + "\n")
    if not args.yes:
        sys.stderr.write(text("course_folder.say_yes") + "\n")
        return 1
    erase(course, holdings)
    sys.stdout.write(text("course_folder.forgotten", student=args.student) + "\n")
    return 0
