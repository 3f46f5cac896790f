"""Copies in the archive that Moodle's assignment activity gives, zipped or unpacked.

Moodle writes ``<name>_<number>_assignsubmission_<plugin>_/file``, or without folders
``<name>_<number>_assignsubmission_<plugin>_file`` (``mod/assign/classes/downloader.php``, in older versions
``mod/assign/locallib.php``; some leave out the last low line). These words are not translated: French and
English archives differ only in the name of the online text. With blind marking the name is « Participant ».
The number is the assignment's own: the same person has another one in another assignment of the same Moodle
course. A group's copy carries the group's number instead.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from alliances.desk.copy_names import is_hidden, shown
from alliances.desk.intake_flat import constant
from alliances.desk.intake_learners import Roster
from alliances.desk.intake_types import Entry, Found, Known, Limits
from alliances.desk.intake_zip import other_archive, zip_entries
from alliances.errors import AlliancesError
from alliances.questions.answers import parse_answers

__all__ = ["is_moodle_path", "moodle_copies"]

_MARK: Final = re.compile(r"(.*?)(?:_(\d{1,18}))?_assignsubmission_([a-z0-9]+)(?:_(.*))?", re.DOTALL)
_ANSWERS: Final = re.compile(r"(?:answers|[a-z][a-z0-9_]{0,63}_(?:form|code))(?![A-Za-z0-9_])[^/]*\.json")
_ARCHIVES: Final = re.compile(r"(?i)\.(?:7z|rar|tar|tgz|gz|bz2|xz|zst|cab|zip|z\d\d|\d\d\d)$")
_MOST_SHOWN: Final = 8


@dataclass(frozen=True)
class _File:
    """One file that a person handed in, by its path without Moodle's part."""

    name: str
    entry: Entry
    plugin: str

    @property
    def last(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass
class _Person:
    """What one participant handed in; ``found`` are contents by assignment and name, with where they were."""

    name: str
    number: str
    files: list[_File] = field(default_factory=list)
    found: dict[str, dict[str, list[tuple[str, bytes, datetime]]]] = field(default_factory=dict)
    passed_over: list[_File] = field(default_factory=list)
    archives: list[AlliancesError] = field(default_factory=list)

    bytes_read: int = 0

    def read(self, file: _File, limit: int, limits: Limits) -> tuple[bytes, datetime]:
        """Read a file, as long as this person's files fit into what one copy may have."""
        content, changed = file.entry.reader(min(limit, limits.copy - self.bytes_read))
        self.bytes_read += len(content)
        return content, changed

    def say(self, assignment: str, name: str, file: _File, read: tuple[bytes, datetime]) -> None:
        self.found.setdefault(assignment, {}).setdefault(name, []).append((file.name, *read))


def is_moodle_path(parts: tuple[str, ...]) -> bool:
    """Say whether a path is one that Moodle made, with at most one folder around it."""
    return _split(parts) is not None


def moodle_copies(
    entries: Iterable[Entry], known: Known, limits: Limits, roster: Roster | None, wanted: str
) -> Iterator[Found]:
    """Give the copies of each participant; ``wanted`` is the assignment of what does not say it itself."""
    people: dict[tuple[str, str], _Person] = {}
    for entry in entries:
        place = _split(entry.parts)
        if place is not None:
            name, number, plugin, rest = place
            person = people.setdefault((name, number), _Person(name, number))
            person.files.append(_File("/".join(rest), entry, plugin))
    claimed = Counter(code for person in people.values() if (code := _code_or_none(person, roster)))
    for _, person in sorted(people.items()):
        try:
            learner = _unshared(_code(person, roster), claimed)
            _sort_out(person, known, limits, wanted)
        except AlliancesError as error:
            yield Found(_told(person), wanted, "moodle", problem=error, participant=person.number)
            continue
        yield from _copies(person, learner, known, wanted)


def _split(parts: tuple[str, ...]) -> tuple[str, str, str, tuple[str, ...]] | None:
    for number, part in enumerate(parts[:2]):
        mark = _MARK.fullmatch(part)
        if mark is None:
            continue
        below = parts[number + 1 :]
        if mark[4] and below:
            continue
        rest = below or ((mark[4],) if mark[4] else ())
        return (mark[1], (mark[2] or "").lstrip("0"), mark[3], rest) if rest else None
    return None


def _told(person: _Person) -> str:
    return shown(f"{person.name} {person.number}".strip())


def _code(person: _Person, roster: Roster | None) -> str:
    if roster is not None:
        return roster.code_of(person.name, person.number)
    if not person.number:
        raise AlliancesError("intake.no_number", name=shown(person.name))
    return f"m{person.number}"


def _code_or_none(person: _Person, roster: Roster | None) -> str | None:
    try:
        return _code(person, roster)
    except AlliancesError:
        return None


def _unshared(code: str, claimed: Counter[str]) -> str:
    if claimed[code] > 1:
        raise AlliancesError("intake.same_code", code=code)
    return code


def _sort_out(person: _Person, known: Known, limits: Limits, wanted: str) -> None:
    """Find out what each file of a person is.

    Raises:
        AlliancesError: a file is dangerous, or is an answers file that cannot be read.
    """
    with ExitStack() as archives:
        files = [file for outer in person.files for file in _unpacked(person, outer, limits, archives)]
        alone = sum(file.last.lower().endswith(".ipynb") for file in files) == 1
        for file in files:
            _look_at(person, file, known, limits, wanted if alone else "")
        if len(person.found) == 1:
            _add_others(person, next(iter(person.found)), known, limits)


def _look_at(person: _Person, file: _File, known: Known, limits: Limits, lone: str) -> None:
    """Find out what one file is; ``lone`` is the assignment of a notebook whose name does not tell it."""
    if file.plugin != "file":
        person.passed_over.append(file)
        return
    if file.entry.problem is not None:
        raise file.entry.problem
    if _ANSWERS.fullmatch(file.last):
        content, changed = person.read(file, limits.answers, limits)
        answers = parse_answers(content, shown(file.last), strict=False)
        person.say(f"{answers.exercise}_{answers.door}", "answers.json", file, (content, changed))
    elif (place := _notebook_place(file, known, lone)) is not None:
        person.say(*place, file, person.read(file, limits.notebook, limits))
    else:
        person.passed_over.append(file)


def _unpacked(person: _Person, file: _File, limits: Limits, archives: ExitStack) -> Iterator[_File]:
    """Give a file, or what is in the zip that it is; a zip in that zip stays closed."""
    if file.plugin != "file" or not _ARCHIVES.search(file.name) or file.entry.problem is not None:
        yield file
        return
    content, _ = person.read(file, limits.notebook, limits)
    kind = other_archive(content[:512])
    if kind or not file.name.lower().endswith(".zip"):
        problem = AlliancesError("intake.other_archive", path=shown(file.last), kind=kind or "?")
        person.archives.append(problem)
        person.passed_over.append(file)
        return
    opened = zip_entries(io.BytesIO(content), shown(file.last), limits, limits.nested)
    for entry in archives.enter_context(opened):
        if any(is_hidden(part) for part in entry.parts):
            continue
        if entry.problem is None and entry.parts[-1].lower().endswith(".zip"):
            raise AlliancesError("intake.zip_in_zip", path=shown(file.last), name=shown(entry.parts[-1]))
        yield _File("/".join(entry.parts), entry, file.plugin)


def _notebook_place(file: _File, known: Known, lone: str) -> tuple[str, str] | None:
    """Return the assignment and the notebook's name there, where the file's name tells them."""
    if not file.last.lower().endswith(".ipynb"):
        return None
    # What a browser or a person adds to the name of a download: « ps1 (1).ipynb », « ps1-Awa.ipynb ».
    places = [
        (len(name), assignment, name)
        for assignment, names in known.notebooks.items()
        for name in names
        if re.fullmatch(re.escape(name.removesuffix(".ipynb")) + r"(?![A-Za-z0-9_])[^/]*\.ipynb", file.last)
    ]
    longest = max((length for length, _, _ in places), default=0)
    best = [(assignment, name) for length, assignment, name in places if length == longest]
    if len(best) > 1:
        best = [place for place in best if place[0] == lone]
    if not best and len(known.notebooks.get(lone, ())) == 1:
        return lone, next(iter(known.notebooks[lone]))
    return best[0] if len(best) == 1 else None


def _add_others(person: _Person, assignment: str, known: Known, limits: Limits) -> None:
    """Add what belongs to the one assignment found: the receipt, and data of another course's assignment."""
    rest, person.passed_over = person.passed_over, []
    for file in rest:
        belongs = file.last == "receipt.json" if assignment in known.ours else file.plugin == "file"
        if not belongs or _ARCHIVES.search(file.name):
            person.passed_over.append(file)
            continue
        name = "receipt.json" if assignment in known.ours else file.name
        person.say(assignment, name, file, person.read(file, limits.notebook, limits))


def _copies(person: _Person, learner: str, known: Known, wanted: str) -> Iterator[Found]:
    passed_over = [
        shown(file.last) if file.plugin == "file" else f"{shown(file.last)} ({file.plugin})"
        for file in person.passed_over
    ]
    if not person.found:
        names = ", ".join(passed_over[:_MOST_SHOWN]) or "–"
        problem = person.archives[0] if person.archives else AlliancesError("intake.no_copy", names=names)
        yield Found(learner, wanted, "moodle", problem=problem, participant=person.number)
        return
    for assignment, files in sorted(person.found.items()):
        copy = Found(learner, assignment, "moodle", participant=person.number)
        copy.whole = assignment not in known.ours
        if wanted and assignment != wanted:
            copy.problem = AlliancesError("intake.other_assignment", found=shown(assignment), wanted=wanted)
        for name, given in sorted(files.items()):
            if len({content for _, content, _ in given}) > 1:
                names = ", ".join(shown(told) for told, _, _ in given[:_MOST_SHOWN])
                copy.problem = copy.problem or AlliancesError("intake.several", names=names)
            _, content, changed = given[0]
            copy.add(name, constant(content, changed), None)
        copy.passed_over += passed_over
        yield copy
