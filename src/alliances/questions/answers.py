"""``answers.json``: what one person answered to one exercise by one door.

The file is read as something anybody may have written: shapes are checked, sizes bounded, and nothing in it
is ever executed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.i18n import LANGUAGES
from alliances.storage import previous_of, write_safely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = [
    "DOORS",
    "FORMAT",
    "VERSION",
    "AnswerFile",
    "Door",
    "answers_from_dict",
    "read_answers",
    "write_answers",
]

FORMAT: Final = "alliances-answers"
VERSION: Final = 1
Door = Literal["form", "code"]
DOORS: Final[tuple[Door, ...]] = ("form", "code")
_LIMIT_MB: Final = 2
_LONGEST_NAME: Final = 200  # characters of a learner's code, of an exercise, of a question's id


@dataclass(frozen=True)
class AnswerFile:
    """The answers of one person.

    Attributes:
        learner: pseudonymous code.
        exercise: slug.
        door: ``form`` or ``code``.
        language: ``fr`` or ``en``.
        seed: what the exercise's figures were drawn from; None when nothing was drawn.
        answers: answer by question id; None is « not answered ».
        intact: False when the hash in the file is not that of its content: somebody or something changed it.
        recovered: True when the file was damaged and this is its previous version.
    """

    learner: str
    exercise: str
    door: str
    language: str
    seed: int | str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
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
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the file's JSON value, hash included."""
        content = self.content()
        return {**content, "hash": content_hash(content)}


def content_hash(content: dict[str, Any]) -> str:
    """Return ``sha256:`` and the hash of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Half of a surrogate pair can be typed into JSON as \ud800; it must not stop a save.
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


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
    file = AnswerFile(
        data["learner"], data["exercise"], data["door"], data["language"], data.get("seed"), answers
    )
    content = {name: value for name, value in data.items() if name != "hash"}
    return replace(file, intact=data.get("hash") == content_hash(content))


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


def write_answers(path: Path, file: AnswerFile) -> None:
    """Write an answers file in one step; the version before it stays in ``answers.json.previous``.

    Raises:
        EnvironmentFault: the folder is read-only or the disk is full; the old file is untouched.
    """
    text = json.dumps(file.to_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_safely(path, text.encode("utf-8", "backslashreplace"), keep_previous=_is_whole(path))


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
    try:
        data = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise AlliancesError("questions.answers_unreadable", path=path, reason=reason) from error
    return answers_from_dict(data, path, strict=False)


def _no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(f"{name} is not JSON")


def _bad(path: Path | str, name: str, expected: str) -> NoReturn:
    raise AlliancesError("questions.answers_field", path=path, field=name, expected=expected)
