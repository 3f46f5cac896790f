"""Which component shows which type of question."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from alliances.questions.registry import TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.i18n import Language
    from alliances.widgets.component import QuestionComponent

__all__ = ["component_class", "component_of", "live_component"]


def component_class(name: str) -> type[QuestionComponent]:
    """Return the component of a question type: ``theory_of_change`` gives ``TheoryOfChange``.

    Raises:
        KeyError: there is no such type.
    """
    if name not in TYPES:
        raise KeyError(name)
    module = import_module(f"alliances.widgets.{name}")
    return cast("type[QuestionComponent]", getattr(module, name.title().replace("_", "")))


def component_of(
    question: Mapping[str, Any],
    *,
    lang: Language | None = None,
    answer: Mapping[str, Any] | None = None,
    practice: bool = False,
    seed: str = "",
) -> QuestionComponent:
    """Return the live component of a compiled question.

    Raises:
        KeyError: there is no component for its type.
    """
    made = component_class(question["type"])
    return made(question, lang=lang, answer=answer, practice=practice, seed=seed)


def live_component(question: Mapping[str, Any], **state: Any) -> QuestionComponent | None:  # noqa: ANN401
    """Return the component of a question as ``component_of`` does; None where anywidget is missing."""
    try:
        return component_of(question, **state)
    except ModuleNotFoundError as error:
        if error.name != "anywidget":
            raise
        return None
