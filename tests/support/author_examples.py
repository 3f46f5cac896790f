"""The questions that CONTRIBUTING.md shows to authors, one of each type: a corpus for tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["author_examples", "example_blocks", "example_form"]

_PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


@cache
def example_blocks() -> tuple[str, ...]:
    """Return the YAML of each example, as the page has it."""
    section = _PAGE.read_text(encoding="utf-8").split("\n## Writing a question\n")[1].split("\n## ")[0]
    return tuple(re.findall(r"```yaml\n(.*?)```", section, re.DOTALL))


def author_examples() -> dict[str, dict[str, Any]]:
    """Return the examples by type."""
    return {entry["type"]: entry for block in example_blocks() for entry in yaml.safe_load(block)}


def example_form() -> str:
    """Return a form that holds every example."""
    questions = "".join(re.sub("(?m)^(?=.)", "      ", block) for block in example_blocks())
    title = '    title: {fr: "Exemples", en: "Examples"}\n'
    head = f"exercise: examples\nparts:\n  - id: shared\n{title}    questions:\n"
    return head + questions
