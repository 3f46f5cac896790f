"""A small class of six, three in each language: who hands in which sample copy, by which door and way."""

from __future__ import annotations

import csv
import json
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copies import put_sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

    from alliances.i18n import Language

__all__ = ["CLASS", "ClassCopy", "give_levels", "one_folder", "one_moodle_archive"]

_EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
_CRITERIA = {
    "case_studies": ("m01", ("proposal", "evidence", "unknown", "condition")),
    "measure_design": ("j01", ("rule", "threshold", "errors", "after")),
}


@dataclass(frozen=True)
class ClassCopy:
    """One copy: a sample of an exercise, handed in by a learner.

    Attributes:
        learner: their code.
        exercise: its slug.
        sample: the folder under ``submissions``.
        way: ``browser`` (the form's page), ``moodle`` (an archive) or ``folder``.
        levels: what the trainer gives for the four criteria, from 0 to 3 points each; none for a blank text.
    """

    learner: str
    exercise: str
    sample: str
    way: str
    levels: tuple[int, ...]

    @property
    def folder(self) -> Path:
        """The sample's folder."""
        return _EXERCISES / self.exercise / "submissions" / self.sample

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """What the sample announces."""
        return tomllib.loads((self.folder / "expected.toml").read_text(encoding="utf-8"))

    @property
    def door(self) -> str:
        """Its door: ``form`` or ``code``."""
        return str(self.wanted["door"])

    @property
    def assignment(self) -> str:
        """What nbgrader calls the exercise by this door."""
        return f"{self.exercise}_{self.door}"

    @property
    def answers(self) -> dict[str, Any]:
        """The answers of a form's sample."""
        return json.loads((self.folder / "answers.json").read_text(encoding="utf-8"))["answers"]

    @property
    def auto(self) -> float:
        """The points that rules give."""
        return float(self.wanted["total_auto"])

    @property
    def total(self) -> float:
        """The points that rules and the trainer give."""
        return self.auto + sum(self.levels)

    def criteria(self) -> dict[str, int]:
        """Return the level by criterion's cell, as ``m01_proposal``; empty for a blank text."""
        question, names = _CRITERIA[self.exercise]
        pairs = zip(names, self.levels, strict=True) if self.levels else ()
        return {f"{question}_{name}": level for name, level in pairs}

    def levels_in_words(self, language: Language) -> list[str]:
        """Return the words of the levels given, from the exercise's rubric."""
        manifest = tomllib.loads((_EXERCISES / self.exercise / "exercise.toml").read_text(encoding="utf-8"))
        ((_, rubric),) = manifest["rubric"].items()
        pairs = zip(rubric["criteria"], self.levels, strict=False)
        return [criterion["levels"][level][language] for criterion, level in pairs]

    def not_full(self) -> list[str]:
        """Return the closed questions that lost points and were answered."""
        return [name for name, verdict in self.wanted["verdicts"].items() if verdict in {"partly", "wrong"}]


CLASS: dict[Language, tuple[ClassCopy, ...]] = {
    "fr": (
        ClassCopy("agathe", "case_studies", "form_partial", "browser", (1, 0, 1, 0)),
        ClassCopy("agathe", "measure_design", "form_measures_good", "browser", (3, 2, 3, 2)),
        # Both doors of one exercise: the better result counts.
        ClassCopy("camille", "case_studies", "form_hostile_html", "moodle", (1, 2, 0, 1)),
        ClassCopy("camille", "case_studies", "code_partial", "moodle", (3, 3, 2, 3)),
        ClassCopy("nadir", "measure_design", "code_measures_partial", "moodle", (1, 0, 0, 1)),
    ),
    "en": (
        ClassCopy("robin", "case_studies", "form_english_good", "browser", (3, 3, 3, 2)),
        ClassCopy("robin", "measure_design", "form_measures_broken", "browser", ()),
        ClassCopy("dana", "case_studies", "code_english_good", "folder", (2, 3, 2, 2)),
        ClassCopy("ellis", "measure_design", "code_measures_english", "folder", (3, 3, 2, 3)),
    ),
}


def one_folder(copies: Iterable[ClassCopy], releases: Path, folder: Path) -> Path:
    """Put copies into ``folder/<learner>/<assignment>``, each under its learner's code."""
    for copy in copies:
        name = copy.assignment
        made = put_sample(copy.folder, folder / "samples", releases / name / f"{name}.ipynb")
        target = folder / "in" / copy.learner / name
        target.parent.mkdir(parents=True, exist_ok=True)
        made.rename(target)
    return folder / "in"


def one_moodle_archive(
    copies: Iterable[ClassCopy], releases: Path, folder: Path, names: dict[str, tuple[str, int]]
) -> tuple[Path, Path]:
    """Make an archive of a Moodle assignment, and the list of codes that a trainer keeps beside it.

    Args:
        copies: what is in it; an answers file has the name that the form's page downloads it under.
        releases: the course's released notebooks.
        folder: where both are written.
        names: full name and Moodle's number, by learner's code.
    """
    copies = list(copies)
    made = one_folder(copies, releases, folder)
    archive, roster = folder / "devoir.zip", folder / "codes.csv"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for copy in copies:
            name, number = names[copy.learner]
            ending = "ipynb" if copy.door == "code" else "json"
            file = f"{copy.assignment}.{ending}"
            (path,) = (made / copy.learner / copy.assignment).iterdir()
            opened.write(path, f"{name}_{number}_assignsubmission_file_/{file}")
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "identifiant", "nom complet"])
        writer.writerows(
            [learner, f"Participant {number}", name] for learner, (name, number) in names.items()
        )
    return archive, roster


def give_levels(page: Page, origin: str, copy: ClassCopy) -> None:
    """Mark a copy's open answer in the formgrader: from the list of its assignment to its criteria."""
    page.goto(f"{origin}/formgrader/gradebook/{copy.assignment}/{copy.assignment}")
    page.locator("tr").filter(has_text=copy.learner).get_by_role("link", name="Submission #").click()
    page.wait_for_url("**/formgrader/submissions/**")
    for cell, level in copy.criteria().items():
        page.locator(f"#{cell}.needs_manual_grade").wait_for()
        box = page.locator(f"input.score#{cell}")
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            box.fill(str(level))
            box.press("Tab")
