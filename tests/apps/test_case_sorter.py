"""The tool « Trieur de cas » in a kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alliances.apps.case_sorter import CaseSorter
from alliances.storage import write_safely


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the learner's folder."""
    monkeypatch.delenv("ALLIANCES_COHORT_READINGS", raising=False)
    monkeypatch.setenv("ALLIANCES_WORK", str(tmp_path / "moi"))
    return tmp_path / "moi"


def _hear(tool: CaseSorter, **message: Any) -> None:
    tool._heard(None, message, [])


def test_readings_are_kept_and_come_back(work: Path) -> None:
    """A change is saved at once; a tool made before it reads it when its page appears."""
    preheated = CaseSorter("fr")
    tool = CaseSorter("fr")
    tool.reader.value = {"readings": {"rejoue": {"category": "giving", "reason": "direction"}}}
    tool.defence.value = {"defences": [{"case": "rejoue", "text": "Un don."}]}
    assert (work / "case_sorter.json").is_file()
    _hear(preheated, kind="mounted")
    assert preheated.reader.value["readings"]["rejoue"]["category"] == "giving"
    assert preheated.work.sentence("rejoue") == "Un don."


def test_steps_show_one_part_at_a_time(work: Path) -> None:
    """Going to a step shows its part only, filled; a step that does not exist changes nothing."""
    tool = CaseSorter("en")
    for step in range(4):
        _hear(tool, kind="go", step=step)
        assert [part.active for part in tool._parts] == [place == step for place in range(4)]
    assert tool.comparison.data["cases"]
    _hear(tool, kind="go", step=7)
    _hear(tool, kind="go")
    tool._heard(None, "go", [])
    assert tool.steps.data["current"] == 3
    assert not work.exists()


def test_a_failed_save_is_said(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the folder cannot be written, the tool says so and keeps the readings on the page."""
    tool = CaseSorter("fr")
    work.write_text("a file stands where the folder should", encoding="utf-8")
    tool.reader.value = {"readings": {"rejoue": {"unknown": True}}}
    assert tool.steps.data["alert"] is True
    assert "Impossible d'écrire" in tool.steps.data["status"]
    assert tool.work.readings["rejoue"].unsure


def test_erasing_empties_tool_and_folder(work: Path) -> None:
    """« Effacer mes lectures » leaves nothing in the tool or on the disk."""
    tool = CaseSorter("fr")
    tool.reader.value = {"readings": {"rejoue": {"category": "giving", "reason": None}}}
    _hear(tool, kind="erase")
    assert tool.reader.value == {"readings": {}}
    assert tool.take_home.data["rows"] == []
    assert list(work.iterdir()) == []


def test_a_damaged_save_is_said(work: Path) -> None:
    """An unreadable save is set aside and named."""
    write_safely(work / "case_sorter.json", b"{")
    tool = CaseSorter("fr")
    assert "case_sorter.json.damaged" in tool.steps.data["status"]


def test_without_a_folder_the_tool_says_that_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the course's server the readings stay in the page, and the tool says so."""
    monkeypatch.delenv("ALLIANCES_WORK", raising=False)
    assert "emportez-les" in CaseSorter("fr").steps.data["status"]


def test_the_tool_starts_without_heavy_libraries() -> None:
    """Making the tool loads neither pandas, numpy nor YAML: a preheated page must be light."""
    code = (
        "import sys; from alliances.apps.case_sorter import CaseSorter; CaseSorter('fr');"
        "print(sorted({'pandas', 'numpy', 'yaml', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
