"""``alliances feedback ASSIGNMENT --course DIR``: a page a learner."""

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
    parser.add_argument("assignment", metavar="ASSIGNMENT", help=text("course_folder.opt_assignment"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--student", metavar="ID", help=text("course_folder.opt_student"))
    tracks = ["students", "agents"]
    parser.add_argument("--track", choices=tracks, default="students", help=text("course_folder.opt_track"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Write the pages; return 1 if one could not be made, which the error output names."""
    import json

    from alliances.desk.feedback import write_feedback
    from alliances_grader.course_manifest import read_course

    pages = write_feedback(
        read_course(args.course), args.assignment, args.student, agents=args.track == "agents"
    )
    refused = [page for page in pages if page.reason is not None]
    if args.json:
        data = [
            {
                "student": page.student,
                "path": str(page.path) if page.reason is None else None,
                "to_mark": page.to_mark,
                "reason": str(page.reason) if page.reason is not None else None,
            }
            for page in pages
        ]
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return 1 if refused else 0
    for page in refused:
        sys.stderr.write(text("course_folder.copy_refused", name=page.student, reason=page.reason) + "\n")
    waiting = sum(page.to_mark > 0 for page in pages)
    folder = args.course / "feedback"
    sys.stdout.write(
        text("course_folder.feedback_written", count=len(pages) - len(refused), path=folder) + "\n"
    )
    if waiting:
        sys.stdout.write(text("course_folder.feedback_waiting", count=waiting) + "\n")
    return 1 if refused else 0
