"""``exercise.toml``: doors, points, rubric and rule on generative AI of one exercise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from alliances.course.toml_source import Bilingual, TomlNode, read_toml
from alliances.questions.answers import DOORS, Door

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LEVELS", "Criterion", "ExerciseManifest", "read_exercise"]

LEVELS: Final = 4

_FIELDS: Final = (
    *("slug", "title", "summary", "outcomes", "doors", "points", "rubric", "ai_rule", "minutes", "pure"),
)


@dataclass(frozen=True)
class Criterion:
    """One criterion that a person marks: its points, and what each level (0 to 3) looks like."""

    id: str
    points: float
    text: Bilingual
    levels: tuple[Bilingual, ...]


@dataclass(frozen=True)
class ExerciseManifest:
    """One exercise, as ``exercise.toml`` declares it. Points are marks, minutes are estimates.

    ``pure`` promises of the code door: the same cells give the same result, always.
    """

    path: Path
    slug: str
    title: Bilingual
    outcomes: tuple[str, ...]
    doors: tuple[Door, ...]
    shared_points: float
    rest_points: float
    rubrics: dict[str, tuple[Criterion, ...]]
    ai_rule: Bilingual
    minutes: int
    pure: bool = False

    @property
    def points(self) -> float:
        """Points of one door."""
        return self.shared_points + self.rest_points


def read_exercise(path: Path) -> ExerciseManifest:
    """Read one ``exercise.toml``.

    Raises:
        SourceError: a field is missing, unknown, of the wrong type, duplicated or not translated.
    """
    root = read_toml(path)
    root.only(_FIELDS)
    slug = root.text("slug")
    if slug != path.parent.name:
        raise root.error("course.slug_differs", "slug", found=slug, expected=path.parent.name)
    doors = root.texts("doors")
    if not doors or set(doors) - set(DOORS):
        raise root.error("course.field_type", "doors", expected=", ".join(DOORS), found=", ".join(doors))
    points = root.child("points")
    points.only(("shared", "rest"))
    rubric = root.child("rubric") if "rubric" in root.values else None
    return ExerciseManifest(
        path=path,
        slug=slug,
        title=root.bilingual("title"),
        outcomes=root.texts("outcomes"),
        doors=cast("tuple[Door, ...]", doors),
        shared_points=points.number("shared"),
        rest_points=points.number("rest"),
        rubrics={name: _criteria(rubric.child(name)) for name in rubric.values} if rubric else {},
        ai_rule=root.bilingual("ai_rule"),
        minutes=root.whole("minutes", least=1),
        pure="pure" in root.values and root.get("pure", bool, "true, false"),
    )


def _criteria(rubric: TomlNode) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    for node in rubric.children("criteria"):
        node.only(("id", "points", "fr", "en", "levels"))
        name = node.text("id")
        if any(criterion.id == name for criterion in criteria):
            raise node.error("course.id_twice", "id", id=name, first=rubric.line("criteria"))
        levels = node.children("levels")
        if len(levels) != LEVELS:
            raise node.error("course.levels", "levels", expected=LEVELS, found=len(levels))
        texts = tuple(level.bilingual() for level in levels)
        criteria.append(Criterion(name, node.number("points"), node.bilingual(), texts))
    return tuple(criteria)
