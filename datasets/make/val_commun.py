"""Generates the tables of Val-Commun, the fictional territory of the course.

    python datasets/make/val_commun.py                      writes datasets/syn_*.csv and the committed key
    python datasets/make/val_commun.py --check              are the committed files what it writes?
    python datasets/make/val_commun.py --clean FOLDER       the registers without faults (for trainers)
    python datasets/make/val_commun.py --official FOLDER    the registers as the official files look
    python datasets/make/val_commun.py --output FOLDER --seed 7 --key-file mine.yaml   a cohort of one's own

Parameters: ``val_commun.yaml``; what was planted: ``exercises/keys/val_commun.yaml``; what people wrote:
``syn_actors``, ``syn_events``, ``syn_alliances``, ``syn_applications``, ``syn_measures`` (edited by hand).
``generate`` is the standard library only and gives the same bytes on Python 3.11 to 3.13 and in the browser;
only the command reads YAML.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

import val_commun_alliances as alliances
import val_commun_dirt as dirt
import val_commun_organisations as places
import val_commun_projects as work
import val_commun_registers as registers
import val_commun_survey as crisis
import val_commun_ties as links
from val_commun_draws import Draws

__all__ = ["KEY_TABLE", "as_csv", "generate", "hashes", "official_files", "parameters", "written"]

Row = dict[str, Any]

FOLDER: Final = Path(__file__).resolve().parents[1]
KEYS: Final = FOLDER.parent / "exercises" / "keys"
KEY_FILE: Final = KEYS / "val_commun.yaml"
KEY_TABLE: Final = "val_commun_registers.csv"
WRITTEN: Final = ("syn_actors", "syn_alliances")


def parameters(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return name → value of the parameters of ``val_commun.yaml`` once read."""
    return {name: entry["value"] for name, entry in source["parameters"].items()}


def written(folder: Path = FOLDER) -> dict[str, list[dict[str, str]]]:
    """Return the tables written by hand that the generator reads."""
    found = {}
    for name in WRITTEN:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


def generate(
    values: dict[str, Any], key: dict[str, Any], hand: dict[str, list[dict[str, str]]], seed: int
) -> tuple[dict[str, list[Row]], dict[str, list[Row]], list[Row]]:
    """Return the tables, the four registers without faults, and the key of the faults.

    Each table has a seed of its own, made of ``seed`` and its name: adding one moves none. Faults, members
    of the service, scores and effects also follow ``key_seed``, so that the public seed does not give them.
    """

    def draws(name: str, *, hidden: bool = False) -> Draws:
        return Draws(seed + (key["key_seed"] if hidden else 0), name)

    tables: dict[str, list[Row]] = {}
    tables["syn_epci"] = places.epci(values, draws("syn_epci"))
    towns = places.municipalities(values, tables["syn_epci"], draws("syn_municipalities"))
    tables["syn_municipalities"] = towns
    people = places.organisations(values, towns, hand["syn_actors"], draws("syn_organisations"))
    tables["syn_organisations"] = people
    tables["syn_ties"] = links.ties(values, people, draws("syn_ties"))
    tables["syn_projects"] = work.projects(values, towns, draws("syn_projects"))
    members = work.participations(values, tables["syn_projects"], people, draws("syn_participations"))
    tables["syn_participations"] = members
    tables["syn_measurements"] = work.measurements(
        values, tables["syn_projects"], members, people, key, draws("syn_measurements", hidden=True)
    )
    tables["syn_survey_2020"] = crisis.survey(values, draws("syn_survey_2020"))
    tables["syn_diagnoses"] = alliances.diagnoses(
        values, hand["syn_alliances"], key, draws("syn_diagnoses", hidden=True)
    )
    tables["syn_followup"] = alliances.followup(values, towns, key, draws("syn_followup", hidden=True))
    clean = {
        "syn_rna": registers.rna_register(values, people, towns, draws("syn_rna")),
        "syn_sirene": registers.legal_units(values, people, draws("syn_sirene")),
        "syn_subsidies": registers.subsidies(values, people, tables["syn_ties"], draws("syn_subsidies")),
        "syn_contracts": registers.contracts(values, people, draws("syn_contracts")),
    }
    faults: list[Row] = []
    for name, rows in clean.items():
        tables[name], found = dirt.soil(
            name, rows, values["dirt_rates"], values["digits_lost"], draws(f"{name}.faults", hidden=True)
        )
        faults += found
    return tables, clean, faults


def as_csv(rows: list[Row], *, synthetic: bool = True) -> bytes:
    """Return a table as it is stored: UTF-8, commas, line feeds; ``synthetic`` is its last column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*rows[0], *(["synthetic"] if synthetic else [])])
    for row in rows:
        cells = [str(cell).lower() if isinstance(cell, bool) else cell for cell in row.values()]
        writer.writerow([*cells, *(["true"] if synthetic else [])])
    return text.getvalue().encode("utf-8")


def hashes(tables: dict[str, list[Row]]) -> dict[str, str]:
    """Return the SHA-256 of each table as it is stored."""
    return {name: hashlib.sha256(as_csv(rows)).hexdigest() for name, rows in tables.items()}


def official_files(tables: dict[str, list[Row]]) -> dict[str, bytes]:
    """Return the registers in their official shapes: RNA in ISO-8859-1 with « ; », DECP 2 as JSON, two CSV.

    Each still says that it is synthetic: a column, or a member of the JSON.
    """
    found = {}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([*registers.RNA, "synthetic"])
    writer.writerows([[row[column] for column in registers.RNA] + ["true"] for row in tables["syn_rna"]])
    found["rna_waldec_fictif_dpt_00.csv"] = text.getvalue().encode("latin-1")
    for table, name, columns in (
        ("syn_sirene", "StockUniteLegale_fictif.csv", registers.SIRENE),
        ("syn_subsidies", "scdl_subventions_fictif.csv", registers.SCDL),
    ):
        found[name] = as_csv([{column: row[column] for column in columns} for row in tables[table]])
    marches: dict[str, Row] = {}
    for row in tables["syn_contracts"]:
        record = marches.setdefault(row["id"], _contract(row))
        record["titulaires"].append(
            {"titulaire": {"typeIdentifiant": row["titulaire.typeIdentifiant"], "id": row["titulaire.id"]}}
        )
    body = {"synthetic": True, "marches": {"marche": list(marches.values())}}
    found["decp_fictif.json"] = (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return found


def _contract(row: Row) -> Row:
    record: Row = {}
    for column in registers.DECP:
        outer, dot, inner = column.partition(".")
        if outer == "titulaire":
            continue
        if dot:
            record.setdefault(outer, {})[inner] = row[column]
        elif row[column] in {"true", "false"}:
            record[column] = row[column] == "true"
        elif column in {"offresRecues", "dureeMois"} or (column == "montant" and row[column].isdigit()):
            record[column] = int(row[column])
        elif column in {"techniques", "modalitesExecution", "typesPrix"} or column.startswith(
            "considerations"
        ):
            record[column] = [row[column]]
        else:
            record[column] = row[column]
    return {**record, "titulaires": []}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the tables; return 0, or 1 when ``--check`` finds a file that differs."""
    import yaml  # late: ``generate`` itself needs the standard library only

    parser = argparse.ArgumentParser(description="Generates the tables of Val-Commun (synthetic).")
    parser.add_argument("--output", type=Path, help="folder of the tables, instead of datasets/")
    parser.add_argument("--seed", type=int, help="instead of the one in val_commun.yaml")
    parser.add_argument(
        "--key-file", type=Path, default=KEY_FILE, help="what is planted, instead of the public key"
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the files that are there; write nothing"
    )
    parser.add_argument(
        "--clean", type=Path, metavar="FOLDER", help="write the registers without faults there"
    )
    parser.add_argument("--official", type=Path, metavar="FOLDER", help="write the official shapes there")
    options = parser.parse_args(arguments)
    source = yaml.safe_load((Path(__file__).with_suffix(".yaml")).read_text(encoding="utf-8"))
    key = yaml.safe_load(options.key_file.read_text(encoding="utf-8"))
    seed = source["seed"] if options.seed is None else options.seed
    tables, clean, faults = generate(parameters(source), key, written(), seed)
    if options.clean:
        _write(options.clean, {f"{name}.csv": as_csv(rows) for name, rows in clean.items()})
    if options.official:
        _write(options.official, official_files(tables))
    if options.clean or options.official:
        return 0
    target: Path = options.output or FOLDER
    files: dict[Path, bytes] = {target / f"{name}.csv": as_csv(rows) for name, rows in tables.items()}
    files[(options.output or KEYS) / KEY_TABLE] = as_csv(faults)
    if options.check:
        wrong = [path.name for path, data in files.items() if not path.is_file() or path.read_bytes() != data]
        print("\n".join(wrong) or f"{len(files)} files are what the generator writes (seed {seed})")
        return 1 if wrong else 0
    for path, data in files.items():
        _write(path.parent, {path.name: data})
    print(f"{target}: {len(tables)} tables, {sum(map(len, tables.values()))} rows, seed {seed}")
    return 0


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
