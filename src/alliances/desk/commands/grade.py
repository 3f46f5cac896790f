"""``alliances grade [ASSIGNMENT…] --course DIR``: every copy of some assignments, or of all."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alliances.i18n import text

if TYPE_CHECKING:
    from alliances.errors import AlliancesError

__all__ = ["add_arguments", "run"]

_MOST_JOBS: Final = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help=text("grade.opt_assignments"))
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--student", metavar="ID", help=text("course_folder.opt_student"))
    parser.add_argument("--since", type=_moment, metavar="DATE", help=text("grade.opt_since"))
    parser.add_argument(
        "--mode", choices=["strict", "nbgrader"], default="strict", help=text("grade.opt_mode")
    )
    parser.add_argument("--jobs", type=_jobs, default=0, metavar="N", help=text("grade.opt_jobs"))
    parser.add_argument("--cluster", metavar="tls://HOST:PORT", help=text("grade.opt_cluster"))
    parser.add_argument("--insecure-cluster", action="store_true", help=text("grade.opt_insecure"))
    parser.add_argument("--no-sandbox", action="store_true", help=text("course_folder.opt_no_sandbox"))
    parser.add_argument("--force", action="store_true", help=text("course_folder.opt_force"))
    parser.add_argument("--check-stability", action="store_true", help=text("grade.opt_stability"))
    parser.add_argument("--wait", type=float, default=0.0, metavar="S", help=text("grade.opt_wait"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def _moment(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(text("grade.bad_date", found=value)) from None
    # A date without zone is the trainer's own clock.
    return found.astimezone(UTC)


def _jobs(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(text("grade.bad_jobs", found=value, most=_MOST_JOBS))
    return int(value)


def _tell(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def run(args: argparse.Namespace) -> int:
    """Grade; return 1 if a copy was refused, which the error output names."""
    import json

    from alliances.desk.commands.grade_report import Progress, summary, to_json
    from alliances.desk.copies_asked import GradeRequest
    from alliances.desk.grading import grade_class
    from alliances_grader.course_manifest import read_course

    course = read_course(args.course)
    request = GradeRequest(
        tuple(dict.fromkeys(args.assignments)),
        student=args.student,
        since=args.since,
        mode=args.mode,
        no_sandbox=args.no_sandbox,
        force=args.force,
        check_stability=args.check_stability,
        jobs=args.jobs,
        cluster=args.cluster,
        insecure=args.insecure_cluster,
        wait=args.wait,
    )
    began = time.monotonic()
    alone = len(request.assignments) == 1
    progress = Progress(sys.stderr, named=not alone)
    failed: dict[str, AlliancesError] = {}
    try:
        outcomes = grade_class(course, request, progress, _tell, failed=None if alone else failed.__setitem__)
    finally:
        progress.end()
    seconds = time.monotonic() - began
    refused = any(outcome.state == "refused" for outcome in outcomes)
    for name, reason in failed.items():
        _tell(text("grade.failed", name=name, reason=reason))
    if args.json:
        one = to_json(args.mode, outcomes, seconds, request.assignments[0] if alone else None, failed)
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(summary(outcomes, seconds, named=not alone))
    return 1 if refused or failed else 0
