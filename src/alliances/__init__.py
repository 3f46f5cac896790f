"""Faire alliance: partnership logic, questions, components and data for a Jupyter curriculum.

Importing the package is light on purpose: a browser loads it before anything else. What lessons use
is resolved at first use: ``use``, ``load``, ``practice``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliances.data import load
    from alliances.i18n import use
    from alliances.widgets.practice import practice

__version__ = "0.1.0"
__all__ = ["__version__", "load", "practice", "use"]

_LAZY = {
    "load": "alliances.data",
    "use": "alliances.i18n",
    "practice": "alliances.widgets.practice",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol's own signature
    """Resolve a public name at first use."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    message = f"module 'alliances' has no attribute '{name}'"
    raise AttributeError(message)
