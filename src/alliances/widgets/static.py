"""Components in a page without a kernel, readable before (or without) JavaScript."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from alliances.i18n import Language, current_language, is_language, text
from alliances.questions.registry import TYPES
from alliances.widgets.assembly import copy_static, static_files
from alliances.widgets.fallback import fallback_of
from alliances.widgets.labels import labels_of
from alliances.widgets.state import question_state

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COMPONENTS", "copy_static", "static_files", "static_mount", "static_question"]

COMPONENTS: Final = (*TYPES, "report", "timer", "status", "tabs", "steps", "chart")


def static_mount(component: str, state: Mapping[str, Any], fallback_html: str = "") -> str:
    """Return the HTML that ``host.js`` turns into a live component.

    Args:
        component: one of ``COMPONENTS``.
        state: values of the component's model (``question``, ``answer``, ``lang``, ``practice``,
            ``feedback``, ``table``, or ``report``); its labels are added here.
        fallback_html: what is read until then; trusted HTML.

    Raises:
        ValueError: there is no such component.
    """
    if component not in COMPONENTS:
        raise ValueError(text("widgets.unknown_component", name=component, allowed=", ".join(COMPONENTS)))
    language = _language_of(state)
    labels = labels_of(component, language)
    full = {"lang": language, "labels": labels, **state}
    # “<” as an escape: neither </script> nor <!-- can then end or hide the page's own markup.
    data = json.dumps(full, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    fallback = re.sub(r"\n\s*\n+", "\n", fallback_html.strip())
    return (
        f'<div class="al-mount" data-al-component="{component}" lang="{language}">'
        f'<script type="application/json">{data}</script>'
        f'<div class="al-fallback">{fallback}</div></div>'
    )


def static_question(
    question: Mapping[str, Any],
    *,
    answer: Mapping[str, Any] | None = None,
    practice: bool = False,
) -> str:
    """Return a question for a page, with a fallback that reads well on its own.

    Args:
        question: a compiled question; for a form, its public part.
        answer: what was answered before.
        practice: whether the page marks it; the question then carries its keys, and so does the fallback.
    """
    language = _language_of(question)
    state = {**question_state(question, language, practice=practice), "answer": answer}
    return static_mount(str(question["type"]), state, fallback_of(question, language, keys=practice))


def _language_of(state: Mapping[str, Any]) -> Language:
    code = state.get("lang")
    return cast("Language", code) if isinstance(code, str) and is_language(code) else current_language()
