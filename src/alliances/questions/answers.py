"""``answers.json``: what one person answered to one exercise by one door.

The file is read as something anybody may have written: shapes are checked, sizes bounded, and nothing in it
is ever executed. How two versions of it become one is ``answer_merge``'s.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import LANGUAGES
from alliances.questions.strict_json import content_hash, load_json
from alliances.storage import previous_of, write_fault, write_safely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "DOORS",
    "FORMAT",
    "VERSION",
    "AnswerFile",
    "Door",
    "Replaced",
    "answers_from_dict",
    "answers_to_bytes",
    "parse_answers",
    "read_answers",
    "read_or_set_aside",
    "seed_for",
    "write_answers",
]

FORMAT: Final = "alliances-answers"
VERSION: Final = 2
Door = Literal["form", "code"]
DOORS: Final[tuple[Door, ...]] = ("form", "code")
_LIMIT_MB: Final = 2
_LONGEST_NAME: Final = 200  # characters of a learner's code, of an exercise, of a question's id
_GREATEST: Final = 2**53 - 1  # the last whole number that JavaScript counts exactly
_MOST_REPLACED: Final = 200  # read; 50 are kept


@dataclass(frozen=True)
class Replaced:
    """An answer that another version of the file replaced: kept so that its author can take it back.

    Attributes:
        question: id.
        answer: what it was.
        revision: its place in the order of changes, as in ``AnswerFile.revisions``.
    """

    question: str
    answer: Any
    revision: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return its JSON value."""
        return {"question": self.question, "answer": self.answer, "revision": self.revision}


@dataclass(frozen=True)
class AnswerFile:
    """The answers of one person.

    Attributes:
        learner: pseudonymous code.
        exercise: slug.
        door: ``form`` or ``code``.
        language: ``fr`` or ``en``.
        seed: what the exercise's figures were drawn from; None when nothing was drawn.
        answers: answer by question id; None is « not answered », or erased when it has a revision.
        revisions: order of the last change by question id: a counter of the file's changes, never a time.
            A question without one has 0: files of version 1 had none.
        replaced: answers that lost against a newer one without their author having seen it.
        intact: False when the hash in the file is not that of its content: somebody or something changed it.
        recovered: True when the file was damaged and this is its previous version.
    """

    learner: str
    exercise: str
    door: str
    language: str
    seed: int | str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    replaced: tuple[Replaced, ...] = ()
    intact: bool = field(default=True, compare=False)
    recovered: bool = field(default=False, compare=False)

    def content(self) -> dict[str, Any]:
        """Return everything that the hash covers."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "learner": self.learner,
            "exercise": self.exercise,
            "door": self.door,
            "language": self.language,
            "seed": self.seed,
            "answers": self.answers,
            "revisions": self.revisions,
            "replaced": [entry.to_dict() for entry in self.replaced],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the file's JSON value, hash included."""
        content = self.content()
        return {**content, "hash": content_hash(content)}


def seed_for(learner: str, exercise: str) -> str:
    """Return the seed of a learner's figures in an exercise: 8 hexadecimal characters, always the same."""
    return hashlib.sha256(f"{learner}\n{exercise}".encode("utf-8", "surrogatepass")).hexdigest()[:8]


def answers_from_dict(data: object, path: Path | str = "answers.json", *, strict: bool = True) -> AnswerFile:
    """Check a JSON value and return it as an answers file; ``path`` is what messages name.

    Not ``strict``, an answer of the wrong shape stays as it is: marking calls it unanswered, so that it
    costs its question and not the copy.

    Raises:
        AlliancesError: a field is missing or of the wrong form, or the version is newer.
    """
    if not isinstance(data, dict):
        _bad(path, "(racine)", "{…}")
    _check_version(data, path)
    for name, (good, expected) in _CHECKS.items():
        if not good(data.get(name)):
            _bad(path, name, expected)
    answers = data["answers"]
    for name, answer in answers.items():
        if not _is_name(name) or (strict and not (answer is None or isinstance(answer, dict))):
            _bad(path, f"answers.{name[:_LONGEST_NAME]}", "{…}, null")
    second = data["version"] >= VERSION
    file = AnswerFile(
        data["learner"],
        data["exercise"],
        data["door"],
        data["language"],
        data.get("seed"),
        answers,
        _revisions(data.get("revisions"), path) if second else {},
        _replaced(data.get("replaced"), path) if second else (),
    )
    content = {name: value for name, value in data.items() if name != "hash"}
    return replace(file, intact=data.get("hash") == content_hash(content))


def _revisions(value: object, path: Path | str) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(map(_is_name, value)) or not all(map(_counts, value.values())):
        _bad(path, "revisions", "{…: 0, 1, 2…}")
    return value


def _replaced(value: object, path: Path | str) -> tuple[Replaced, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > _MOST_REPLACED:
        _bad(path, "replaced", f"[…], ≤ {_MOST_REPLACED}")
    for entry in value:
        whole = isinstance(entry, dict) and _is_name(entry.get("question")) and _counts(entry.get("revision"))
        if not whole:
            _bad(path, "replaced", "{question, answer, revision}")
    return tuple(Replaced(entry["question"], entry.get("answer"), entry["revision"]) for entry in value)


def _counts(value: object) -> bool:
    """Say whether ``value`` is a counter; True is no number here."""
    return type(value) is int and 0 <= value <= _GREATEST


def _check_version(data: dict[str, Any], path: Path | str) -> None:
    if data.get("format") != FORMAT:
        _bad(path, "format", FORMAT)
    version = data.get("version")
    if type(version) is not int or version < 1:
        _bad(path, "version", str(VERSION))
    if version > VERSION:
        raise AlliancesError("questions.answers_newer", path=path, found=version, known=VERSION)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME


_CHECKS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "learner": (_is_name, "texte / text"),
    "exercise": (_is_name, "texte / text"),
    "door": (lambda value: value in DOORS, ", ".join(DOORS)),
    "language": (lambda value: value in LANGUAGES, ", ".join(LANGUAGES)),
    "seed": (lambda value: value is None or type(value) in (int, str), "nombre, texte / number, text"),
    "answers": (lambda value: isinstance(value, dict), "{…}"),
}


def read_answers(path: Path) -> AnswerFile:
    """Read an answers file; where it is damaged, its previous version.

    Raises:
        AlliancesError: no file, or one that is half-written, malformed, too big or of a newer version, and no
            previous version to fall back on.
        EnvironmentFault: the file cannot be read.
    """
    try:
        return _read_one(path)
    except AlliancesError as error:
        # A newer or too big file is whole: an older one in its place would look like lost work.
        if error.key not in {"questions.answers_unreadable", "questions.answers_missing"}:
            raise
        try:
            return replace(_read_one(previous_of(path)), recovered=True)
        except AlliancesError:
            raise error from None


def read_or_set_aside(path: Path) -> tuple[AnswerFile | None, Path | None]:
    """Read an answers file that is about to be written, and move one that nothing can read out of the way.

    Returns:
        The file (its previous version where it is damaged), None when there is none; and where the unreadable
        file was moved, for a person to look at.

    Raises:
        AlliancesError: it is too big or of a newer version.
        EnvironmentFault: it cannot be read or moved.
    """
    try:
        return read_answers(path), None
    except AlliancesError as error:
        if error.key == "questions.answers_missing":
            return None, None
        if error.key not in {"questions.answers_unreadable", "questions.answers_field"}:
            raise
    names = (f"{path.name}.damaged{number or ''}" for number in count())
    free = next(place for place in map(path.with_name, names) if not place.exists())
    try:
        path.rename(free)
    except OSError as error:
        raise write_fault(path, error) from error
    try:
        return read_answers(path), free
    except AlliancesError:
        return None, free


def write_answers(path: Path, file: AnswerFile) -> None:
    """Write an answers file in one step; the version before it stays in ``answers.json.previous``.

    Raises:
        EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
    """
    write_safely(path, answers_to_bytes(file), keep_previous=_is_whole(path))


def answers_to_bytes(file: AnswerFile) -> bytes:
    """Return the content of an answers file."""
    text = json.dumps(file.to_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    # Half of a surrogate pair, which JSON can carry, is written back as its escape.
    return text.encode("utf-8", "backslashreplace")


def _is_whole(path: Path) -> bool:
    """Say whether the current file is worth keeping: a damaged one must not replace a good previous one."""
    try:
        _read_one(path)
    except AlliancesError:
        return False
    return True


def _read_one(path: Path) -> AnswerFile:
    try:
        if path.stat().st_size > _LIMIT_MB * 1_000_000:
            raise AlliancesError("questions.answers_too_big", path=path, limit=_LIMIT_MB)
        raw = path.read_bytes()
    except FileNotFoundError:
        raise AlliancesError("questions.answers_missing", path=path) from None
    except OSError as error:
        raise EnvironmentFault("questions.cannot_read", path=path, reason=error.strerror or error) from error
    return parse_answers(raw, path, strict=False)


def parse_answers(content: bytes, path: Path | str = "answers.json", *, strict: bool = True) -> AnswerFile:
    """Read the bytes of an answers file; ``strict`` as in ``answers_from_dict``.

    Of a field written twice the last one counts, as for every JSON reader of the course.

    Raises:
        AlliancesError: they are no JSON, or not that of an answers file.
    """
    try:
        data = load_json(content)
    except ValueError as error:
        raise AlliancesError("questions.answers_unreadable", path=path, reason=error) from error
    return answers_from_dict(data, path, strict=strict)


def _bad(path: Path | str, name: str, expected: str) -> NoReturn:
    raise AlliancesError("questions.answers_field", path=path, field=name, expected=expected)
