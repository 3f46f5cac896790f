"""Marking in a notebook."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from vectors import QUESTIONS

from alliances.questions import mark_cell
from alliances.questions.notebook import MARK_TYPE


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what IPython would display."""
    collected: list[Any] = []
    import IPython.display

    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: collected.append((bundle, raw)))
    return collected


def test_points_are_returned_and_reasons_shown(shown: list[Any]) -> None:
    """Nbgrader reads the returned points; the person reads the displayed reasons."""
    points = mark_cell(QUESTIONS["classify_fr"], {"category": "no_alliance", "reason": None}, "fr")
    assert points == 0.5
    bundle, raw = shown[0]
    assert raw is True
    assert bundle["text/plain"].startswith("Réponse en partie juste (0,50 sur 1).")
    assert "Pour continuer\u00a0: Relisez." in bundle["text/plain"]
    assert bundle[MARK_TYPE]["id"] == "c01"
    assert bundle[MARK_TYPE]["verdict"] == "partly"


def test_links_are_read_as_words(shown: list[Any]) -> None:
    """The text of a mark carries no Markdown."""
    mark_cell(QUESTIONS["choice_fr"], {"option": "a"}, "fr")
    assert "la section" in shown[0][0]["text/plain"]
    assert "](" not in shown[0][0]["text/plain"]


def test_an_open_answer_is_left_to_a_person(shown: list[Any]) -> None:
    """An open answer earns nothing by machine and says so in English too."""
    assert mark_cell(QUESTIONS["text_en"], {"text": "one two three four"}, "en") == 0
    assert shown[0][0]["text/plain"].startswith("Answer read and marked by a person.")


def test_without_ipython_the_reasons_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside Jupyter marking still speaks."""
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    assert mark_cell(QUESTIONS["choice_en"], {"option": "b"}, "en") == 3
    assert capsys.readouterr().out.startswith("Right (3 out of 3).")
