"""``alliances grade ASSIGNMENT --course DIR``: every copy of an assignment, one after the other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.i18n import format_number, text

if TYPE_CHECKING:
    import argparse

    from alliances_grader.pipeline import Outcome

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("assignment", metavar="ASSIGNMENT", help=text("course_folder.opt_assignment"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--student", metavar="ID", help=text("course_folder.opt_student"))
    parser.add_argument(
        "--engine", choices=["nbgrader"], default="nbgrader", help=text("course_folder.opt_engine")
    )
    parser.add_argument("--no-sandbox", action="store_true", help=text("course_folder.opt_no_sandbox"))
    parser.add_argument("--force", action="store_true", help=text("course_folder.opt_force"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Grade; return 1 if a copy was refused, which the error output names."""
    import json

    from alliances.desk.grading import GradeRequest, grade_class
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    request = GradeRequest(args.assignment, args.student, args.no_sandbox, args.force, args.engine)
    outcomes = grade_class(course, request, _say)
    refused = [outcome for outcome in outcomes if outcome.state == "refused"]
    if args.json:
        data = {
            "assignment": args.assignment,
            "engine": args.engine,
            "copies": [_as_json(item) for item in outcomes],
        }
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return 1 if refused else 0
    to_mark = sum(outcome.to_mark > 0 for outcome in outcomes)
    sys.stdout.write(
        text("course_folder.graded", done=len(outcomes) - len(refused), refused=len(refused), to_mark=to_mark)
        + "\n"
    )
    if to_mark:
        sys.stdout.write(text("course_folder.then_mark") + "\n")
    return 1 if refused else 0


def _say(place: int, count: int, outcome: Outcome) -> None:
    width = len(str(count))
    head = f"[{place:>{width}}/{count}] {outcome.student}"
    if outcome.reason is not None:
        sys.stderr.write(f"{head}  " + text("course_folder.grade_refused", reason=outcome.reason) + "\n")
        return
    points = text(
        "feedback.points", points=format_number(outcome.points, 2), max=format_number(outcome.max_points, 2)
    )
    sys.stderr.write(
        f"{head}  "
        + text(f"course_folder.grade_{outcome.state}", points=points, to_mark=outcome.to_mark)
        + "\n"
    )
    for flag in outcome.flags:
        sys.stderr.write(f"    {flag.say()}\n")
    sys.stderr.flush()


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "student": outcome.student,
        "state": outcome.state,
        "points": round(outcome.points, 2),
        "max_points": round(outcome.max_points, 2),
        "to_mark": outcome.to_mark,
        "flags": [flag.to_dict() for flag in outcome.flags],
        "reason": str(outcome.reason) if outcome.reason is not None else None,
    }
