"""The catalogue of the readers: complete, used, and filled with the same values in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import alliances.readers
from alliances.i18n import area_texts

SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(alliances.readers.__file__).parent.glob("*.py")
)
TEXTS = area_texts("readers")
# Keys that the code puts together: readers.reason_{…}, readers.is_{…}, and so on.
MADE = ("reason_", "layout_", "report_", "is_", "separator_")


def test_every_key_of_the_code_has_its_texts():
    """A key written out in the code is in the catalogue."""
    written = set(re.findall(r'"readers\.([a-z_]+)"', SOURCES))
    assert written <= set(TEXTS)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_is_used(key):
    """A text is named in the code, or its last word is one of those that the code puts behind a stem."""
    stem = next((one for one in MADE if key.startswith(one)), None)
    rest = key.removeprefix(stem) if stem else key
    rest = rest.removesuffix("_row") if stem == "report_" else rest
    assert f'"readers.{key}"' in SOURCES or f'"{rest}"' in SOURCES or key in {"line", "record"}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_both_languages_have_the_same_values(key):
    """French and English fill in the same names, and end their sentences alike."""
    french, english = TEXTS[key]["fr"], TEXTS[key]["en"]
    names = [{name for _, name, *_ in Formatter().parse(one) if name} for one in (french, english)]
    assert names[0] == names[1]
    assert french.endswith(".") == english.endswith(".")
