"""The invented readings come from their generator, byte for byte, and mean something."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "datasets" / "make" / "syn_readings.py"
TABLE = ROOT / "datasets" / "syn_readings.csv"


@pytest.fixture(scope="module")
def generator():
    """The generator, imported from its file."""
    spec = importlib.util.spec_from_file_location("syn_readings", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows():
    """The committed readings."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_regenerated_byte_for_byte(tmp_path):
    """The command of the README, run from another folder, writes the very bytes that are committed."""
    target = tmp_path / "again.csv"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--output", str(target)],
        cwd=tmp_path, check=True, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert "96 rows, seed 1707" in done.stdout
    assert target.read_bytes() == TABLE.read_bytes()


def test_another_seed_gives_other_readings(generator):
    """The readings come from chance: another seed gives others, on the same raters and cases."""
    first, other = generator.generate(generator.FOLDER), generator.generate(generator.FOLDER, seed=1)
    assert first != other
    assert [row[:2] for row in first] == [row[:2] for row in other]


def test_each_rater_reads_each_case_once(rows):
    """Eight raters read the twelve cases of the tool, once each."""
    count = Counter((row["rater"], row["case_id"]) for row in rows)
    assert (len(count), set(count.values())) == (96, {1})
    assert len({row["rater"] for row in rows}) == 8
    assert len({row["case_id"] for row in rows}) == 12


def test_clear_cases_gather_more_agreement(generator, rows):
    """Readings agree more on cases with one admissible family than on cases with several."""
    readings = {}
    for row in rows:
        readings.setdefault(row["case_id"], []).append(row["family"])
    top = {case: max(Counter(found).values()) / len(found) for case, found in readings.items()}
    cases = generator.admissible_families(generator.FOLDER)
    clear = [top[case] for case, families in cases.items() if len(families) == 1]
    mixed = [top[case] for case, families in cases.items() if len(families) > 1]
    assert sum(clear) / len(clear) > sum(mixed) / len(mixed)


@pytest.mark.parametrize(("draw", "expected"), [(0.0, "a"), (0.49, "a"), (0.5, "b"), (0.999999, "b")])
def test_choose(generator, draw, expected):
    """Each family has an equal share of the draws."""
    assert generator.choose(draw, ["a", "b"]) == expected


def test_missing_case(generator, tmp_path):
    """A case of the tool that no table holds stops the generator."""
    for name in ("cases.csv", "syn_vignettes.csv"):
        (tmp_path / name).write_text("case_id,team_reading,admissible\n", encoding="utf-8")
    with pytest.raises(KeyError, match="programme_malin"):
        generator.generate(tmp_path)
