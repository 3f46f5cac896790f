"""Figures that a cohort draws for an exercise: generators by name, and how figures are written.

A generator returns figures by name. Each rejects what would be easier, harder or ambiguous, and tries again:
two cohorts get different numbers and questions of the same kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.course.cohort_choice import one_of
from alliances.course.cohort_readings import rater_pair, reading_lists
from alliances.course.cohort_rule import rule_weight
from alliances.course.cohort_schedule import activity_network, measures_change
from alliances.course.cohort_table import agreement_table
from alliances.i18n import Language, format_number
from alliances.questions.drawing import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alliances.course.cohort_chance import Chance
    from alliances.course.tree import CourseTree
    from alliances.questions.source import Field

__all__ = ["GENERATORS", "Figure", "draw_figures", "filled", "in_code"]

Figure = Any  # int, float, str, a list of them, or {"fr": str, "en": str}
GENERATORS: Final[dict[str, Callable[[Chance, Field, CourseTree], dict[str, Figure]]]] = {
    "activity_network": activity_network,
    "agreement_table": agreement_table,
    "measures_change": measures_change,
    "one_of": one_of,
    "rater_pair": rater_pair,
    "reading_lists": reading_lists,
    "rule_weight": rule_weight,
}


def draw_figures(written: Mapping[str, Field], chance: Chance, tree: CourseTree) -> dict[str, Figure]:
    """Return the figures of an exercise: those of ``table: {make: …}`` are called ``table_…``.

    Raises:
        SourceError: there is no such generator, or its options are malformed.
    """
    figures: dict[str, Figure] = {}
    for name, place in written.items():
        made = place.mapping(["make"])["make"].word(GENERATORS)
        drawn = GENERATORS[made](chance, place, tree)
        figures |= {f"{name}_{key}": value for key, value in drawn.items()}
    return figures


def filled(value: Any, figures: Mapping[str, Figure], language: Language | None = None) -> Any:  # noqa: ANN401
    """Return a question's value with figures in their ``{places}``.

    In a text of one language they are written as that language writes numbers, decimal figures with two
    places; a value that is nothing but one place becomes the figure itself.
    """
    if isinstance(value, list):
        return [filled(item, figures, language) for item in value]
    if isinstance(value, dict):
        in_language = value.keys() <= {"fr", "en"}
        return {
            name: filled(item, figures, name if in_language else language) for name, item in value.items()
        }
    if not isinstance(value, str):
        return value
    if language is None:
        name = value[1:-1]
        return figures[name] if value == f"{{{name}}}" and name in figures else value
    return fill(value, {name: _written(figure, language) for name, figure in _in_texts(figures)})


def in_code(source: str, figures: Mapping[str, Figure], language: Language) -> str:
    """Return source text with figures in their ``{places}``, written as Python writes them."""
    return fill(source, {name: _as_code(figure, language) for name, figure in _in_texts(figures)})


def _in_texts(figures: Mapping[str, Figure]) -> list[tuple[str, Figure]]:
    """Return the figures that a text may hold; fields of a question stand alone, never inside a text."""
    return [
        (name, figure)
        for name, figure in figures.items()
        if not isinstance(figure, dict) or figure.keys() == {"fr", "en"}
    ]


def _written(figure: Figure, language: Language) -> str:
    if isinstance(figure, dict):
        return str(figure[language])
    if isinstance(figure, float):
        return format_number(figure, 2, language)
    return format_number(figure, 0, language) if isinstance(figure, int) else str(figure)


def _as_code(figure: Figure, language: Language) -> str:
    if isinstance(figure, dict):
        return str(figure[language])
    return figure if isinstance(figure, str) else repr(figure)
