"""What every component has in a kernel: a question, an answer, texts, feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from alliances.i18n import Language, current_language
from alliances.questions.marking import mark
from alliances.widgets.assembly import module_of, style_of
from alliances.widgets.labels import labels_of
from alliances.widgets.state import question_state

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["QuestionComponent"]


class QuestionComponent(anywidget.AnyWidget):
    """A question in a notebook or a tool: thin, the work is done by its module in the browser.

    ``answer`` follows what the person does; ``feedback`` is the dict of a ``Mark``, or None. The browser gets
    the public part of the question; in practice also the rule table that marks it, or a kernel that does.
    ``trouble`` says that an answer could not be kept.
    """

    component = "choice"

    question = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    practice = traitlets.Bool(default_value=False).tag(sync=True)
    table = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    marked_by = traitlets.Unicode("").tag(sync=True)
    next_step_html = traitlets.Unicode("").tag(sync=True)
    seed = traitlets.Unicode("").tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        question: Mapping[str, Any],
        *,
        lang: Language | None = None,
        answer: Mapping[str, Any] | None = None,
        practice: bool = False,
        seed: str = "",
    ) -> None:
        language = lang or question.get("lang") or current_language()
        self._keyed = dict(question)
        self._language: Language = language
        state = question_state(question, language, practice=practice, kernel=True)
        super().__init__(
            **state,
            answer=dict(answer) if answer is not None else None,
            labels=labels_of(self.component, language),
            seed=seed,
        )
        self.on_msg(self._asked)

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:  # noqa: ANN401 - ipywidgets' signature
        """Mark here what the page cannot, when it asks."""
        if self.practice and isinstance(content, dict) and content.get("kind") == "check":
            found = mark(self._keyed, self.answer, self._language)
            self.send({"kind": "marked", "mark": found.to_dict()})

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each component its module and style, read once."""
        # traitlets makes a subclass of its own for each widget: that one must keep what it was given.
        if "component" in cls.__dict__:
            cls._esm = module_of(cls.component)
            cls._css = style_of(cls.component)
        super().__init_subclass__(**kwargs)
