"""``alliances course create DIR``: an nbgrader course folder with one assignment a door."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from alliances.i18n import LANGUAGES, current_language, text

if TYPE_CHECKING:
    import argparse

    from alliances.course.cohort import Cohort

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("directory", type=Path, metavar="DIR", help=text("course_folder.opt_directory"))
    parser.add_argument("--lang", choices=LANGUAGES, help=text("course_folder.opt_lang"))
    parser.add_argument("--cohort", metavar="SEED", help=text("cohort.opt_cohort"))
    parser.add_argument("--private", type=Path, metavar="FILE", help=text("cohort.opt_private"))
    parser.add_argument("--json", action="store_true", help=text("course_folder.opt_json"))


def run(args: argparse.Namespace) -> int:
    """Make or renew the course; return 0.

    Raises:
        UsageError: ``--private`` without ``--cohort``.
    """
    import json

    from alliances.course.tree import find_tree
    from alliances.desk.course_folder import create_course

    if not args.json:
        sys.stderr.write(text("course_folder.creating", path=args.directory) + "\n")
    cohort = _cohort(args)
    made = create_course(find_tree(), args.directory, args.lang or current_language(), cohort)
    for note in made.notes:
        sys.stderr.write(note + "\n")
    if args.json:
        data = {
            "path": str(args.directory),
            "language": made.course.language,
            "assignments": list(made.assignments),
            "renewed": made.renewed,
            "cohort": cohort is not None,
            "notes": list(made.notes),
        }
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(
        text("course_folder.renewed" if made.renewed else "course_folder.created", path=args.directory) + "\n"
    )
    for name in made.assignments:
        sys.stdout.write(f"  {name}\n")
    if cohort is not None:
        sys.stdout.write(text("cohort.drawn") + "\n")
    sys.stdout.write(text("course_folder.then_collect", path=args.directory) + "\n")
    return 0


def _cohort(args: argparse.Namespace) -> Cohort | None:
    """Return the cohort that the options name; « - » keeps the seed out of the shell's history."""
    from alliances.course.cohort import Cohort
    from alliances.course.cohort_private import read_private
    from alliances.errors import UsageError

    if args.cohort is None:
        if args.private is not None:
            raise UsageError("cohort.private_alone")
        return None
    seed = args.cohort if args.cohort != "-" else _asked_seed()
    return Cohort(seed, read_private(args.private) if args.private is not None else None)


def _asked_seed() -> str:
    import getpass

    if sys.stdin.isatty():
        return getpass.getpass(text("cohort.ask_seed"), stream=sys.stderr)
    return sys.stdin.readline().rstrip("\r\n")
