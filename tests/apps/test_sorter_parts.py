"""What stands behind the tool « Trieur de cas »: cases, work kept, group, comparison."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from alliances.apps.sorter_cases import TOOL_CASES, admissible_of, tool_cases
from alliances.apps.sorter_cohort import Cohort, cohort_readings
from alliances.apps.sorter_comparison import comparison
from alliances.apps.sorter_work import Reading, SorterWork, Store, readings_csv
from alliances.errors import EnvironmentFault
from alliances.i18n import LANGUAGES, area_texts

if TYPE_CHECKING:
    from alliances.i18n import Language

WORK = SorterWork(
    {"siel_bleu": Reading("economic_cooperation", "joint_offer"), "rejoue": Reading(unsure=True)},
    (("siel_bleu", "Une seule offre."), ("", "")),
)
NOBODY = Cohort(0, {}, synthetic=True)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without a learner's folder or a file of the group."""
    for name in ("ALLIANCES_WORK", "ALLIANCES_COHORT_READINGS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_twelve_cases_are_there(lang: Language) -> None:
    """Each case of the tool has a title, a text and a place, and shows nothing of the team's reading."""
    cases = tool_cases(lang)
    assert [case.id for case in cases] == list(TOOL_CASES)
    for case in cases:
        shown = case.shown()
        assert all(shown[field] for field in ("title", "where", "text"))
        assert not {"team_reading", "admissible"} & set(shown)
        assert case.team_reason not in json.dumps(shown, ensure_ascii=False)
        assert case.team_reading in case.admissible


def test_admissible_readings_are_read_from_the_table() -> None:
    """A cell lists families, each with the criteria that support it."""
    assert admissible_of("giving:direction+know_how;no_alliance:priced_order") == {
        "giving": ("direction", "know_how"),
        "no_alliance": ("priced_order",),
    }


def test_every_country_of_the_tool_has_a_name() -> None:
    """No country's code is shown in the place of its name."""
    codes = {case.row["country"] for case in tool_cases("fr") if case.row.get("synthetic") != "true"}
    assert all(f"country_{code}" in area_texts("case_sorter") for code in codes)


def test_work_comes_back(tmp_path: Path) -> None:
    """What was kept is read again."""
    store = Store(tmp_path / "case_sorter.json")
    store.write(WORK)
    assert store.read() == WORK
    assert store.notice is None


def test_damaged_work_gives_way_to_the_version_before(tmp_path: Path) -> None:
    """A cut save falls back on the one before; with none, it is set aside and nothing is erased."""
    path = tmp_path / "case_sorter.json"
    store = Store(path)
    store.write(WORK)
    store.write(SorterWork())
    path.write_text("{", encoding="utf-8")
    assert store.read() == WORK
    assert store.notice == ("recovered", {})
    other = Store(tmp_path / "other.json")
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    assert other.read() == SorterWork()
    assert other.notice == ("set_aside", {"name": "other.json.damaged"})
    assert (tmp_path / "other.json.damaged").read_text(encoding="utf-8") == "[]"


def test_a_full_disk_leaves_the_work_that_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed save is said and leaves the old file."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    store = Store(tmp_path / "case_sorter.json")
    store.write(WORK)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentFault, match="le disque est plein"):
            store.write(SorterWork())
    assert store.read() == WORK


def test_erasing_leaves_no_copy(tmp_path: Path) -> None:
    """« Effacer » removes the work and the version before it."""
    store = Store(tmp_path / "case_sorter.json")
    store.write(WORK)
    store.write(SorterWork())
    store.erase()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "answers", [None, [], {"a": 3}, {"a": {"category": 5}}, {"a": {}}, {"a": {"category": None}}]
)
def test_strange_values_are_left_out(answers: object) -> None:
    """What a browser or a file gives without the right form is no reading."""
    assert SorterWork.from_values(answers, "x") == SorterWork()


def test_the_csv_is_safe_for_spreadsheets() -> None:
    """Cells are quoted and a formula stays text."""
    work = SorterWork({"rejoue": Reading("giving", "direction")}, (("rejoue", '=1+1\n"x"'), ("", "")))
    lines = list(csv.DictReader(io.StringIO(readings_csv(work, list(TOOL_CASES), "moi"))))
    assert lines == [
        {
            "rater": "moi",
            "case_id": "rejoue",
            "family": "giving",
            "reason": "direction",
            "sentence": '\'=1+1\n"x"',
        }
    ]


def test_without_a_file_the_group_is_invented() -> None:
    """The example group is said to be synthetic."""
    cohort = cohort_readings()
    assert cohort.synthetic
    assert cohort.people == 8
    note = comparison(tool_cases("fr"), SorterWork(), cohort, "fr")["cohort_note"]
    assert "données fictives" in note


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_groups_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delimiter: str) -> None:
    """Files that the tool gave, put together, are counted by person, the last line of each holding."""
    rows = [("a", "giving"), ("a", "no_alliance"), ("b", "giving"), ("c", "unknown")]
    lines = [
        "\ufeffrater,case_id,family,reason,sentence",
        *(f"{who},rejoue,{family},," for who, family in rows),
    ]
    path = tmp_path / "readings.csv"
    path.write_text("\r\n".join(lines).replace(",", delimiter), encoding="utf-8")
    (tmp_path / "moi").mkdir()
    monkeypatch.setenv("ALLIANCES_WORK", str(tmp_path / "moi"))
    cohort = cohort_readings()
    assert (cohort.people, cohort.synthetic) == (3, False)
    assert cohort.counts["rejoue"] == {"no_alliance": 1, "giving": 1, "unknown": 1}


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"rater,case_id\nx,y\n"])
def test_an_unreadable_groups_file_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    """A file that is no table of readings is named, and the comparison goes on without it."""
    path = tmp_path / "group.csv"
    path.write_bytes(content)
    monkeypatch.setenv("ALLIANCES_COHORT_READINGS", str(path))
    shown = comparison(tool_cases("fr"), WORK, cohort_readings(), "fr")
    assert "group.csv" in shown["cohort_note"]
    assert all(case["cohort"] is None for case in shown["cases"])


def test_a_small_group_is_not_shown() -> None:
    """With fewer than three people a count would point at somebody."""
    cohort = Cohort(2, {"rejoue": Counter({"giving": 2})}, synthetic=False)
    shown = comparison(tool_cases("fr"), WORK, cohort, "fr")
    assert "au moins 3" in shown["cohort_note"].replace("\u00a0", " ")
    assert all(case["cohort"] is None for case in shown["cases"])


def test_the_comparison_counts_without_judging() -> None:
    """Shares are given, differing cases named, and no word speaks of mistakes or scores."""
    cases = tool_cases("fr")
    readings = {case.id: Reading(case.team_reading) for case in cases[:3]}
    readings[cases[3].id] = Reading("responsible_practices")
    readings[cases[4].id] = Reading(unsure=True)
    shown = comparison(cases, SorterWork(readings), NOBODY, "fr")
    summary = " ".join(shown["summary"])
    assert "3 cas sur les 4 que vous avez placés, soit 75\u202f%" in summary
    assert "lectures admissibles pour 3 de ces cas" in summary
    assert [entry["id"] for entry in shown["differ"]] == [cases[3].id]
    assert [case["state"] for case in shown["cases"]][:6] == [
        "same",
        "same",
        "same",
        "other",
        "unsure",
        "unread",
    ]
    assert not re.search("faux|fausse|erreur|score", json.dumps(shown["summary"]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_rule_shows_each_contribution(lang: Language) -> None:
    """Each case has the five families with what each criterion gives, and how sure the rule is."""
    for case in comparison(tool_cases(lang), WORK, NOBODY, lang)["cases"]:
        assert len(case["rule"]["rows"]) == 5
        assert case["rule"]["verdict"]
        assert case["admissible"]
        assert all(row["total"] and row["parts"] for row in case["rule"]["rows"])
