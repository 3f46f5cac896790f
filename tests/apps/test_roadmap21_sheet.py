"""The sheet of a measure in « Feuille de route 21 »: filled in, read by the rule, kept and taken home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.apps.roadmap21 import Roadmap21
from alliances.apps.roadmap21_sheet import (
    COLUMN,
    ROWS,
    answer_of,
    example,
    question_of,
    sheet_blocks,
    sheet_of,
)
from alliances.apps.roadmap21_work import Work
from alliances.i18n import LANGUAGES, Language
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.measure import Sheet
from alliances.logic.measure_findings import findings

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the learner's folder."""
    monkeypatch.setenv("ALLIANCES_WORK", str(tmp_path / "moi"))
    return tmp_path / "moi"


def table(**lines: str) -> dict[str, Any]:
    """Return an answer of the table."""
    return {"rows": {name: {COLUMN: words} for name, words in lines.items()}}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_holds_together(lang: Language) -> None:
    """The sheet that the tool opens on fills every line, and the rule finds nothing to ask."""
    sheet = example(lang)
    assert findings(sheet) == ()
    answer = answer_of(sheet, lang)
    assert answer is not None
    assert list(answer["rows"]) == list(ROWS) == [row["id"] for row in question_of(lang)["rows"]]
    assert sheet_of(answer, lang) == sheet


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_sheet_gives_guidance(lang: Language) -> None:
    """Nothing written, or an answer of another form, is an empty sheet, of which every point is asked for."""
    for answer in (None, {}, {"rows": []}, {"rows": {"title": "x"}}, {"unknown": True}):
        assert sheet_of(answer, lang) == Sheet("sheet")
    block = sheet_blocks(Sheet("sheet"), lang)[0]
    assert block["kind"] == "list"
    assert len(block["items"]) >= 8


@pytest.mark.parametrize(
    ("line", "words", "name", "meant"),
    [
        ("lever", "Former", "lever", "train"),
        ("lever", "par magie", "lever", ""),
        ("start", "3", "start", 3),
        ("start", "mars", "start", None),
        ("duration", "-2", "duration", None),
        ("title", "  Ouvrir   une salle ", "title", "Ouvrir une salle"),
    ],
)
def test_a_line_is_read_as_it_is_meant(line: str, words: str, name: str, meant: object) -> None:
    """Levers are known by their word, months by their figure; what is neither counts as not written."""
    assert getattr(sheet_of(table(**{line: words}), "fr"), name) == meant


def test_partners_are_read_one_by_one() -> None:
    """Partners are parted by semicolons, a name and its contribution by a colon."""
    sheet = sheet_of(table(partners="En route : le planning ; Sorvane Logistique ;"), "fr")
    assert [(one.name, one.brings) for one in sheet.partners] == [
        ("En route", "le planning"),
        ("Sorvane Logistique", ""),
    ]


def test_too_long_a_line_is_refused(work: Path) -> None:
    """A line that no sheet takes is refused with a reason, and the tool says it."""
    with pytest.raises(ArtefactError, match="3000 caractères, et 2000 au plus"):
        sheet_of(table(problem="a" * 3000), "fr")
    tool = Roadmap21("fr")
    tool.sheet_editor.answer = table(problem="a" * 3000)
    assert "n’a pas pu être lue" in str(tool.sheet_rule.data["blocks"])


def test_what_is_written_is_read_kept_and_found_again(work: Path) -> None:
    """A change moves the remarks at once, is kept in the folder, and is there in the other language too."""
    tool = Roadmap21("fr")
    assert not work.exists()
    tool.sheet_editor.answer = table(title="Ouvrir une salle", target="tout le monde")
    assert "tout le monde" in str(tool.sheet_rule.data["blocks"])
    again = Roadmap21("en")
    assert again.work.sheet == {"title": "Ouvrir une salle", "target": "tout le monde"}
    assert again.sheet_editor.answer == tool.sheet_editor.answer


def test_the_sheet_is_taken_home_as_text(work: Path) -> None:
    """One's own sheet is in the page, escaped; the example is not."""
    tool = Roadmap21("fr")
    tool._heard(None, {"kind": "go", "step": 4}, [])
    assert "relève des conducteurs et conductrices : le planning" not in tool.home.data["files"]["html"]
    assert "Règle d’arrêt" not in tool.home.data["files"]["html"]
    tool.sheet_editor.answer = table(title=HOSTILE, problem="Onze associations sans salle")
    tool._heard(None, {"kind": "go", "step": 4}, [])
    page = tool.home.data["files"]["html"]
    assert HOSTILE not in page
    assert "Onze associations sans salle" in page
    assert "Règle d’arrêt" in page


def test_erasing_brings_the_example_back(work: Path) -> None:
    """After « revenir au programme de départ », the sheet is the example again."""
    tool = Roadmap21("fr")
    tool.sheet_editor.answer = None
    assert tool.work.sheet == {}
    tool._heard(None, {"kind": "erase"}, [])
    assert tool.work.sheet is None
    assert tool.sheet_editor.answer == answer_of(example("fr"), "fr")


def test_the_sheet_is_shown_in_the_first_step_only() -> None:
    """Going on hides the table and what the rule says of it; coming back shows them."""
    tool = Roadmap21("fr")
    for step in range(5):
        tool._heard(None, {"kind": "go", "step": step}, [])
        assert tool.sheet_rule.active == (step == 0)
        assert (tool.sheet_editor.layout.display is None) == (step == 0)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Nd"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(ROWS), inner, max_size=4),
    max_leaves=8,
)


@given(json_values)
def test_any_json_is_some_work(written: object) -> None:
    """Whatever the file holds of a sheet, it is read as lines of text, or as none."""
    sheet = Work.from_values({"sheet": written}).sheet
    assert sheet is None or all(name in ROWS and words.strip() for name, words in sheet.items())
    assert sheet_of(table(**(sheet or {})), "fr").id == "sheet"
