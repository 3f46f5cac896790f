"""``ask("q3")``: a question of an exercise inside its notebook, its answer kept as the form door keeps it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.errors import AlliancesError
from alliances.questions.answer_book import DEFAULT_CODE, AnswerBook
from alliances.questions.drawing import with_figures
from alliances.questions.prose import plain_text
from alliances.questions.registry import type_of
from alliances.questions.released import read_released
from alliances.widgets.components import live_component
from alliances.widgets.practice import Practice, practice

if TYPE_CHECKING:
    from alliances.i18n import Language
    from alliances.widgets.component import QuestionComponent

__all__ = ["Asked", "ask"]


class Asked:
    """A question that shows itself and remembers its answer.

    ``answer`` is the answer as ``answers.json`` has it, None before; marking takes it from here.
    """

    _alliances_asked = True

    def __init__(self, question: dict[str, Any], book: AnswerBook) -> None:
        self.question = question
        self._book = book

    @property
    def answer(self) -> dict[str, Any] | None:
        """The answer kept so far, None when there is none."""
        found = self._book.get(self.question["id"])
        return found if isinstance(found, dict) else None

    def given(self) -> dict[str, Any] | None:
        """Return what marking reads."""
        return self.answer

    @property
    def trouble(self) -> str:
        """Why the last answer could not be written, in the question's language; empty when all is well."""
        fault = self._book.fault
        return fault.in_language(self.question["lang"]) if fault is not None else ""

    @cached_property
    def _component(self) -> QuestionComponent | None:
        """The live component; None where anywidget is missing."""
        seed = str(self._book.seed or "")
        shown = live_component(self.question, answer=self.answer, seed=seed)
        if shown is None:
            return None

        def keep(change: dict[str, Any]) -> None:
            self._book.put(self.question["id"], change["new"])
            shown.trouble = self.trouble

        shown.observe(keep, names="answer")
        shown.trouble = self.trouble
        return shown

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - IPython's own protocol
        kind = type_of(self.question["type"])
        shown = with_figures(self.question, self._book.seed or "")
        words = [plain_text(str(shown.get("prompt", "")))]
        words.append(plain_text(kind.instruction(self.question, self.question["lang"])))
        bundle: dict[str, Any] = {}
        component = self._component
        if component is not None:
            # Another tab may have answered since this cell ran.
            component.set_trait("answer", self.answer)
            live = component._repr_mimebundle_(**kwargs)
            bundle.update((live[0] if isinstance(live, tuple) else live) or {})
        bundle["text/plain"] = "\n".join(filter(None, words))
        return bundle

    def __repr__(self) -> str:
        """Return the question's name and what was answered."""
        return f"ask({self.question['id']!r}): {self.answer!r}"


def ask(name: str, *, lang: Language | None = None, folder: str | Path | None = None) -> Asked | Practice:
    """Return a question: of the exercise whose notebook this is, or a practice question of a module.

    Args:
        name: a question's id (``"c01"``), answered for the exercise in ``folder``; or module, a point, item
            (``"alliance_models.p01"``), marked at once and counted for nothing.
        lang: language of a practice question; an exercise has one already.
        folder: where ``questions.json`` and ``answers.json`` are, the notebook's own by default.

    Raises:
        AlliancesError: no question of that name, or no exercise here.
    """
    if "." in name:
        return practice(name, lang)
    place = Path.cwd() if folder is None else Path(folder)
    released = read_released(place)
    if name not in released.questions:
        allowed = ", ".join(released.questions) or "—"
        raise AlliancesError("questions.unknown_question", question=name, allowed=allowed)
    code = os.environ.get("ALLIANCES_LEARNER") or DEFAULT_CODE
    book = AnswerBook(
        place, exercise=released.exercise, door=released.door, learner=code, lang=released.language
    )
    return Asked(released.questions[name], book)
