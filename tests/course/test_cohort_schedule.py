"""A cohort draws another measure to repair and other schedules; keys are those of what was drawn."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from drawn_course import assignment, name_of, points_of, questions

from alliances.course.cohort import Cohort, draw_cohort
from alliances.course.cohort_chance import chance_of
from alliances.course.cohort_schedule import activity_network, measures_change
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES, Language
from alliances.logic.roadmap_schedule import schedule
from alliances.questions.answers import DOORS, Door
from alliances.questions.compiling import compile_question
from alliances.questions.marking import mark
from alliances.questions.registry import type_of
from alliances.questions.source import Field
from alliances.questions.spec import load_form
from alliances_grader.probe_split import lint

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree

PUBLISHED = find_tree()
SLUG = "measure_design"
SEEDS = [f"a seed for measures {number}" for number in range(4)]
PLACE = Field({"make": "x"}, Path("cohort.yaml"), ("figures", "net"), {})
WAITS = {"A": "", "B": "", "C": "A", "D": "BC", "E": "C", "F": "DE"}
MEASURES = {
    row["measure_id"]: row
    for row in csv.DictReader(
        (PUBLISHED.datasets / "syn_measures_vc.csv").read_text(encoding="utf-8").splitlines()
    )
}


@pytest.fixture(scope="module")
def cohorts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CourseTree]:
    """Return the drawn sources of the published course, by seed."""
    return {
        seed: draw_cohort(PUBLISHED, Cohort(seed), tmp_path_factory.mktemp("cohort")).tree for seed in SEEDS
    }


# -- generators


@pytest.mark.parametrize("number", range(20))
def test_a_network_has_the_published_shape(number: int) -> None:
    """A, C, E, F is the longest path, B the longest activity, and each slip gives an answer of its own."""
    found = activity_network(chance_of(f"network {number}"), PLACE, PUBLISHED)
    months = {name: found[name.lower()] for name in "ABCDEF"}
    dates = schedule(months, WAITS)
    assert dates.paths == (tuple("ACEF"),)
    assert dates.length == found["length"]
    assert dates.slots["B"].slack == found["slack"] > dates.slots["B"].free_slack == found["free"] > 0
    assert max(months, key=lambda name: months[name]) == "B"
    assert len({found[name] for name in ("length", "total", "after_d", "after_b")}) == 4
    assert len({0, *(found[name] for name in ("slack", "free", "from_end"))}) == 4
    assert tuple(months.values()) != (2, 6, 5, 3, 4, 1)


@pytest.mark.parametrize("number", range(20))
def test_a_change_moves_the_critical_path(number: int) -> None:
    """Three measures last longer, the programme too, and its figures are those of the changed table."""
    found = measures_change(chance_of(f"change {number}"), PLACE, PUBLISHED)
    changed = dict(re.findall(r'"(VC-\d\d)", "duration_months"\] = (\d+)', found["code"]))
    assert len(changed) == 3
    months = {name: int(row["duration_months"]) for name, row in MEASURES.items()}
    assert all(int(after) > months[name] for name, after in changed.items())
    months |= {name: int(after) for name, after in changed.items()}
    dates = schedule(
        months, {name: row["depends"].split(";") if row["depends"] else () for name, row in MEASURES.items()}
    )
    assert dates.length == found["length"] > 14
    assert sorted(dates.critical) == found["critical"] != ["VC-01", "VC-08", "VC-09", "VC-16", "VC-18"]
    for month, days in found["loads"]:
        running = [
            name for name, row in MEASURES.items() if 0 <= month - int(row["start_month"]) < months[name]
        ]
        assert days == pytest.approx(sum(int(MEASURES[name]["load_days"]) / months[name] for name in running))
    assert found["loads"][-1] == [30, 0]
    assert [bool(names) for _, _, names in found["departures"]] == [True, True, False]


def test_other_seeds_give_other_draws() -> None:
    """Twenty seeds give at least fifteen networks and fifteen changes, and one seed always gives the same."""
    for make in (activity_network, measures_change):
        drawn = [str(make(chance_of(f"seed {number}"), PLACE, PUBLISHED)) for number in range(20)]
        assert len(set(drawn)) >= 15
        assert str(make(chance_of("seed 0"), PLACE, PUBLISHED)) == drawn[0]


# -- the exercise


def test_every_measure_is_drawn_by_some_seed() -> None:
    """None of the three measures of the file is there in vain, nor is the published one drawn."""
    source = (PUBLISHED.exercises / SLUG / "cohort.yaml").read_text(encoding="utf-8")
    assert source.count("      - prompt:") == 3
    assert "salles de classe" not in source


@pytest.mark.parametrize("seed", SEEDS)
def test_the_scale_stays(cohorts: dict[str, CourseTree], seed: str) -> None:
    """Ids, types, points, outcomes and titles are as published; the measure and the figures are not."""
    before, after = questions(PUBLISHED, SLUG), questions(cohorts[seed], SLUG)
    for name, question in after.items():
        for key in ("id", "type", "points", "outcome", "title", "checks", "keep"):
            assert question.get(key) == before[name].get(key)
    for name in ("s01", "j01", "r02", "r03", "r04"):
        assert after[name]["prompt"] != before[name]["prompt"]
    assert [after["r01"][key] for key in ("capacity", "candidates")] != [
        before["r01"][key] for key in ("capacity", "candidates")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_drawn_key_earns_everything(
    cohorts: dict[str, CourseTree], seed: str, language: Language
) -> None:
    """The full answer of each drawn question has all its points, and no known error is taken for it."""
    sets = load_form(cohorts[seed].exercises / SLUG / "form.yaml").sets
    for raw in questions(cohorts[seed], SLUG).values():
        kind = type_of(raw["type"])
        question = compile_question(raw, language, sets)
        assert not re.search(r"\{(net|shock|frame|measure)_", json.dumps(question, default=str))
        if kind.read_by_person(raw):
            continue
        assert mark(question, kind.full_answer(question), language).points == raw["points"]
        for error in raw.get("known_errors", ()):
            assert mark(question, {"value": repr(error["value"])}, language).points == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_published_answers_are_not_enough(cohorts: dict[str, CourseTree], seed: str) -> None:
    """The published programme and numbers, written into a drawn form, do not earn the points of the rest."""
    before, after = questions(PUBLISHED, SLUG), questions(cohorts[seed], SLUG)
    for name in ("r01", "r02"):
        question = compile_question(after[name], "fr", {})
        old = type_of(before[name]["type"]).full_answer(compile_question(before[name], "fr", {}))
        assert mark(question, old, "fr").points < after[name]["points"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_chain_to_repair_has_its_five_faults(cohorts: dict[str, CourseTree], seed: str) -> None:
    """Handed in as it stands, the drawn chain earns nothing: each of the five faults is there."""
    question = compile_question(questions(cohorts[seed], SLUG)["s01"], "fr", {})
    assert mark(question, question["start"], "fr").points == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_drawn_solution_passes_the_drawn_tests(
    cohorts: dict[str, CourseTree], seed: str, language: Language
) -> None:
    """Run from top to bottom, the source of the code door earns its sixteen points; its tests are pure."""
    made = assignment(cohorts[seed], SLUG, "code", language)
    assert points_of(made.source) == 16
    for cell in json.loads(made.source)["cells"]:
        if re.fullmatch(r"k\d\d_test", name_of(cell)):
            assert lint("".join(cell["source"])) == ()


def test_a_published_solution_is_not_enough(cohorts: dict[str, CourseTree]) -> None:
    """Values that one copies from the published keys miss those that the cohort draws."""
    source = json.loads(assignment(cohorts[SEEDS[0]], SLUG, "code", "fr").source)
    for cell in source["cells"]:
        if name_of(cell) == "k03":
            cell["source"] = 'critical = ["VC-01", "VC-08", "VC-09", "VC-16", "VC-18"]'
    assert points_of(json.dumps(source).encode()) == 16 - 3


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_a_release_holds_no_key(cohorts: dict[str, CourseTree], seed: str, door: Door) -> None:
    """What learners receive holds no model answer, reason or hidden value."""
    made = assignment(cohorts[seed], SLUG, door, "fr")
    for content in (made.release.decode(), made.questions.decode()):
        for secret in ("mark_cell", "hidden_", "known_errors", "model_answer", seed):
            assert secret not in content
