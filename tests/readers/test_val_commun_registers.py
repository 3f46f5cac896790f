"""The dirty registers of Val-Commun, in official shapes, are read by the readers of the real formats."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from alliances.readers import read_procurement, read_rna, read_sirene, read_subsidies

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
pytestmark = pytest.mark.checkout
FILES = [
    ("rna_waldec_fictif_dpt_00.csv", read_rna, "rna_waldec", "windows-1252"),
    ("StockUniteLegale_fictif.csv", read_sirene, "sirene_units", "utf-8"),
    ("scdl_subventions_fictif.csv", read_subsidies, "subsidies_2", "utf-8"),
    ("decp_fictif.json", read_procurement, "procurement", "JSON"),
]


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    """The registers as the generator writes them in official shapes."""
    folder = tmp_path_factory.mktemp("official")
    script = DATASETS / "make" / "val_commun.py"
    subprocess.run([sys.executable, str(script), "--official", str(folder)], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("name", "read", "layout", "encoding"), FILES)
def test_official_shape_is_read(official, name, read, layout, encoding):
    """Each is recognised; most rows stay, planted faults are found, and the frame says « fictives »."""
    reading = read(official / name)
    report = reading.report
    assert (report.layout, report.encoding) == (layout, encoding)
    assert report.kept > 0.9 * report.read
    assert any(reason == "duplicate" for *_, reason in report.counts)
    assert any(reason == "day_first" for *_, reason in report.counts)
    assert reading.frame.attrs["synthetic"] is True


@pytest.mark.parametrize(("table", "read"), [("syn_rna", read_rna), ("syn_sirene", read_sirene),
                                             ("syn_subsidies", read_subsidies),
                                             ("syn_contracts", read_procurement)])  # fmt: skip
def test_table_of_the_course_is_read_too(table, read):
    """The same registers as tables of the course have one more column, and are read all the same."""
    reading = read(DATASETS / f"{table}.csv")
    assert reading.report.kept > 0.9 * reading.report.read
    assert "synthetic" in reading.report.unknown


# What a reader says of each fault of the key; a SIRET of another organisation is sound, so nobody can say it.
TOLD = {"french_date": "day_first", "comma": "comma", "mojibake": "mojibake", "duplicated": "duplicate"}


@pytest.mark.parametrize(("table", "read"), [("syn_rna", read_rna), ("syn_sirene", read_sirene),
                                             ("syn_subsidies", read_subsidies),
                                             ("syn_contracts", read_procurement)])  # fmt: skip
def test_every_fault_of_the_key_is_told(table, read):
    """Each planted fault that can be seen is in the report, as many times as the hidden key has it."""
    with (DATASETS.parent / "exercises" / "keys" / "val_commun_registers.csv").open(encoding="utf-8") as file:
        key = Counter(row["fault"] for row in csv.DictReader(file) if row["table"] == table)
    told = Counter()
    for (_, _, reason), count in read(DATASETS / f"{table}.csv").report.counts.items():
        told[reason] += count
    for fault, reason in TOLD.items():
        assert told[reason] == key[fault], fault
    # A number that lost its zeros is put right, unless what is left could be another number.
    lengths = told["siren_length"] + told["siret_length"] + told["leading_zero"]
    assert lengths == key["siren_truncated"] + key["zero_lost"]
    assert told["siret_shape"] + told["rna_shape"] == key["slash"]
