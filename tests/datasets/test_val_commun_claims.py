"""What the model card of Val-Commun says is what tables, parameters and key hold."""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections import Counter
from math import log, sqrt
from pathlib import Path
from statistics import median, quantiles

import pytest
import yaml

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
DATASETS, MAKE, KEYS = ROOT / "datasets", ROOT / "datasets" / "make", ROOT / "exercises" / "keys"
SOURCE = yaml.safe_load((MAKE / "val_commun.yaml").read_text(encoding="utf-8"))
KEY = yaml.safe_load((KEYS / "val_commun.yaml").read_text(encoding="utf-8"))
REGISTERS = ("syn_rna", "syn_sirene", "syn_subsidies", "syn_contracts")


def value(name):
    """The value of a parameter."""
    return SOURCE["parameters"][name]["value"]


def read(name, folder=DATASETS):
    """The rows of a table, as texts."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


# --- One place for every number -----------------------------------------------------------------------------

#: Numbers of arithmetic and of file formats, not of the model: counts of digits, halves, percent, thousands.
ARITHMETIC = {*range(13), 100, 1000, 364, 2012, 2020, 2023, 2025, 10_000}
TECHNICAL = {"val_commun_draws.py", "val_commun_names.py", "val_commun.py"}


@pytest.mark.parametrize(
    "path", [path for path in sorted(MAKE.glob("val_commun*.py")) if path.name not in TECHNICAL],
    ids=lambda path: path.stem,
)  # fmt: skip
def test_numbers_of_the_model_are_parameters(path):
    """No number that decides on the data is in the code: each is a parameter, with what it rests on."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = {"_BANDS", "NEEDS", "EPCI"}  # classes of Sirene, goals of the 2030 Agenda
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in tables
        for inner in ast.walk(node)
    }
    numbers = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in {int, float} and id(node) not in skipped
    }
    technical = {0.05, 0.5, 1.0, 2.0, 10.0, 50, 60}  # bounds of a solver, halves, weights of the story, tries
    assert sorted(numbers - ARITHMETIC - technical) == []


def test_every_parameter_is_used(generator):
    """A parameter that no line of the generator reads would promise what is not done."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in MAKE.glob("val_commun*.py"))
    by_side = {"family_seen_by_companies", "family_seen_by_associations"}  # put together
    names = set(SOURCE["parameters"]) - by_side - {"gift_median_eur"}  # gift_sigma comes of it
    assert [name for name in sorted(names) if not re.search(rf"""["']{name}["']""", code)] == []
    assert generator.parameters(SOURCE)["ties"] == 3200


def test_every_source_is_used():
    """A document cited at the head of the parameters backs one of them at least."""
    text = (MAKE / "val_commun.yaml").read_text(encoding="utf-8").partition("\nparameters:")[2]
    assert [name for name in SOURCE["sources"] if name not in text] == []


def test_sources_in_the_table_of_sources():
    """Every document is in the table of sources, with its bias; only code read for its comments is not."""
    known = {row["source_id"]: row for row in read("sources")}
    for name, one in SOURCE["sources"].items():
        assert name == "company_directory" or known[one["table_id"]]["bias_fr"], name


def _numbers(found):
    if isinstance(found, dict):
        return [number for part in found.values() for number in _numbers(part)]
    return [found]


SOURCED = [
    name for name, one in SOURCE["parameters"].items() if one.get("source", "decoupage") != "decoupage"
]


@pytest.mark.parametrize("name", SOURCED)
def test_a_sourced_number_is_a_fact_of_its_source(name):
    """A number that names a document is one of the facts taken from it, as such or in percent."""
    document = SOURCE["sources"][SOURCE["parameters"][name]["source"]]["table_id"]
    facts = [
        float(row["value"])
        for row in read("facts")
        if row["value"] and document in {row["source_id"], *row["also_sources"].split(";")}
    ]
    for number in _numbers(value(name)):
        scales = (number, 100 * number, number / 1e6)
        assert any(one == pytest.approx(fact) for one in scales for fact in facts), (name, number)


DERIVED = {
    "employer_population_share": 170_000 / 1_270_000,
    "budget_class_means_eur": [
        0.04 * 113.3e9 / (0.75 * 1.5e6), 0.25 * 113.3e9 / (0.237 * 1.5e6), 0.71 * 113.3e9 / 19_500,
    ],
    "employer_budget_mix": [0.05, 1.3 / 13.4],
    "partnering_before_2012_share": 28.5 / 37,
    "company_entry_years": [2012, 2015],
    "company_tie_slope": (log(0.5 / 0.5) - log(0.2 / 0.8)) / 2.5,
    "gift_sigma": sqrt(2 * log(10_800 / 2414)),
    "sirene_population_share": 0.8 / 2,
    "subsidy_sigma": sqrt(2 * log(78_000 / 5000)),
    "missing_ratio": [2 * 0.75, 2 * 0.25],
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, one in SOURCE["parameters"].items() if "derived" in one])
def test_a_derived_number_follows(name):
    """A number that is said to follow from published ones does, within two per cent."""
    found = value(name)
    assert (_numbers(found) if isinstance(found, dict) else found) == pytest.approx(DERIVED[name], rel=0.02)


# --- Faults -------------------------------------------------------------------------------------------------


def _places(fault, columns, rows):
    """The cells where a fault can fall."""
    cells = [row[column] for row in rows for column in columns if row[column]]
    return [cell for cell in cells if not cell.isascii()] if fault == "mojibake" else cells


@pytest.mark.parametrize("table", REGISTERS)
def test_each_fault_has_its_declared_rate(made, table):
    """Counted in the key, without the second copy of a doubled line, each fault is at its declared rate."""
    sys.path.insert(0, str(MAKE))
    try:
        from val_commun_dirt import FAULTS
    finally:
        sys.path.remove(str(MAKE))
    _, clean, key = made
    mine = [row for row in key if row["table"] == table]
    twins = {row["line"] for row in mine if row["fault"] == "duplicated"}
    count = Counter(row["fault"] for row in mine if row["fault"] == "duplicated" or row["line"] not in twins)
    rates = value("dirt_rates")
    assert set(count) == set(FAULTS[table])
    assert count["duplicated"] == round(rates["duplicated"] * len(clean[table]))
    for fault, columns in FAULTS[table].items():
        if fault == "duplicated":
            continue
        assert count[fault] == round(rates[fault] * len(_places(fault, columns, clean[table]))), fault


def test_the_card_gives_the_declared_rates():
    """The rates of the model card, French and English, are the parameters."""
    french, english = (DATASETS / "val_commun_card.md").read_text(encoding="utf-8").split("\n# Model card")
    rates = {f"{100 * rate:g}" for rate in value("dirt_rates").values()}
    told = re.search(r"Fautes des registres(.*?)lignes en double 1,5 %", french, re.DOTALL)[0]
    assert {number.replace(",", ".") for number in re.findall(r"([\d,]+) %", told)} == rates
    told = re.search(r"Faults of the registers(.*?)lines 1\.5%", english, re.DOTALL)[0]
    assert set(re.findall(r"([\d.]+)%", " ".join(told.split()))) == rates


# --- Margins that no other test holds ---------------------------------------------------------------------


def test_epci_populations_come_from_real_ones():
    """The quantiles of the parameters are those of real EPCI, and the three invented ones lie between."""
    real = {}
    for row in read("epci"):
        real.setdefault(row["kind"], []).append(int(row["municipal_population"]))
    for row in read("syn_epci"):
        cuts = quantiles(real[row["kind"]], n=4, method="inclusive")
        planned = value("epci_population_quantiles")[row["kind"]]
        assert planned[2:] == pytest.approx(cuts, rel=0.01), row["kind"]
        assert min(real[row["kind"]]) == planned[0]
        assert cuts[0] <= int(row["population"]) <= cuts[2]


def test_grants_of_authorities_have_the_published_median(made):
    """Grants have the published median (20 %), and those of municipalities a third of it (15 %)."""
    kinds = {row["name"]: row["subkind"] for row in read("syn_organisations")}
    grants = {True: [], False: []}
    for row in made[1]["syn_subsidies"]:
        grants[kinds[row["nomAttribuant"]] == "municipality"].append(float(row["montant"]))
    assert median(grants[False]) == pytest.approx(value("subsidy_median_eur"), rel=0.2)
    assert median(grants[True]) == pytest.approx(value("subsidy_median_eur") / 3, rel=0.15)


def test_ties_of_a_tied_association():
    """As the card says, a tied association has about 3.3 companies: less than the 4.5 of its survey."""
    kinds = {row["org_id"]: row["kind"] for row in read("syn_organisations")}
    count = Counter(
        row["org_a"]
        for row in read("syn_ties")
        if (kinds[row["org_a"]], kinds[row["org_b"]]) == ("association", "company")
    )
    assert sum(count.values()) / len(count) == pytest.approx(3.3, abs=0.1)


@pytest.mark.parametrize("seed", [7, 11, 22])
def test_other_seeds_make_sound_ties(generator, seed):
    """For a cohort of one's own too, ties are distinct, no firm takes all, and both ends were there."""
    tables = generator.generate(generator.parameters(SOURCE), KEY, generator.written(), seed)[0]
    people = {row["org_id"]: row for row in tables["syn_organisations"]}
    assert len({(row["org_a"], row["org_b"]) for row in tables["syn_ties"]}) == value("ties")
    for row in tables["syn_ties"]:
        ends = [people[row["org_a"]], people[row["org_b"]]]
        assert row["year_start"] >= max(one["year_created"] for one in ends)
        assert (row["year_end"] or 2025) <= min(one["year_closed"] or 2025 for one in ends)
    firms = Counter(row["org_b"] for row in tables["syn_ties"] if people[row["org_b"]]["kind"] == "company")
    assert max(firms.values()) < 100


def test_registers_tell_nothing_impossible(made):
    """Names are distinct; nobody gets a grant or a contract before being created or after closing."""
    tables, clean, _ = made
    people = tables["syn_organisations"]
    assert len({row["name"] for row in people}) == len(people)
    by_siren = {row["siren"]: row for row in people if row["siren"]}
    by_rna = {row["rna"]: row for row in people if row["rna"]}
    events = [
        (by_siren.get(row["idBeneficiaire"][:9]) or by_rna[row["rnaBeneficiaire"]], row["dateConvention"])
        for row in clean["syn_subsidies"]
    ]
    events += [(by_siren[row["titulaire.id"][:9]], row["dateNotification"]) for row in clean["syn_contracts"]]
    for holder, day in events:
        assert holder["year_created"] <= int(day[:4]) <= (holder["year_closed"] or 2025), holder["name"]
    for row in clean["syn_rna"]:
        assert row["date_creat"] <= row["date_decla"] <= row["date_publi"]
        assert row["date_creat"] <= row["maj_time"][:10] <= "2025-12-31"


# --- What a learner receives --------------------------------------------------------------------------------


def test_no_learner_receives_the_key():
    """No table, lesson, exercise or line of the package holds a value of the key."""
    marks = ("key_seed", "clean_value", "one_partner_apart", "beneficiaries_ratio", "new_site_on_return")
    kinds = {".csv", ".json", ".md", ".toml", ".yaml", ".ipynb", ".py", ".js"}
    files = [
        path
        for folder in (DATASETS, ROOT / "modules", ROOT / "src" / "alliances", ROOT / "site")
        for path in folder.rglob("*")
        if path.suffix in kinds and MAKE not in path.parents
    ]
    files += [path for path in (ROOT / "exercises").glob("*/*.*") if path.parent != KEYS]
    assert len(files) > 100
    found = [path for path in files if any(mark in path.read_text(encoding="utf-8") for mark in marks)]
    assert found == []
