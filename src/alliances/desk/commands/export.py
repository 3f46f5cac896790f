"""``alliances export --course DIR``: the marks of a course, both doors merged."""

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
    parser.add_argument(
        "--course", type=Path, required=True, metavar="DIR", help=text("course_folder.opt_course")
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help=text("course_folder.opt_out"))
    parser.add_argument("--bom", action="store_true", help=text("course_folder.opt_bom"))
    parser.add_argument(
        "--separator", choices=[",", ";"], default=",", help=text("course_folder.opt_separator")
    )
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Write the marks to the file, or to the standard output; return 0."""
    import json
    from dataclasses import asdict

    from alliances.desk.marks_export import collect_marks, marks_csv
    from alliances.storage import write_safely
    from alliances_grader.course_manifest import read_course

    rows = collect_marks(read_course(args.course))
    if args.json:
        content = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"
    else:
        content = marks_csv(rows, bom=args.bom, separator=args.separator)
    if args.out is None:
        # The ends of line are the file's: the terminal's translation would double them on Windows.
        sys.stdout.buffer.write(content.encode())
        return 0
    write_safely(args.out, content.encode())
    sys.stderr.write(text("course_folder.exported", count=len(rows), path=args.out) + "\n")
    return 0
