"""Which component shows which type of question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from alliances.widgets.choice import Choice
from alliances.widgets.classify import Classify
from alliances.widgets.number import Number
from alliances.widgets.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.i18n import Language
    from alliances.widgets.component import QuestionComponent

__all__ = ["component_of"]

_CLASSES: Final = {"choice": Choice, "classify": Classify, "number": Number, "text": Text}


def component_of(
    question: Mapping[str, Any],
    *,
    lang: Language | None = None,
    answer: Mapping[str, Any] | None = None,
    practice: bool = False,
) -> QuestionComponent:
    """Return the live component of a compiled question.

    Raises:
        KeyError: there is no component for its type.
    """
    return _CLASSES[question["type"]](question, lang=lang, answer=answer, practice=practice)
