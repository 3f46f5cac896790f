"""What ``autograder/README.md`` and CONTRIBUTING say of the grader is what its code does."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path

import pytest

from alliances.desk.commands import grade
from alliances.desk.marks_export import MarkRow
from alliances_grader.box_check import TRIALS
from alliances_grader.box_limits import Limits
from alliances_grader.cluster_worker import MAX_RESULT
from alliances_grader.ledger import _BATCH
from alliances_grader.pipeline import STEPS
from alliances_grader.probe_split import beside, lint
from alliances_grader.shell_inputs import RunLimits

ROOT = Path(__file__).resolve().parents[2]
GRADER = ROOT / "autograder" / "alliances_grader"
PAGE = (ROOT / "autograder/README.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
LIMITS, RUN = Limits(), RunLimits()
MIB = 1 << 20


def _first_cells(heading: str) -> list[str]:
    """Return the first column of the table that starts with this head."""
    rows = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [row.split("|")[1].strip() for row in rows]


def test_the_steps_are_those_of_the_pipeline() -> None:
    """The page lists each step, in order."""
    assert _first_cells("Step") == [step.__name__ for step in STEPS]


def test_every_option_of_grade_is_told() -> None:
    """An option that the command has is in its table, and no other one; two are told above it."""
    parser = ArgumentParser(add_help=False)
    grade.add_arguments(parser)
    has = {word for action in parser._actions for word in action.option_strings}
    told = set(re.findall(r"--[a-z-]+", " ".join(_first_cells("Option of `grade`"))))
    assert told == has - {"--course", "--json"}


def test_the_columns_are_those_of_the_export() -> None:
    """The marks' columns are named in order."""
    assert ", ".join(field.name for field in fields(MarkRow)) in PAGE


@pytest.mark.parametrize(
    "told",
    [
        f"{RUN.cell_seconds:g} s a cell",
        f"{LIMITS.cpu_seconds:g} s of computing and {LIMITS.wall_seconds:g} s of the clock",
        f"{LIMITS.memory_bytes >> 30} GiB more memory",
        f"{LIMITS.processes} processes and threads",
        f"{LIMITS.open_files} open files",
        f"{LIMITS.file_bytes // MIB} MiB a file",
        f"{LIMITS.disk_bytes // MIB} MiB written",
        f"{LIMITS.output_bytes // MIB} MiB shown",
        f"in batches of {_BATCH}",
        f"at most {MAX_RESULT // 1_000_000} MB",
    ],
)
def test_every_limit_is_the_codes(told: str) -> None:
    """A number that the page gives is the one in the code."""
    assert told in WORDS


def test_the_trials_are_counted() -> None:
    """``alliances sandbox check`` tries as many ways out as the page says."""
    assert len(TRIALS) == 15
    assert "fifteen ways" in WORDS


def test_every_file_named_is_there() -> None:
    """A module or test that the page names exists."""
    named = set(re.findall(r"`((?:tests/[\w/]+/)?[\w*]+\.py)`", PAGE))
    assert "class_run.py" in named
    # Files of a course or of a copy, not of the grader.
    named -= {"nbgrader_config.py", "random.py"}
    assert [name for name in named if not [*GRADER.glob(name), *ROOT.glob(name)]] == []
    benches = set(re.findall(r"`python (tests/\S+\.py)", PAGE))
    assert [name for name in benches if not (ROOT / name).is_file()] == []


def test_the_hidden_test_shown_to_authors_is_pure() -> None:
    """CONTRIBUTING's example of a hidden test passes the lint that it speaks of."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(### BEGIN HIDDEN TESTS\n.*?)```", text, re.DOTALL)
    assert lint(example) == ()
    assert beside(example) == ()
