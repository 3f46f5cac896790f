"""What a component's model holds of a question: the public part, and in practice what marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.questions.compiling import public
from alliances.questions.marking import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.i18n import Language

__all__ = ["question_state"]


def question_state(
    question: Mapping[str, Any], language: Language, *, practice: bool, kernel: bool = False
) -> dict[str, Any]:
    """Return the state of a question's model.

    Args:
        question: a compiled question, with its keys in practice.
        language: language of what is shown.
        practice: whether « Vérifier » is there; the state then holds the rule table, keys inside.
        kernel: whether a kernel can mark what a table cannot.
    """
    state: dict[str, Any] = {"question": public(question), "lang": language, "practice": practice}
    if practice:
        state["table"] = table_of(question, language)
        state["marked_by"] = "page" if state["table"] else "kernel" if kernel else ""
        state["next_step_html"] = str(question.get("next_step_html") or "")
    return state
