"""``alliances sandbox check``: tries to leave the sandbox, and says what holds and how to mend the rest."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

    from alliances_grader.box_check import Report

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help=text("sandbox.opt_json"))


def _lines(report: Report) -> list[str]:
    from alliances_grader.box_check import reason_text

    verdict = text("sandbox.verdict_holds" if report.holds else "sandbox.verdict_fails")
    lines = ["", f"{text(f'sandbox.level_{report.level}')} – {verdict}"]
    labels = {trial.name: text(f"sandbox.trial_{trial.name}") for trial in report.trials}
    states = {trial.name: text(f"sandbox.state_{trial.state}") for trial in report.trials}
    width = max(map(len, states.values()))
    for trial in report.trials:
        line = f"  {states[trial.name]:<{width}}  {labels[trial.name]}"
        if trial.detail:
            line += f" ({text('sandbox.got_out', detail=trial.detail)})"
        lines.append(line)
    lines += ["  " + text("sandbox.why", reason=reason_text(reason)) for reason in report.reasons]
    lines += ["  " + text("sandbox.to_know", reason=reason_text(remark)) for remark in report.remarks]
    return lines


def run(args: argparse.Namespace) -> int:
    """Show the table (or JSON); return 0 when a level holds, 1 otherwise."""
    from alliances_grader.box_check import check, platform_message, reason_text

    elsewhere = platform_message()
    reports = () if elsewhere else check()
    level = next((report.level for report in reports if report.holds), "none")
    if args.json:
        data = {
            "level": level,
            "message": elsewhere,
            "levels": [
                {
                    "level": report.level,
                    "holds": report.holds,
                    "trials": [
                        {"name": trial.name, "state": trial.state, "detail": trial.detail}
                        for trial in report.trials
                    ],
                    "reasons": [
                        {"key": reason.key, "mend": reason.mend, "text": reason_text(reason)}
                        for reason in report.reasons
                    ],
                    "remarks": [
                        {"key": remark.key, "text": reason_text(remark)} for remark in report.remarks
                    ],
                }
                for report in reports
            ],
        }
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    elif elsewhere:
        sys.stderr.write(elsewhere + "\n")
    else:
        lines = [text("sandbox.command_title")]
        for report in reports:
            lines += _lines(report)
        found = {"none": "sandbox.result_none"}.get(level)
        end = text(found) if found else text("sandbox.result_level", level=text(f"sandbox.name_{level}"))
        sys.stdout.write("\n".join([*lines, "", end]) + "\n")
    return 1 if level == "none" else 0
