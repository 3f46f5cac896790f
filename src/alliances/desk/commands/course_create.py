"""``alliances course create DIR``: an nbgrader course folder with one assignment a door."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from alliances.i18n import LANGUAGES, current_language, text

if TYPE_CHECKING:
    import argparse

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("directory", type=Path, metavar="DIR", help=text("course_folder.opt_directory"))
    parser.add_argument("--lang", choices=LANGUAGES, help=text("course_folder.opt_lang"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Make or renew the course; return 0."""
    import json

    from alliances.course.tree import find_tree
    from alliances.desk.course_folder import create_course

    if not args.json:
        sys.stderr.write(text("course_folder.creating", path=args.directory) + "\n")
    made = create_course(find_tree(), args.directory, args.lang or current_language())
    if args.json:
        data = {
            "path": str(args.directory),
            "language": made.course.language,
            "assignments": list(made.assignments),
            "renewed": made.renewed,
        }
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(
        text("course_folder.renewed" if made.renewed else "course_folder.created", path=args.directory) + "\n"
    )
    for name in made.assignments:
        sys.stdout.write(f"  {name}\n")
    sys.stdout.write(text("course_folder.then_collect", path=args.directory) + "\n")
    return 0
