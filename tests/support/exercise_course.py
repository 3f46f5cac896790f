"""One French course of all our exercises, and classes of it: every sample, or mutants of the code doors."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from copies import private_tree, put_sample
from exercise_mutants import exercise_mutants
from whole_runs import Class

from alliances.course.tree import CourseTree, find_tree
from alliances.desk.collecting import collect
from alliances.desk.course_folder import create_course
from alliances_grader.course_manifest import read_course

__all__ = ["DUE", "all_exercises", "class_of_mutants", "class_of_samples", "code_doors"]

DUE = "2026-03-01 12:00:00 UTC"
_STAMPS = ("2026-02-28 12:00:00 UTC", "2026-03-01 12:00:01 UTC", "2026-03-01 13:30:00 +0100")


def all_exercises(folder: Path) -> Path:
    """Make the course in ``folder``, with late work marked 0, and return it; nobody has handed in yet."""
    tree = CourseTree(private_tree(find_tree().root, folder / "tree"))
    root = create_course(tree, folder / "course", "fr").course.root
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    return root


def code_doors() -> list[str]:
    """Return the exercises that have a code door."""
    return sorted(path.parent.name for path in find_tree().exercises.glob("*/code.fr.md"))


def _samples(slug: str = "*") -> list[tuple[Path, dict[str, Any]]]:
    found = []
    for path in sorted(find_tree().exercises.glob(f"{slug}/submissions/*/expected.toml")):
        wanted = tomllib.loads(path.read_text(encoding="utf-8"))
        if wanted["language"] == "fr" and "error" not in wanted:
            found.append((path.parent, wanted))
    return found


def class_of_samples(made: Path, folder: Path, without: Sequence[str] = ()) -> Class:
    """Return a class in ``folder`` with every French sample of both doors, by name of its exercise."""
    root = shutil.copytree(made, folder / "course")
    for sample, wanted in _samples():
        if sample.name not in without:
            name = f"{sample.parent.parent.name}_{wanted['door']}"
            put_sample(sample, folder / "in", root / "release" / name / f"{name}.ipynb")
    collect(read_course(root), folder / "in")
    return Class.of(folder / "class", root)


def class_of_mutants(
    made: Path, folder: Path, count: int, seed: str = "1", only: Sequence[str] = ()
) -> Class:
    """Return a class in ``folder`` with ``count`` mutants of each code door, some late."""
    found = Class.of(folder, made)
    for slug in only or code_doors():
        name = f"{slug}_code"
        best = max(
            (one for one in _samples(slug) if one[1]["door"] == "code"), key=lambda one: one[1]["total_auto"]
        )
        good = json.loads((best[0] / "cells.json").read_text(encoding="utf-8"))
        release = json.loads((made / "release" / name / f"{name}.ipynb").read_bytes())
        found.set_due(name, DUE)
        mutants = exercise_mutants(release, good, count, f"{slug} {seed}")
        for number, (label, notebook) in enumerate(mutants):
            student = f"{number:03}-{re.sub('[^a-z0-9]+', '-', label)}"
            stamp = _STAMPS[number % len(_STAMPS)].encode()
            copy = {name: json.dumps(notebook).encode()}
            found.hand_in(name, student, copy, {"timestamp.txt": stamp})
    return found
