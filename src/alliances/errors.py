"""What can go wrong, said in the reader's language.

AlliancesError          anything that the program refuses, with what to do next
├── SourceError         a file of the course is malformed: names file, line, field
├── UsageError          the command's words are off (exit status 2)
└── EnvironmentFault    the machine: port in use, folder not writable, disk full, missing program
"""

from __future__ import annotations

from pathlib import Path

from alliances.i18n import Language, text

__all__ = ["AlliancesError", "EnvironmentFault", "SourceError", "UsageError"]


class AlliancesError(Exception):
    """A refusal with a message from a catalogue: ``AlliancesError("desk.unknown_assignment", name=…)``.

    ``str(error)`` is in the current language; ``in_language`` gives the other one.
    """

    exit_status = 1

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def in_language(self, language: Language | None = None) -> str:
        """Return the message in ``language``."""
        return text(self.key, language, **self.values)

    def __str__(self) -> str:
        """Return the message in the current language."""
        return self.in_language()


class SourceError(AlliancesError):
    """A source file is malformed; the message starts with ``file:line:``.

    ``line`` counts from 1; 0 when the whole file is meant.
    """

    def __init__(self, key: str, /, *, path: Path | str, line: int = 0, **values: object) -> None:
        super().__init__(key, **values)
        self.path = Path(path)
        self.line = line

    def in_language(self, language: Language | None = None) -> str:
        """Return the message in ``language``, behind the place."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: {super().in_language(language)}"


class UsageError(AlliancesError):
    """The words of a command are off."""

    exit_status = 2


class EnvironmentFault(AlliancesError):  # noqa: N818 - EnvironmentError is the interpreter's own name
    """The machine lacks something: a port, a right, space, a program."""
