"""The private file of a cohort: cases, items, keys and hidden tests that are published nowhere.

Its fields are in ``questions/schemas/private.schema.json``. It is kept outside the repository: a file that
Git follows, or would take with the next ``git add``, is refused.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alliances.errors import AlliancesError
from alliances.questions.options import LEAST_REASON_WORDS
from alliances.questions.source import Field, read_source

__all__ = ["PrivateCase", "PrivateExercise", "PrivateFile", "read_private"]

_FORMAT: Final = "alliances-private"
_VERSION: Final = 1
_FIXED: Final = ("id", "type", "outcome", "points", "case")


@dataclass(frozen=True)
class PrivateCase:
    """A case of a private file, as a row of the tables of cases; ``invented`` says in which table."""

    id: str
    invented: bool
    row: dict[str, str]
    readings: dict[str, list[str]]
    place: Field = field(repr=False)


@dataclass(frozen=True)
class PrivateExercise:
    """What a private file adds to one exercise: ``items`` and ``keys`` by question, ``tests`` by cell."""

    only_private_cases: bool = False
    items: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    keys: dict[str, Field] = field(default_factory=dict)
    tests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PrivateFile:
    """A private file; ``digest`` is the SHA-256 of its bytes."""

    path: Path
    digest: bytes = field(repr=False)
    cases: tuple[PrivateCase, ...] = ()
    exercises: dict[str, Field] = field(default_factory=dict)

    def of(self, exercise: str) -> PrivateExercise:
        """Return what it adds to an exercise.

        Raises:
            SourceError: a field is malformed.
        """
        if exercise not in self.exercises:
            return PrivateExercise()
        fields = self.exercises[exercise].mapping([], ["only_private_cases", "items", "keys", "hidden_tests"])
        named = {name: fields[name].mapping() if name in fields else {} for name in ("items", "keys")}
        for question in named["keys"].values():
            for key, place in question.mapping().items():
                if key in _FIXED:
                    place.refuse("unknown_field", unknown=key, allowed="—")
        tests = fields["hidden_tests"].mapping() if "hidden_tests" in fields else {}
        return PrivateExercise(
            fields["only_private_cases"].flag() if "only_private_cases" in fields else False,
            {name: tuple(place.entries(minimum=1)) for name, place in named["items"].items()},
            named["keys"],
            {name: place.text() for name, place in tests.items()},
        )


def read_private(path: Path) -> PrivateFile:
    """Read a private file.

    Raises:
        AlliancesError: Git follows the file, or would take it.
        SourceError: it is missing or malformed (file, line, field).
        EnvironmentFault: it cannot be read.
    """
    fields = read_source(path).mapping(["format", "version"], ["cases", "exercises"])
    _refuse_in_repository(path)
    fields["format"].word([_FORMAT])
    if fields["version"].whole() != _VERSION:
        fields["version"].refuse("expected_one_of", allowed=str(_VERSION))
    cases = tuple(_case(place) for place in fields["cases"].entries()) if "cases" in fields else ()
    seen: dict[str, int] = {}
    for case in cases:
        if case.id in seen:
            case.place.refuse("repeated_id", first=seen[case.id])
        seen[case.id] = case.place.line
    exercises = fields["exercises"].mapping() if "exercises" in fields else {}
    return PrivateFile(path, hashlib.sha256(path.read_bytes()).digest(), cases, exercises)


def _case(place: Field) -> PrivateCase:
    fields = place.mapping(
        ["case_id", "title", "summary", "team_reason", "admissible"], ["invented", "sources"]
    )
    name = fields["case_id"].identifier()
    texts = {
        "title": fields["title"].bilingual(),
        "summary": fields["summary"].bilingual(),
        "team_reason": fields["team_reason"].bilingual(LEAST_REASON_WORDS),
    }
    readings = {
        family: [reason.identifier() for reason in reasons.entries(minimum=1)]
        for family, reasons in fields["admissible"].mapping().items()
    }
    if not readings:
        fields["admissible"].refuse("not_empty_set")
    invented = fields["invented"].flag() if "invented" in fields else False
    if not invented and "sources" not in fields:
        # What is told of the real world names its source.
        place.refuse("missing_field", missing="invented, sources", found=", ".join(fields))
    sources = [entry.text() for entry in fields["sources"].entries(minimum=1)] if "sources" in fields else []
    row = {f"{part}_{language}": words for part, both in texts.items() for language, words in both.items()}
    row |= {
        "case_id": name,
        "team_reading": next(iter(readings)),
        "admissible": ";".join(f"{family}:{'+'.join(reasons)}" for family, reasons in readings.items()),
        "sources": ";".join(sources),
        "synthetic": "true" if invented else "false",
    }
    return PrivateCase(name, invented, row, readings, place)


def _refuse_in_repository(path: Path) -> None:
    """Refuse a file that Git follows, or that stands in a repository without being ignored there."""
    place = path.resolve()
    root = next((folder for folder in place.parents if (folder / ".git").exists()), None)
    if root is None:
        return
    git = shutil.which("git")
    # In a hook Git's own variables name another repository.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def says_yes(*words: str) -> bool:
        if git is None:
            return False
        asked = [git, "-C", str(place.parent), *words, "--", place.name]
        return subprocess.run(asked, capture_output=True, check=False, env=env).returncode == 0

    if says_yes("ls-files", "--error-unmatch") or not says_yes("check-ignore", "--quiet"):
        raise AlliancesError("cohort.private_in_repository", path=path, root=root)
