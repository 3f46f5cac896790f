"""What every component has in a kernel: a question, an answer, texts, feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from alliances.i18n import Language, current_language
from alliances.widgets.assembly import module_of, style_of
from alliances.widgets.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["QuestionComponent"]


class QuestionComponent(anywidget.AnyWidget):
    """A question in a notebook or a tool: thin, the work is done by its module in the browser.

    ``answer`` follows what the person does; ``feedback`` is the dict of a ``Mark``, or None.
    """

    component = "choice"

    question = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    lang = traitlets.Unicode("fr").tag(sync=True)
    labels = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    practice = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(
        self,
        question: Mapping[str, Any],
        *,
        lang: Language | None = None,
        answer: Mapping[str, Any] | None = None,
        practice: bool = False,
    ) -> None:
        language = lang or question.get("lang") or current_language()
        super().__init__(
            question=dict(question),
            lang=language,
            answer=dict(answer) if answer is not None else None,
            practice=practice,
            labels=labels_of(self.component, language, marking=practice),
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base class's own signature
        """Give each component its module and style, read once."""
        # traitlets makes a subclass of its own for each widget: that one must keep what it was given.
        if "component" in cls.__dict__:
            cls._esm = module_of(cls.component)
            cls._css = style_of()
        super().__init_subclass__(**kwargs)
