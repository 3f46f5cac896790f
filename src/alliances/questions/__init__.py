"""Questions: how they are written, shown without their key, answered and marked.

Nothing here knows Jupyter, and importing this package costs nothing: hidden tests, notebooks in a browser
and the grader all start with ``from alliances.questions import mark_cell``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliances.questions.marking import Mark, empty_answer, mark
    from alliances.questions.notebook import mark_cell

__all__ = ["Mark", "ask", "empty_answer", "mark", "mark_cell"]

_HOMES = {
    "Mark": "alliances.questions.marking",
    "empty_answer": "alliances.questions.marking",
    "mark": "alliances.questions.marking",
    "mark_cell": "alliances.questions.notebook",
    # Shown by components, which stand above questions: found at first use only.
    "ask": "alliances.widgets.asking",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol's own signature
    """Resolve a public name at first use."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'alliances.questions' has no attribute '{name}'"
    raise AttributeError(message)
