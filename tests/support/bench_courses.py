"""A course with as many copies as a measurement wants: our exercise by both doors, and a pandas sheet.

Copies come from a few samples, one after the other. No two have the same bytes: learners' names, and in code
a comment, differ; ``distinct`` says how many differ in what they answer.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import shutil
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from copies import private_tree, put_sample

from alliances.course.tree import CourseTree, find_tree
from alliances.desk.collecting import collect
from alliances.desk.course_folder import create_course
from alliances.questions.answers import parse_answers, write_answers

__all__ = [
    "EXERCISE",
    "ORDINARY",
    "PLOTS",
    "distinct",
    "hand_in_many",
    "hand_in_ordinary",
    "our_course",
]

EXERCISE = "alliance_models"
ORDINARY = "ordinary"
PLOTS = "plots"
_STOPS_STOCK = frozenset({"code_exit"})
"""Samples on which nbgrader stops: there is no score of its own to compare with."""

_CSV = "town,year,aid\n" + "".join(
    f"town{row % 12:02},{2015 + row % 8},{(row * 37) % 900 + 100}\n" for row in range(240)
)
_TASKS = {
    "read": ('table = pd.read_csv("aid.csv")', "assert len(table) == 240", 2),
    "total": (
        'def total(year):\n    return int(table.loc[table["year"] == year, "aid"].sum())',
        "assert total(2015) == {total}\nassert total(1900) == 0",
        3,
    ),
    "largest": (
        'def largest():\n    return table.groupby("town")["aid"].sum().idxmax()',
        'assert largest() == "{largest}"',
        3,
    ),
}
"""By name: what is right, the test that follows, its points."""
_DRAW = (
    'import matplotlib.pyplot as plt\ntable.groupby("year")["aid"].mean().plot(title="{title}")\nplt.show()'
)
_BAR = 'table.groupby("town")["aid"].sum().plot.bar()\nplt.ylabel("aid")\nplt.show()'


def our_course(folder: Path) -> Path:
    """Make a French course of one exercise and two sheets in ``folder``, its gradable samples set aside."""
    checkout = find_tree()
    tree = CourseTree(private_tree(checkout.root, folder / "tree"))
    for other in tree.exercises.glob("*/exercise.toml"):
        if other.parent.name != EXERCISE:
            shutil.rmtree(other.parent)
    course = create_course(tree, folder / "course", "fr").course
    for sample in sorted((checkout.exercises / EXERCISE / "submissions").iterdir()):
        expected = tomllib.loads((sample / "expected.toml").read_text(encoding="utf-8"))
        if expected["language"] == "fr" and "error" not in expected and sample.name not in _STOPS_STOCK:
            name = f"{EXERCISE}_{expected['door']}"
            put_sample(sample, folder / "in", course.root / "release" / name / f"{name}.ipynb")
    collect(course, folder / "in")
    _set_aside(course.root)
    _add_sheets(course.root)
    return course.root


def _set_aside(root: Path) -> None:
    """Keep the samples where no run looks for copies."""
    (root / "submitted").rename(root / "samples")


def hand_in_many(root: Path, door: str, count: int, first: int = 0) -> list[str]:
    """Hand in ``count`` copies of one door, sample after sample, and return the learners."""
    name = f"{EXERCISE}_{door}"
    samples = sorted((root / "samples").glob(f"[!.]*/{name}"))
    learners = []
    for number in range(first, first + count):
        sample = samples[number % len(samples)]
        learners.append(f"{sample.parent.name}_{number:05}")
        place = root / "submitted" / learners[-1] / name
        shutil.copytree(sample, place)
        _sign(place, learners[-1], number)
    return learners


def _sign(place: Path, learner: str, number: int) -> None:
    answers = place / "answers.json"
    if answers.is_file():
        found = parse_answers(answers.read_bytes(), answers, strict=False)
        write_answers(answers, replace(found, learner=learner))
    for path in place.glob("*.ipynb"):
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "code" and about.get("solution") and about["grade_id"].startswith("k"):
                text = "".join(cell["source"])
                cell["source"] = f"{text}\n# {number}"
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def distinct(root: Path, name: str) -> tuple[int, int]:
    """Return how many of the copies handed in differ: in what they say, and with comments left aside."""
    texts, programs = set(), set()
    for place in sorted((root / "submitted").glob(f"*/{name}")):
        said = []
        if (place / "answers.json").is_file():
            answers = parse_answers((place / "answers.json").read_bytes(), place, strict=False)
            said.append(json.dumps(dict(answers.answers), sort_keys=True, default=str))
        cells = [
            cell for path in sorted(place.glob("*.ipynb")) for cell in json.loads(path.read_bytes())["cells"]
        ]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        texts.add((*said, *sources))
        programs.add((*said, *map(_without_comments, sources)))
    return len(texts), len(programs)


def _without_comments(source: str) -> str:
    try:
        return ast.unparse(ast.parse(source))
    except SyntaxError:
        return source


def _add_sheets(root: Path) -> None:
    """Add a pandas sheet, and the same one with two plots, as a trainer would: by stock nbgrader."""
    from nbgrader.apps import NbGrader, NbGraderAPI

    # nbgrader calls « alembic » by its bare name to make its database.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    app = NbGrader()
    app.config_file_paths.insert(0, str(root))
    app.load_config_file()
    app.config.CourseDirectory.root = str(root)
    api = NbGraderAPI(config=app.config)
    for name in (ORDINARY, PLOTS):
        place = root / "source" / name
        place.mkdir(parents=True)
        (place / "aid.csv").write_text(_CSV, encoding="utf-8")
        sheet = _sheet(plots=name == PLOTS)
        (place / f"{name}.ipynb").write_text(json.dumps(sheet), encoding="utf-8")
        made = api.generate_assignment(name, force=True, create=True)
        if not made["success"]:
            raise RuntimeError(str(made.get("log") or made.get("error")))


def hand_in_ordinary(root: Path, count: int, name: str = ORDINARY, first: int = 0) -> list[str]:
    """Hand in ``count`` copies: of five, two are right, one is wrong, one fails and one is left as it was."""
    released = json.loads((root / "release" / name / f"{name}.ipynb").read_bytes())
    learners = []
    for number in range(first, first + count):
        learners.append(f"o{number:05}")
        notebook = copy.deepcopy(released)
        for cell in notebook["cells"]:
            task = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if task in _TASKS:
                cell["source"] = _answer(task, "".join(cell["source"]), number)
        place = root / "submitted" / learners[-1] / name
        place.mkdir(parents=True)
        (place / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        (place / "aid.csv").write_text(_CSV, encoding="utf-8")
    return learners


def _answer(task: str, stub: str, number: int) -> str:
    text = _TASKS[task][0]
    match number % 5, task:
        case (2, "largest"):
            text = text.replace("idxmax", "idxmin")
        case (3, "total"):
            text = text.replace('"year"', '"month"')
        case (4, _):
            text = stub
    return f"{text}\n# copy {number}"


def _sheet(*, plots: bool) -> dict[str, Any]:
    rows = [line.split(",") for line in _CSV.split("\n")[1:] if line]
    by_town: dict[str, int] = {}
    for town, _, aid in rows:
        by_town[town] = by_town.get(town, 0) + int(aid)
    facts = {
        "total": str(sum(int(aid) for _, year, aid in rows if year == "2015")),
        "largest": max(by_town, key=lambda town: by_town[town]),
    }
    cells = [_cell("markdown", "# Aid to towns\n\nMade-up figures."), _cell("code", "import pandas as pd")]
    for name, (right, test, points) in _TASKS.items():
        told = test
        for fact, value in facts.items():
            told = told.replace("{" + fact + "}", value)
        cells += [
            _cell("markdown", f"Write `{name}`."),
            _cell("code", _between(right), name, solution=True),
            _cell("code", told, f"{name}_test", grade=True, locked=True, points=points),
        ]
    cells.append(_cell("code", _DRAW.format(title="Mean aid") if plots else "table.describe()"))
    if plots:
        cells.append(_cell("code", _BAR))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _between(right: str) -> str:
    first, *rest = right.split("\n")
    if rest:
        return f"{first}\n    ### BEGIN SOLUTION\n" + "\n".join(rest) + "\n    ### END SOLUTION"
    return f"### BEGIN SOLUTION\n{first}\n### END SOLUTION"


def _cell(kind: str, source: str, name: str = "", **marks: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if name:
        flags = {"grade": False, "solution": False, "locked": False, "task": False, **marks}
        cell["metadata"]["nbgrader"] = {"grade_id": name, "schema_version": 3, **flags}
    return cell
