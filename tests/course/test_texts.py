"""The catalogue of the builder and of the lint."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from alliances.i18n import area_texts

TEXTS = area_texts("course")
SOURCES = Path(__file__).parents[2] / "src" / "alliances" / "course"


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_values(key: str) -> None:
    """A text exists in both languages and fills in the same values."""
    assert set(TEXTS[key]) == {"fr", "en"}
    assert fields(TEXTS[key]["fr"]) == fields(TEXTS[key]["en"])


def test_each_text_serves() -> None:
    """No text of the catalogue is left over from a rule that is no more."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    families = ("box_", "unit_", "door_", "step_", "codes_", "answer_", "source_read_", "level_")
    for key in TEXTS:
        short = key.removeprefix("check_")
        assert key.startswith(families) or re.search(rf'"(course\.)?({key}|{short})"', code), key
