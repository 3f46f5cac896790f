"""The tool « Feuille de route 21 » in a kernel."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.apps.roadmap21 import Roadmap21
from alliances.apps.roadmap21_blocks import Blocks
from alliances.apps.roadmap21_export import roadmap_csv, roadmap_ics, roadmap_page
from alliances.apps.roadmap21_programme import CAPACITY, FRAGILITIES, vc_programme
from alliances.apps.roadmap21_work import Store, Work
from alliances.data import rows
from alliances.i18n import LANGUAGES, Language
from alliances.logic.roadmap import Measure, Roadmap
from alliances.storage import write_safely

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the learner's folder."""
    monkeypatch.setenv("ALLIANCES_WORK", str(tmp_path / "moi"))
    return tmp_path / "moi"


def _hear(tool: Roadmap21, **message: Any) -> None:
    tool._heard(None, message, [])


def _texts(blocks: list[dict[str, Any]]) -> str:
    return str(blocks)


def _dropped(tool: Roadmap21, *names: str) -> dict[str, Any]:
    start = tool.editor.question["start"]
    return {"measures": [one for one in start["measures"] if one["id"] not in names]}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_programme_is_that_of_the_data(lang: Language) -> None:
    """Twenty-one fictional measures, seven a horizon, with the days, owners and links of the table."""
    around = vc_programme(lang)
    table = {row["measure_id"]: row for row in rows("syn_measures_vc")}
    assert [len(around.roadmap.of_horizon(horizon)) for horizon in ("h1", "h2", "h3")] == [7, 7, 7]
    for one in around.roadmap.measures:
        row = table[one.id]
        assert one.load * (one.duration or 0) == pytest.approx(int(row["load_days"]), abs=0.05)
        assert one.owner == row["owner"]
        assert one.owner in around.partners
        assert around.links[one.id].fragilities
        assert set(around.links[one.id].partners) <= set(around.partners)
        assert set(around.links[one.id].fragilities) <= set(FRAGILITIES)
    assert "ictiv" in around.source_line or "ynthetic" in around.source_line


def test_the_tool_opens_on_the_finished_example(work: Path) -> None:
    """The first step shows twenty-one measures and says that they are made up; nothing is written yet."""
    tool = Roadmap21("fr")
    blocks = tool.reading.data["blocks"]
    assert "Données fictives" in _texts(blocks)
    assert [len(block["rows"]) for block in blocks if block["kind"] == "table"] == [21]
    assert len(tool.reading.data["places"]) == 21
    assert "associations.gouv.fr" in tool.reading.data["places_help"]
    assert not work.exists()


def test_steps_show_one_part_at_a_time(work: Path) -> None:
    """Going to a step shows its part only, and the editor in its own; another message changes nothing."""
    tool = Roadmap21("en")
    for step in range(5):
        _hear(tool, kind="go", step=step)
        assert [part.active for part in tool._parts] == [place == step for place in range(5)]
        assert (tool.editor.layout.display != "none") is (step == 1)
    for message in ({"kind": "go", "step": 9}, {"kind": "go", "step": True}, {"kind": "go"}, {}):
        _hear(tool, **message)
    tool._heard(None, "go", [])
    assert tool.steps.data["current"] == 4


def test_work_is_kept_and_comes_back(work: Path) -> None:
    """A change is saved at once; a tool made before it reads it when its page appears."""
    preheated, tool = Roadmap21("fr"), Roadmap21("fr")
    tool.editor.answer = _dropped(tool, "VC-13")
    tool.reading.value = {"titles": {"operational_1": " Un titre ", "unknown": "x", "political_2": 3}}
    assert (work / "roadmap21.json").is_file()
    _hear(preheated, kind="mounted")
    assert len(preheated.roadmap.measures) == 20
    assert preheated.reading.value == {"titles": {"operational_1": "Un titre"}}
    assert preheated.editor.answer["measures"][0]["owner"] == "Fondation de Val-Commun"
    assert preheated.roadmap.by_id["VC-01"].owner == "foundation"


def test_checking_says_why(work: Path) -> None:
    """Load above capacity, nothing dropped, a critical path of fourteen months, the sum written out."""
    tool = Roadmap21("fr")
    _hear(tool, kind="go", step=2)
    said = _texts(tool.checking.data["blocks"]).replace("\u00a0", " ").replace("\u202f", " ")
    for words in (
        "5 mois sur 15",
        "48,5 jours pour 40",
        "VC-01 → VC-08 → VC-16",
        "14 mois",
        "toutes retenues",
    ):
        assert words in said
    assert "VC-08 7 + VC-09 6,7 + VC-10 9,5" in said
    assert said.count("Comment est-ce calculé") == 2
    tool.editor.answer = {
        "measures": [
            {**one, "start": 3} if one["id"] == "VC-07" else one
            for one in _dropped(tool, "VC-13")["measures"]
        ]
    }
    _hear(tool, kind="go", step=2)
    assert "tient dans la capacité" in _texts(tool.checking.data["blocks"])


@pytest.mark.parametrize(
    "answer",
    [
        {"measures": []},
        {"measures": [{"id": "m1", "title": "", "horizon": "", "start": None, "duration": None}]},
        {
            "measures": [
                {"id": "m1", "title": HOSTILE, "horizon": "h1", "start": 119, "duration": 120, "load": 1e6}
            ]
        },
        {
            "measures": [
                {
                    "id": "m1",
                    "title": "A",
                    "horizon": "h1",
                    "start": 0,
                    "duration": 1,
                    "load": 1,
                    "depends": ["m2"],
                },
                {
                    "id": "m2",
                    "title": "B",
                    "horizon": "h3",
                    "start": 0,
                    "duration": 1,
                    "load": 1,
                    "depends": ["m1"],
                },
            ]
        },
    ],
)
def test_odd_programmes_are_explained(work: Path, answer: dict[str, Any]) -> None:
    """Empty, undated, extreme or circular: each step gives guidance, not an error, in both languages."""
    for lang in LANGUAGES:
        tool = Roadmap21(lang)
        tool.editor.answer = answer
        for step in range(5):
            _hear(tool, kind="go", step=step)
        _hear(tool, kind="run", draw="x", first=0)
        assert tool.following.data["said"]
        assert HOSTILE not in tool.home.data["files"]["html"]
        assert tool.home.data["files"]["ics"].startswith("BEGIN:VCALENDAR")


def test_a_form_that_is_no_roadmap_changes_nothing(work: Path) -> None:
    """What the page sends in another form is refused with a message, and the programme stays."""
    tool = Roadmap21("fr")
    tool.editor.answer = {"measures": "toutes"}
    assert tool.steps.data["alert"] is True
    assert tool.roadmap == tool.programme.roadmap


def test_six_months_are_played_and_compared(work: Path) -> None:
    """The same draw meets the same shocks after a revision, and says what the revision changed."""
    tool = Roadmap21("fr")
    _hear(tool, kind="go", step=3)
    assert tool.following.data["blocks"] == []
    _hear(tool, kind="run", draw="4", first=6)
    first = tool.following.data
    assert "élection" in _texts(first["blocks"])
    tool.editor.answer = _dropped(tool, "VC-07", "VC-12", "VC-14")
    _hear(tool, kind="run", draw="4", first=6)
    again = tool.following.data
    assert first["blocks"][1] == again["blocks"][1]
    assert "essai d’avant" in _texts(again["blocks"])
    _hear(tool, kind="run", draw=["no"], first="six")
    assert (tool.work.draw, tool.work.first) == ("4", 6)


def test_the_calendar_month_is_checked(work: Path) -> None:
    """Month 0 is a year and a month; anything else is explained and the calendar keeps its own."""
    tool = Roadmap21("en")
    _hear(tool, kind="zero", written="2027-09")
    assert tool.home.data["trouble"] == ""
    assert "DTSTART;VALUE=DATE:20271201" in tool.home.data["files"]["ics"]
    for written in ("2027-13", "soon", None):
        _hear(tool, kind="zero", written=written)
        assert "2027-09" in tool.home.data["trouble"]


def test_erasing_empties_tool_and_folder(work: Path) -> None:
    """Going back to the initial programme leaves nothing in the tool or on the disk."""
    tool = Roadmap21("fr")
    tool.editor.answer = _dropped(tool, "VC-01")
    _hear(tool, kind="erase")
    assert tool.roadmap == tool.programme.roadmap
    assert tool.editor.answer is None
    assert list(work.iterdir()) == []


def test_a_damaged_save_is_said(work: Path) -> None:
    """An unreadable save is set aside and named."""
    write_safely(work / "roadmap21.json", b"{")
    assert "roadmap21.json.damaged" in Roadmap21("fr").steps.data["status"]


def test_a_failed_save_is_said(work: Path) -> None:
    """When the folder cannot be written, the tool says so and keeps the programme on the page."""
    tool = Roadmap21("fr")
    work.write_text("a file stands where the folder should", encoding="utf-8")
    tool.editor.answer = _dropped(tool, "VC-01")
    assert tool.steps.data["alert"] is True
    assert len(tool.roadmap.measures) == 20


def test_without_a_folder_the_tool_says_that_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the course's server the programme stays in the page, and the tool says so."""
    monkeypatch.delenv("ALLIANCES_WORK", raising=False)
    assert "emportez-le" in Roadmap21("fr").steps.data["status"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_taken_home(lang: Language) -> None:
    """Page, table and calendar hold every measure, say that data are made up, and act on nothing."""
    around = vc_programme(lang)
    blocks = Blocks(around, lang)
    risky = Measure("m1", f"=1+1 {HOSTILE}", "h1", 3, 2, 4.0, (), "+owner")
    roadmap = Roadmap((*around.roadmap.measures, risky))
    page = roadmap_page(
        blocks, [("A", blocks.reading(roadmap)), ("B", blocks.checking(roadmap))], {"x": HOSTILE}
    )
    assert HOSTILE not in page
    assert f'<html lang="{lang}">' in page
    assert page.count("<h1>") == 1
    assert not re.search(r"""(?:src|href)=["'](?!#)|url\(|@import|<script""", page)
    table = list(csv.DictReader(io.StringIO(roadmap_csv(blocks, roadmap))))
    assert len(table) == 22
    assert {row["synthetic"] for row in table} == {"true"}
    assert table[-1]["title"].startswith("'=")
    assert table[-1]["owner"] == "'+owner"
    calendar = roadmap_ics(blocks, roadmap, "2026-01")
    assert calendar.count("BEGIN:VEVENT") == calendar.count("END:VEVENT") == 22
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    unfolded = calendar.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20260401\r\nDTEND;VALUE=DATE:20260701\r\n" in unfolded
    with pytest.raises(ValueError, match="soon"):
        roadmap_ics(blocks, roadmap, "soon")


def test_an_event_ends_where_the_measure_does() -> None:
    """A measure from month 10 for four months runs over the turn of the year."""
    blocks = Blocks(vc_programme("en"), "en")
    one = Roadmap((Measure("m1", "A; B, C\nD", "h1", 10, 4, 1.0),))
    calendar = roadmap_ics(blocks, one, "2026-01")
    assert "DTSTART;VALUE=DATE:20261101" in calendar
    assert "DTEND;VALUE=DATE:20270301" in calendar
    assert "SUMMARY:A\\; B\\, C\\nD" in calendar


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["roadmap", "titles", "draw", "first", "zero"]), anything) | anything)
def test_any_json_is_read(values: Any) -> None:
    """What is kept is read whatever it holds, and read again the same."""
    work = Work.from_values(values)
    assert Work.from_values(work.to_dict()) == work
    assert 0 <= work.first <= 60


def test_a_store_keeps_the_version_before(tmp_path: Path) -> None:
    """A damaged file gives way to the version before it, and the store says so."""
    store = Store(tmp_path / "roadmap21.json")
    store.write(Work(draw="a"))
    store.write(Work(draw="b"))
    (tmp_path / "roadmap21.json").write_text("{", encoding="utf-8")
    assert store.read().draw == "a"
    assert store.notice == ("recovered", {})


def test_an_input_is_answered_in_time(work: Path) -> None:
    """A change followed by the heaviest step takes less than 150 ms, median of five."""
    tool = Roadmap21("fr")
    _hear(tool, kind="go", step=2)
    taken = []
    for name in ("VC-01", "VC-02", "VC-03", "VC-04", "VC-05"):
        started = time.perf_counter()
        tool.editor.answer = _dropped(tool, name)
        _hear(tool, kind="go", step=2)
        taken.append(time.perf_counter() - started)
    assert median(taken) < 0.15


def test_the_tool_starts_without_heavy_libraries() -> None:
    """Making the tool loads neither pandas, numpy nor YAML: a preheated page must be light."""
    code = (
        "import sys; from alliances.apps.roadmap21 import Roadmap21; Roadmap21('fr');"
        "print(sorted({'pandas', 'numpy', 'yaml', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_capacity_is_two_people() -> None:
    """The capacity that every text announces is the one that is computed with."""
    around = vc_programme("fr")
    assert around.frame.capacity_of(9) == CAPACITY == 40
    assert replace(around.frame, capacity=()).capacity_of(9) is None
