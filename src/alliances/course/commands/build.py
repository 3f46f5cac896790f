"""``alliances build``: notebooks and pages from the sources."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from alliances.course.build import STEPS, StepReport, build
from alliances.course.tree import find_tree
from alliances.i18n import format_number, text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    import argparse

    steps = ", ".join(STEPS)
    parser.add_argument(
        "--only", choices=list(STEPS), metavar="STEP", help=text("course.build_only", steps=steps)
    )
    parser.add_argument(
        "--pages", action=argparse.BooleanOptionalAction, default=True, help=text("course.build_pages")
    )
    parser.add_argument("--json", action="store_true", help=text("course.build_json"))


def run(args: argparse.Namespace) -> int:
    """Build; return 1 if a source was refused, which the error output names."""
    report = build(
        find_tree(), only=args.only, pages=args.pages, progress=(lambda _step: None) if args.json else _say
    )
    for refusal in report.refusals:
        sys.stderr.write(f"{refusal}\n")
    if args.json:
        steps = [{**asdict(step), "seconds": round(step.seconds, 3)} for step in report.steps]
        refused = [str(refusal) for refusal in report.refusals]
        sys.stdout.write(json.dumps({"steps": steps, "refused": refused}, ensure_ascii=False) + "\n")
    elif report.refusals:
        sys.stderr.write(text("course.build_failed", count=len(report.refusals)) + "\n")
    else:
        sys.stdout.write(text("course.build_done", seconds=format_number(report.seconds, 2)) + "\n")
    return 1 if report.refusals else 0


def _say(step: StepReport) -> None:
    words = text(
        "course.build_step",
        step=text(f"course.step_{step.name}"),
        built=step.built,
        kept=step.kept,
        refused=text("course.build_refused", count=step.refused) if step.refused else "",
        seconds=format_number(step.seconds, 2),
    )
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
