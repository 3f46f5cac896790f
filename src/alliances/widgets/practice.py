"""``practice("alliance_models.p01")``: one practice question of a module, wherever a lesson is read."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alliances.errors import AlliancesError
from alliances.i18n import Language, current_language
from alliances.questions.compiling import compile_question
from alliances.questions.prose import plain_text
from alliances.widgets.components import live_component
from alliances.widgets.static import static_question

if TYPE_CHECKING:
    from alliances.widgets.component import QuestionComponent

__all__ = ["Practice", "practice"]


class Practice:
    """A practice question that shows itself: live in a kernel, mounted by the page on the site.

    ``answer`` is what the person answered so far, None before.
    """

    def __init__(self, question: dict[str, Any], language: Language) -> None:
        self.question = question
        self.language = language

    @property
    def answer(self) -> dict[str, Any] | None:
        """The answer given in this kernel."""
        return self._component.answer if self._component is not None else None

    @cached_property
    def _component(self) -> QuestionComponent | None:
        """The live component; None where anywidget is missing or the page will mount its own."""
        if os.environ.get("ALLIANCES_STATIC") == "1":
            return None
        return live_component(self.question, lang=self.language, practice=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's own protocol
        bundle: dict[str, Any] = {"text/html": static_question(self.question, practice=True)}
        component = self._component
        if component is not None:
            live = component._repr_mimebundle_(**kwargs)
            bundle.update((live[0] if isinstance(live, tuple) else live) or {})
        bundle["text/plain"] = plain_text(str(self.question["prompt"]))
        return bundle


def practice(name: str, lang: Language | None = None) -> Practice:
    """Return one practice question.

    Args:
        name: module, a point, item: ``"alliance_models.p01"``.
        lang: its language, the current one by default.

    Raises:
        AlliancesError: the name is malformed, or there is no such module or practice item.
    """
    from alliances.data import practice_bank

    language = lang or current_language()
    module, point, item = name.partition(".")
    if not (module and point and item):
        raise AlliancesError("questions.bad_item_name", item=name)
    items = {entry["id"]: entry for entry in practice_bank(module)["items"]}
    if item not in items:
        allowed = ", ".join(items) or "—"
        raise AlliancesError("questions.unknown_item", item=item, module=module, allowed=allowed)
    question = compile_question(items[item], language)
    question["id"] = name
    return Practice(question, language)
