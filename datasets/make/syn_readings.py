"""Generates ``syn_readings.csv``: the readings of the tool's twelve cases by eight invented raters.

The model, so that a lesson can show it and a learner can doubt it:

1. each case has a set of admissible families, the team's first (``admissible`` in the tables of cases);
2. each rater has a skill between 0 and 1: the chance of reading the case rather than a habit;
3. a rater who reads picks among the admissible families: the team's with chance 0.70 when there are
   two of them, 0.55 when there are three, and always when it stands alone; the others share the rest;
4. a rater who does not read falls back on a habit: the family named most, giving, with chance 0.5,
   else any of the five with equal chances.

No behaviour of real people was observed: the table is synthetic and proves nothing about real cases.
Only ``random.Random(seed).random()`` is used: Python promises its sequence from one version to the next.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path
from typing import Final

SEED: Final = 1707
CASES: Final = (
    "programme_malin", "mobiliz_wimoov", "siel_bleu", "simplon_microsoft", "mediaterre", "rejoue",
    "banques_alimentaires", "vivre_les_mureaux", "adie_contrat_impact", "strive_cincinnati",
    "val_commun_v04", "val_commun_v05",
)  # fmt: skip
FAMILIES: Final = (
    "giving", "responsible_practices", "economic_cooperation", "societal_innovation", "no_alliance",
)  # fmt: skip
# Skill of each rater, probability: a mixed group, from a newcomer to someone who reads nearly every case.
SKILLS: Final = {
    "r01": 0.95, "r02": 0.9, "r03": 0.9, "r04": 0.85, "r05": 0.8, "r06": 0.75, "r07": 0.7, "r08": 0.55,
}  # fmt: skip
TEAM_SHARE: Final = {1: 1.0, 2: 0.7, 3: 0.55}  # chance of the team's family, by number admissible
HABIT: Final = "giving"
HABIT_SHARE: Final = 0.5
FOLDER: Final = Path(__file__).resolve().parents[1]


def admissible_families(folder: Path) -> dict[str, list[str]]:
    """Return the admissible families of each case of the tool, the team's first.

    Raises:
        KeyError: a case of the tool is in neither table of cases.
    """
    known: dict[str, list[str]] = {}
    for name in ("cases.csv", "syn_vignettes.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                families = [part.partition(":")[0] for part in row["admissible"].split(";")]
                families.sort(key=lambda family, team=row["team_reading"]: family != team)
                known[row["case_id"]] = families
    return {case: known[case] for case in CASES}


def choose(draw: float, families: list[str] | tuple[str, ...]) -> str:
    """Return the family that a draw in [0, 1) points to, each with an equal share."""
    return families[int(draw * len(families))]


def reading(families: list[str], skill: float, generator: random.Random) -> str:
    """Return one reading. Three draws each time, so that one change moves no other reading."""
    reads, picks, which = generator.random(), generator.random(), generator.random()
    if reads < skill:
        if picks < TEAM_SHARE[len(families)]:
            return families[0]
        return choose(which, families[1:])
    if picks < HABIT_SHARE:
        return HABIT
    return choose(which, FAMILIES)


def generate(folder: Path, seed: int = SEED) -> list[tuple[str, str, str, str]]:
    """Return the rows (rater, case_id, family, synthetic), rater by rater, in the order of the tool."""
    generator = random.Random(seed)  # noqa: S311 - invented data, no secret
    cases = admissible_families(folder)
    return [
        (rater, case, reading(families, skill, generator), "true")
        for rater, skill in SKILLS.items()
        for case, families in cases.items()
    ]


def write(path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    """Write the table as the other ones are: UTF-8, commas, one line feed a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("rater", "case_id", "family", "synthetic"))
        writer.writerows(rows)


def main(arguments: list[str] | None = None) -> int:
    """Write ``syn_readings.csv`` beside the tables of cases, or where ``--output`` says."""
    parser = argparse.ArgumentParser(description="Generates syn_readings.csv (synthetic).")
    parser.add_argument("--output", type=Path, default=FOLDER / "syn_readings.csv")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    rows = generate(FOLDER, options.seed)
    write(options.output, rows)
    print(f"{options.output}: {len(rows)} rows, seed {options.seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
