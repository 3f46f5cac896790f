"""Files of questions: the bank of a module (``items.yaml``) and the form of an exercise (``form.yaml``).

Loading checks everything that can be wrong in one question; what concerns several files (parity, links,
sources) is the author's lint's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alliances.questions.checking import LEAST_REASON_WORDS, check_question
from alliances.questions.compiling import compile_question, public
from alliances.questions.kind import Checking, once, one_of
from alliances.questions.source import Field, read_source

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BLOOM",
    "DIFFICULTIES",
    "LEAST_REASON_WORDS",
    "TRACKS",
    "Bank",
    "Entry",
    "Form",
    "Part",
    "compile_question",
    "load_form",
    "load_items",
    "public",
]

BLOOM: Final = ("remember", "understand", "apply", "analyse", "evaluate", "create")
TRACKS: Final = ("students", "agents", "trainers")
DIFFICULTIES: Final = ("easy", "medium", "hard")  # an author's guess
_USES: Final = {"practice": "p", "test": "t"}


@dataclass(frozen=True)
class Entry:
    """One question as its file has it; ``raw`` holds both languages, ``line`` is where it starts."""

    id: str
    raw: dict[str, Any]
    line: int


@dataclass(frozen=True)
class Bank:
    """The items of a module."""

    module: str
    misconceptions: dict[str, dict[str, str]]
    items: tuple[Entry, ...]


@dataclass(frozen=True)
class Part:
    """A block of a form; ``title`` and ``intro`` hold both languages."""

    id: str
    title: dict[str, str]
    intro: dict[str, str]
    questions: tuple[Entry, ...]


@dataclass(frozen=True)
class Form:
    """The form door of an exercise; ``sets`` are its named lists of ``{"id", "text"}``."""

    exercise: str
    sets: dict[str, list[dict[str, Any]]]
    parts: tuple[Part, ...]

    @property
    def questions(self) -> tuple[Entry, ...]:
        """Every question, in the order of the form."""
        return tuple(entry for part in self.parts for entry in part.questions)


def load_items(path: Path) -> Bank:
    """Read and check a bank of items.

    Raises:
        SourceError: with file, line, field and what was expected.
        EnvironmentFault: the file cannot be read.
    """
    root = read_source(path).mapping(["module", "items"], ["misconceptions"])
    module = root["module"].identifier()
    misconceptions = {}
    if "misconceptions" in root:
        misconceptions = {name: field.bilingual() for name, field in root["misconceptions"].mapping().items()}
    seen: dict[str, int] = {}
    items = []
    for field in root["items"].entries(minimum=1):
        field.mapping(["id", "use", "outcome", "bloom", "tracks", "type"])
        use = field["use"].word(_USES)
        if not isinstance(field["id"].value, str) or not re.fullmatch(
            _USES[use] + r"\d\d", field["id"].value
        ):
            field["id"].refuse("expected_item_id")
        once(field["id"], seen)
        field["outcome"].identifier()
        field["bloom"].word(BLOOM)
        for track in field["tracks"].entries(minimum=1):
            track.word(TRACKS)
        if "difficulty" in field.value:
            field["difficulty"].word(DIFFICULTIES)
        check_question(field, Checking({}, misconceptions), extra=("use", "bloom", "tracks", "difficulty"))
        items.append(Entry(field["id"].value, field.value, field.line))
    return Bank(module, misconceptions, tuple(items))


def load_form(path: Path) -> Form:
    """Read and check the form of an exercise.

    Raises:
        SourceError: with file, line, field and what was expected.
        EnvironmentFault: the file cannot be read.
    """
    root = read_source(path).mapping(["exercise", "parts"], ["sets", "misconceptions"])
    exercise = root["exercise"].identifier()
    misconceptions = {}
    if "misconceptions" in root:
        misconceptions = {name: field.bilingual() for name, field in root["misconceptions"].mapping().items()}
    sets = {}
    if "sets" in root:
        sets = {name: _set(field) for name, field in root["sets"].mapping().items()}
    seen: dict[str, int] = {}
    part_ids: dict[str, int] = {}
    parts = []
    for field in root["parts"].entries(minimum=1):
        part = field.mapping(["id", "title", "questions"], ["intro"])
        once(part["id"], part_ids)
        questions = []
        for question in part["questions"].entries(minimum=1):
            question.mapping(["id", "type", "outcome"])
            once(question["id"], seen)
            question["outcome"].identifier()
            check_question(question, Checking(sets, misconceptions), points_needed=True)
            questions.append(Entry(question["id"].value, question.value, question.line))
        intro = part["intro"].bilingual() if "intro" in part else {"fr": "", "en": ""}
        parts.append(Part(part["id"].value, part["title"].bilingual(), intro, tuple(questions)))
    _check_confidence(root["parts"])
    return Form(exercise, sets, tuple(parts))


def _check_confidence(parts: Field) -> None:
    """Check that each « how sure are you » is about a question of this form."""
    questions = [question for part in parts.entries() for question in part["questions"].entries()]
    sure = [question for question in questions if question.value["type"] == "confidence"]
    others = [question.value["id"] for question in questions if question not in sure]
    for question in sure:
        one_of(question["about"], others, "questions")


def _set(field: Field) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    for entry in field.entries(minimum=2):
        entry.mapping(["id", "text"], [])
        once(entry["id"], seen)
        entry["text"].bilingual()
    entries: list[dict[str, Any]] = field.value
    return entries
