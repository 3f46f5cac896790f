"""The command ``alliances``: a table of commands, each in its own file, imported only when called.

A command module offers ``add_arguments(parser)`` and ``run(args) -> int`` (0 done, 1 something was
refused and named, 2 wrong usage) and has a text ``cli.<command>`` in the catalogue. Nested commands
(``course create``) are named with a space.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import Final

from alliances import __version__
from alliances.errors import AlliancesError
from alliances.i18n import text

__all__ = ["COMMANDS", "main"]

COMMANDS: Final[dict[str, str]] = {
    "serve": "alliances.desk.commands.serve",
    "build": "alliances.course.commands.build",
    "check": "alliances.course.commands.check",
    "course create": "alliances.desk.commands.course_create",
    "collect": "alliances.desk.commands.collect",
    "grade": "alliances.desk.commands.grade",
    "feedback": "alliances.desk.commands.feedback",
    "export": "alliances.desk.commands.export",
    "forget": "alliances.desk.commands.forget",
    "items list": "alliances.course.commands.items_list",
    "items draw": "alliances.course.commands.items_draw",
    "items export": "alliances.course.commands.items_export",
    "data list": "alliances.course.commands.data_list",
    "data show": "alliances.course.commands.data_show",
    "data validate": "alliances.course.commands.data_validate",
    "sandbox check": "alliances.desk.commands.sandbox",
}


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [text("cli.usage"), ""]
    lines += [f"  {name:<{width}}  {text('cli.' + name.replace(' ', '_'))}" for name in COMMANDS]
    return "\n".join([*lines, "", text("cli.more")])


def _find(words: list[str]) -> tuple[str, list[str]] | None:
    for count in (2, 1):
        name = " ".join(words[:count])
        if name in COMMANDS and len(words) >= count:
            return name, words[count:]
    return None


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_usage() + "\n")
        return 0 if words else 2
    if words[0] in {"-V", "--version"}:
        sys.stdout.write(f"alliances {__version__}\n")
        return 0
    found = _find(words)
    if found is None:
        sys.stderr.write(text("cli.unknown", words=" ".join(words[:2])) + "\n\n" + _usage() + "\n")
        return 2
    name, rest = found
    module = import_module(COMMANDS[name])
    parser = argparse.ArgumentParser(
        prog=f"alliances {name}", description=text("cli." + name.replace(" ", "_"))
    )
    module.add_arguments(parser)
    options = parser.parse_args(rest)
    try:
        return int(module.run(options))
    except AlliancesError as error:
        sys.stderr.write(f"alliances: {error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write(text("cli.interrupted") + "\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
