"""Questions of the three artefacts for pages: to build from nothing, or to repair from an example."""

from __future__ import annotations

from typing import Any

import artefact_examples as examples

from alliances.i18n import Language
from alliances.questions.compiling import compile_question

__all__ = ["EXAMPLES", "KINDS", "to_build", "to_repair"]

KINDS = ("theory_of_change", "agreement", "roadmap")
EXAMPLES = {
    "theory_of_change": examples.theory,
    "agreement": examples.agreement,
    "roadmap": examples.roadmap,
}
_CHECKS = {"theory_of_change": "no_because", "agreement": "no_text", "roadmap": "no_owner"}


def to_build(kind: str, lang: Language, **more: object) -> dict[str, Any]:
    """Return a compiled question that begins with nothing."""
    model = EXAMPLES[kind]()
    return compile_question(examples.question(kind, [_CHECKS[kind]], model, **more), lang)


def to_repair(
    kind: str, lang: Language, start: dict[str, Any] | None = None, **more: object
) -> dict[str, Any]:
    """Return a compiled question that begins with ``start``, by default the sound example."""
    return to_build(kind, lang, start=start or EXAMPLES[kind](), **more)
