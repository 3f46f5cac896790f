"""``exercises/<slug>/cohort.yaml``: what a cohort draws in an exercise, and from what.

Without that file a cohort draws only the ``parameters`` of number questions. ``exercises/README.md`` says
what each field means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cases import CASE_TABLES
from alliances.questions.source import Field, read_source

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from alliances.questions.spec import Form

__all__ = [
    "FILE",
    "STRATA",
    "CaseDraw",
    "CodeDraw",
    "CohortSource",
    "Lettered",
    "Replacement",
    "question_id",
    "read_cohort_source",
]

FILE: Final = "cohort.yaml"
STRATA: Final = ("family", "readings")
# What a cohort never changes: both doors would no longer have one scale.
_FIXED: Final = ("id", "type", "outcome", "points")
_FIELDS: Final = ("figures", "cases", "questions", "pools", "shuffle", "code")


@dataclass(frozen=True)
class CaseDraw:
    """Questions whose cases are drawn, the tables drawn from, and what makes two cases of one difficulty.

    ``next_step`` gives, by family of the team's reading, the step for a case without one of its own.
    """

    questions: tuple[str, ...]
    tables: tuple[str, ...]
    strata: tuple[str, ...]
    next_step: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Replacement:
    """Words of the code door, by language, and what takes their place everywhere but in hidden tests."""

    old: dict[str, str]
    new: dict[str, str]
    line: int


@dataclass(frozen=True)
class Lettered:
    """Sentences listed by letter in the code door; the letter of ``key`` is the answer in ``cells``."""

    cells: tuple[str, ...]
    letters: tuple[str, ...]
    key: str
    line: int


@dataclass(frozen=True)
class CodeDraw:
    """What a cohort changes in the code door; ``hidden`` is source by id of a tests cell."""

    replace: tuple[Replacement, ...] = ()
    lettered: tuple[Lettered, ...] = ()
    hidden: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CohortSource:
    """What a cohort draws in one exercise; ``figures`` are in the order of the file."""

    path: Path
    figures: dict[str, Field] = field(default_factory=dict)
    cases: CaseDraw | None = None
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    pools: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    shuffle: tuple[str, ...] = ()
    code: CodeDraw = field(default_factory=CodeDraw)


def read_cohort_source(path: Path, form: Form) -> CohortSource:
    """Read what a cohort draws in an exercise; nothing when there is no such file.

    Args:
        path: ``exercises/<slug>/cohort.yaml``.
        form: the published form of the exercise.

    Raises:
        SourceError: with file, line, field and what was expected.
        EnvironmentFault: the file cannot be read.
    """
    if not path.is_file():
        return CohortSource(path)
    fields = read_source(path).mapping(["exercise"], _FIELDS)
    fields["exercise"].word([form.exercise])
    types = {entry.id: str(entry.raw["type"]) for entry in form.questions}
    questions = fields["questions"].mapping() if "questions" in fields else {}
    for name, question in questions.items():
        question_id(question, name, types)
        for key in question.mapping():
            if key in _FIXED:
                question[key].refuse("unknown_field", unknown=key, allowed="—")
    pools = {}
    for name, pool in fields["pools"].mapping().items() if "pools" in fields else ():
        question_id(pool, name, types)
        pools[name] = tuple(pool.entries(minimum=1))
    choices = [name for name, kind in types.items() if kind in ("choice", "choices")]
    shuffle = fields["shuffle"].entries() if "shuffle" in fields else []
    return CohortSource(
        path,
        fields["figures"].mapping() if "figures" in fields else {},
        _cases(fields["cases"], types) if "cases" in fields else None,
        {name: question.value for name, question in questions.items()},
        pools,
        tuple(entry.word(choices) for entry in shuffle),
        _code(fields["code"]) if "code" in fields else CodeDraw(),
    )


def question_id(place: Field, name: str, types: Collection[str]) -> None:
    """Refuse the name of a question that the form does not have."""
    if name not in types:
        place.refuse("not_in_set", unknown=name, set="questions", allowed=", ".join(types))


def _cases(place: Field, types: dict[str, str]) -> CaseDraw:
    fields = place.mapping(["questions", "from", "strata", "next_step"], [])
    classified = [name for name, kind in types.items() if kind == "classify"]
    return CaseDraw(
        tuple(entry.word(classified) for entry in fields["questions"].entries(minimum=1)),
        tuple(entry.word(CASE_TABLES) for entry in fields["from"].entries(minimum=1)),
        tuple(entry.word(STRATA) for entry in fields["strata"].entries()),
        {name: step.bilingual() for name, step in fields["next_step"].mapping().items()},
    )


def _code(place: Field) -> CodeDraw:
    fields = place.mapping([], ["replace", "lettered", "hidden"])
    replacements = []
    for entry in fields["replace"].entries() if "replace" in fields else ():
        words = entry.mapping(["old", "new"], [])
        replacements.append(Replacement(_in_both(words["old"]), _in_both(words["new"]), entry.line))
    lettered = []
    for entry in fields["lettered"].entries() if "lettered" in fields else ():
        parts = entry.mapping(["cells", "letters", "key"], [])
        letters = tuple(letter.text() for letter in parts["letters"].entries(minimum=2))
        cells = tuple(cell.identifier() for cell in parts["cells"].entries(minimum=1))
        lettered.append(Lettered(cells, letters, parts["key"].word(letters), entry.line))
    hidden = fields["hidden"].mapping() if "hidden" in fields else {}
    return CodeDraw(
        tuple(replacements), tuple(lettered), {name: source.text() for name, source in hidden.items()}
    )


def _in_both(place: Field) -> dict[str, str]:
    """Return a text a language; one text is the same in both."""
    return place.bilingual() if isinstance(place.value, dict) else dict.fromkeys(("fr", "en"), place.text())
