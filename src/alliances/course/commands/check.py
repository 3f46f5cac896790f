"""``alliances check``: what to mend in the sources, where, and how."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from alliances.course.check import check
from alliances.course.tree import find_tree
from alliances.i18n import text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help=text("course.check_json"))


def run(args: argparse.Namespace) -> int:
    """Print the findings; return 1 if one of them is an error."""
    tree = find_tree()
    findings = check(tree)
    errors = sum(finding.level == "error" for finding in findings)
    if args.json:
        content = [
            {
                "file": finding.place(tree.root).rsplit(":", 1)[0]
                if finding.line
                else finding.place(tree.root),
                "line": finding.line,
                "level": finding.level,
                "rule": finding.rule,
                "message": finding.message(),
            }
            for finding in findings
        ]
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        return 1 if errors else 0
    for finding in findings:
        level = text(f"course.level_{finding.level}")
        sys.stdout.write(f"{finding.place(tree.root)}: {level}{text('course.colon')}{finding.message()}\n")
    key = "course.check_clean" if not findings else "course.check_summary"
    sys.stdout.write(text(key, errors=errors, warnings=len(findings) - errors) + "\n")
    return 1 if errors else 0
