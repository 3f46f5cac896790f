"""The code doors' sample copies, their tests judged outside and run whole: the same points both ways.

What runs whole is what stock nbgrader runs, in one process with ``probe`` and ``mark_cell`` of their modules.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from copies import hand_in_code, private_tree
from executed import request_of

from alliances.course.build import build
from alliances.course.tree import CourseTree, find_tree
from alliances.i18n import LANGUAGES
from alliances.questions.registry import TYPES
from alliances_grader.files import read_notebook
from alliances_grader.grading_source import Source, block_of, name_of, read_source, recorded_source
from alliances_grader.modules import modules_of
from alliances_grader.probe_split import beside, split_test
from alliances_grader.restore import restore
from alliances_grader.scoring import score
from alliances_grader.shell_inputs import CellSource
from alliances_grader.zygote_client import ZygoteClient

pytestmark = pytest.mark.checkout

CHECKOUT = find_tree()


def _wanted(sample: Path) -> dict[str, Any]:
    return tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))


SAMPLES = [
    path.parent
    for path in sorted(CHECKOUT.exercises.glob("*/submissions/*/cells.json"))
    if "error" not in _wanted(path.parent)
]
SLUGS = sorted({sample.parent.parent.name for sample in SAMPLES})
# Nothing of such a copy may be flagged for a second look.
HONEST = {sample.name for sample in SAMPLES if sample.name.endswith(("good", "partial", "english"))}
# A deleted test cell is put back, so the answer gets the points it is worth; stock nbgrader gives 0 and asks.
PUT_BACK = {"code_deleted_cell": {"k02": 3.0}}

Door = tuple[Path, Source]
"""The release of one code door, and the source recorded for it."""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Any], Door]:
    """Return what gives a code door by exercise and language."""
    tree = CourseTree(private_tree(CHECKOUT.root, tmp_path_factory.mktemp("doors")))
    assert build(tree, only="exercises", pages=False).refusals == []

    @cache
    def door(slug: str, language: Any) -> Door:
        place = Path(f"{slug}_code") / f"{slug}_code.ipynb"
        release = tree.exercise_releases(language) / place
        source = read_notebook(tree.exercise_sources(language) / place)
        return release, read_source(recorded_source(source, read_notebook(release)))

    return door


@pytest.fixture(scope="module")
def client(doors: Callable[[str, Any], Door]) -> Iterator[ZygoteClient]:
    """Return a warm parent that has loaded what grading loads, and what marking in one process loads late.

    The guard looks at everything that a copy loads by itself, before each test cell.
    """
    sources = [cell.text for slug in SLUGS for cell in doors(slug, "fr")[1].cells.values()]
    late = [f"alliances.questions.{name}" for name in ("marking", "notebook")]
    late += [f"alliances.questions.types.{name}" for name in TYPES]
    with ZygoteClient([*modules_of(sources), *late]) as made:
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_test_of_a_code_door_is_judged_outside(
    doors: Callable[[str, Any], Door], slug: str, language: Any
) -> None:
    """No point of our exercises is decided in the learner's process, and no key or hidden value is there."""
    _, course = doors(slug, language)
    for cell in course.cells.values():
        if cell.grade and cell.cell_type == "code":
            test = split_test(cell.text)
            assert test is not None, cell.name
            assert (test.judged, beside(cell.text)) == ("two_process", ()), cell.name
            assert [step.source for step in test.steps if step.hidden and step.side == "run"] == [], cell.name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parent.parent.name}-{sample.name}")
def test_a_sample_earns_the_same_outside_and_inside(
    client: ZygoteClient, doors: Callable[[str, Any], Door], tmp_path: Path, sample: Path
) -> None:
    """Cut in two or whole, each test gives the points of expected.toml, and no honest copy is flagged."""
    wanted = _wanted(sample)
    release, course = doors(sample.parent.parent.name, wanted["language"])
    changed = json.loads((sample / "cells.json").read_text(encoding="utf-8"))
    copy = read_notebook(hand_in_code(tmp_path, "someone", release, changed) / release.name)
    restored = restore(copy, course).notebook
    cells = []
    for index, cell in enumerate(restored["cells"]):
        if cell["cell_type"] == "code":
            own = course.cells.get(name_of(cell))
            guarded = own is not None and own.locked
            test = split_test(cell["source"]) if guarded and block_of(cell).get("grade") else None
            cells.append(CellSource(index, name_of(cell), cell["source"], guarded=guarded, test=test))
    scores = {**wanted["scores"], **PUT_BACK.get(sample.name, {})}
    for kept in (cells, [replace(cell, test=None) for cell in cells]):
        run = client.run(request_of(kept, tmp_path / "work"))
        assert run.findings == () or sample.name not in HONEST
        for cell in run.cells:
            restored["cells"][cell.index]["outputs"] = list(cell.outputs)
        verdicts, _ = score(restored, course, run)
        points = {verdict.grade_id.removesuffix("_test"): verdict.auto_score for verdict in verdicts}
        assert {name: points[name] for name in scores} == scores
