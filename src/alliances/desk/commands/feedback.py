"""``alliances feedback [ASSIGNMENT…] --course DIR``: a page a learner and assignment."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.i18n import format_number, text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from alliances.desk.feedback import Written

__all__ = ["add_arguments", "run"]

_EVERY = 2.0  # seconds between two lines of progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help=text("feedback.opt_assignments"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--student", metavar="ID", help=text("course_folder.opt_student"))
    tracks = ["students", "agents"]
    parser.add_argument("--track", choices=tracks, default="students", help=text("course_folder.opt_track"))
    parser.add_argument("--force", action="store_true", help=text("feedback.opt_force"))
    parser.add_argument("--jobs", type=int, metavar="N", help=text("feedback.opt_jobs"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Write the pages; return 1 if one could not be made, which the error output names."""
    import json

    from alliances.desk.feedback import graded_assignments, write_feedback
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    pages = [
        page
        for name in dict.fromkeys(args.assignments) or graded_assignments(course, args.student)
        for page in write_feedback(
            course,
            name,
            args.student,
            agents=args.track == "agents",
            force=args.force,
            jobs=args.jobs,
            progress=_progress(),
        )
    ]
    refused = sum(page.reason is not None for page in pages)
    if args.json:
        sys.stdout.write(json.dumps([_as_json(page) for page in pages], ensure_ascii=False) + "\n")
        return 1 if refused else 0
    written = sum(page.changed for page in pages) - refused
    unchanged = len(pages) - refused - written
    folder = args.course / "feedback"
    sys.stdout.write(text("feedback.done", written=written, unchanged=unchanged, path=folder) + "\n")
    if waiting := sum(page.to_mark > 0 for page in pages):
        sys.stdout.write(text("course_folder.feedback_waiting", count=waiting) + "\n")
    return 1 if refused else 0


def _progress() -> Callable[[int, int, Written], None]:
    """Return what names each refused page at once, and says now and then how far the class is."""
    start = told = time.monotonic()

    def say(done: int, count: int, page: Written) -> None:
        nonlocal told
        if page.reason is not None:
            sys.stderr.write(text("course_folder.copy_refused", name=page.student, reason=page.reason) + "\n")
        now = time.monotonic()
        if now - told >= _EVERY:
            told = now
            rate = format_number(done / (now - start))
            sys.stderr.write(text("feedback.progress", done=done, count=count, rate=rate) + "\n")
            sys.stderr.flush()

    return say


def _as_json(page: Written) -> dict[str, Any]:
    return {
        "student": page.student,
        "notebook": page.notebook,
        "path": str(page.path) if page.reason is None else None,
        "changed": page.changed and page.reason is None,
        "to_mark": page.to_mark,
        "reason": str(page.reason) if page.reason is not None else None,
    }
