"""The tables of Val-Commun come from their generator, keep the published margins, and name nobody real."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from math import fsum
from pathlib import Path
from statistics import median

import pytest
import yaml

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
DATASETS, MAKE, KEYS = ROOT / "datasets", ROOT / "datasets" / "make", ROOT / "exercises" / "keys"
SOURCE = yaml.safe_load((MAKE / "val_commun.yaml").read_text(encoding="utf-8"))
PARAMETERS = SOURCE["parameters"]
REGISTERS = ("syn_rna", "syn_sirene", "syn_subsidies", "syn_contracts")
HAND = ("syn_actors", "syn_events", "syn_alliances", "syn_applications", "syn_measures_vc")
DRAWN = (
    "syn_epci", "syn_municipalities", "syn_organisations", "syn_ties", "syn_projects", "syn_participations",
    "syn_measurements", "syn_survey_2020", "syn_diagnoses", "syn_followup", *REGISTERS,
)  # fmt: skip


def value(name):
    """The value of a parameter."""
    return PARAMETERS[name]["value"]


def read(name, folder=DATASETS):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


TABLES = {name: read(name) for name in (*HAND, *DRAWN)}
ORGANISATIONS = {row["org_id"]: row for row in TABLES["syn_organisations"]}
ASSOCIATIONS = [row for row in ORGANISATIONS.values() if row["kind"] == "association"]


def share(rows, condition, weight="survey_weight"):
    """The weighted share of rows that meet a condition, in percent."""
    whole = fsum(float(row[weight]) for row in rows)
    return 100 * fsum(float(row[weight]) for row in rows if condition(row)) / whole


# --- Bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_regenerated_byte_for_byte(generator, made, name):
    """The generator writes the very bytes that are committed."""
    assert generator.as_csv(made[0][name]) == (DATASETS / f"{name}.csv").read_bytes()


def test_key_is_the_generator_s(generator, made):
    """The committed key of the faults is what the generator writes."""
    assert generator.as_csv(made[2]) == (KEYS / generator.KEY_TABLE).read_bytes()


def test_command_checks(tmp_path):
    """The command of the README finds the committed files as they should be."""
    command = [sys.executable, str(MAKE / "val_commun.py"), "--check"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 files are what the generator writes (seed 20200507)" in done.stdout


def test_generator_needs_the_standard_library_only():
    """Without site packages the generator can be imported: a browser and any Python can run it."""
    code = (
        f"import sys; sys.path.insert(0, {str(MAKE)!r}); import val_commun; print(len(val_commun.written()))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.stdout.strip() == "2", done.stderr


def test_another_seed_gives_other_tables(generator, made):
    """Another seed draws others everywhere, and the fixed things stay: places and who is in the story."""
    key = yaml.safe_load((KEYS / "val_commun.yaml").read_text(encoding="utf-8"))
    other = generator.generate(generator.parameters(SOURCE), key, generator.written(), 7)[0]
    first, second = generator.hashes(made[0]), generator.hashes(other)
    assert [name for name in DRAWN if first[name] == second[name]] == []
    assert [row["name"] for row in made[0]["syn_municipalities"]] == [
        row["name"] for row in other["syn_municipalities"]
    ]


def test_key_seed_moves_only_what_is_hidden(generator, made):
    """Another key moves faults, scores and outcomes, not the background."""
    key = yaml.safe_load((KEYS / "val_commun.yaml").read_text(encoding="utf-8")) | {"key_seed": 1}
    other = generator.generate(generator.parameters(SOURCE), key, generator.written(), SOURCE["seed"])[0]
    first, second = generator.hashes(made[0]), generator.hashes(other)
    moved = {name for name in DRAWN if first[name] != second[name]}
    assert moved == {"syn_measurements", "syn_diagnoses", "syn_followup", *REGISTERS}


def test_size():
    """All the tables together stay below 2.5 MB."""
    assert sum((DATASETS / f"{name}.csv").stat().st_size for name in TABLES) < 2_500_000


def test_rows():
    """Each table has the size that the design names."""
    sizes = {name: len(rows) for name, rows in TABLES.items()}
    assert {name: sizes[name] for name in HAND} == dict(zip(HAND, (12, 16, 8, 12, 21), strict=True))
    fixed = dict(zip(DRAWN[:8], (3, 64, 2000, 3200, 420, 1700, 2100, 1500), strict=True))
    assert {name: sizes[name] for name in fixed} == fixed
    assert sizes["syn_followup"] == 256
    for name, planned in zip(REGISTERS, (1200, 1800, 2500, 600), strict=True):
        assert sizes[name] == planned + round(value("dirt_rates")["duplicated"] * planned)


# --- Parameters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameter_says_what_it_rests_on(name):
    """A parameter names a source, or how it is derived, or why it is assumed: one of the three."""
    entry = PARAMETERS[name]
    basis = set(entry) & {"source", "derived", "assumption"}
    assert len(basis) == 1
    assert "source" not in entry or entry["source"] in SOURCE["sources"]
    assert set(entry) <= {"value", "note"} | basis


def test_no_true_value_outside_the_key():
    """Nothing under datasets/ holds a planted effect: they stand in exercises/keys/, which never travels."""
    for path in [*MAKE.glob("val_commun*"), *DATASETS.glob("val_commun*.md")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"key_seed: \d|\bpull: \d|beneficiaries_ratio: \d", text), path.name


# --- Nobody real --------------------------------------------------------------------------------------------


def luhn(number):
    digits = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit // 10 + digit % 10 for digit in digits) % 10 == 0


def test_sirens_are_in_a_range_that_nobody_holds(made):
    """Every SIREN is below 000100000, under the lowest number of the published stock, with a valid key."""
    tables, clean, _ = made
    found = {
        row["siren"] for row in [*tables["syn_organisations"], *clean["syn_sirene"], *tables["syn_epci"]]
    } - {""}
    assert len(found) > 1700
    assert all(len(number) == 9 and number < "000100000" and luhn(number) for number in found)
    sirets = {row["siret"] for row in clean["syn_rna"]}
    sirets |= {row[column] for row in clean["syn_subsidies"] for column in ("idAttribuant", "idBeneficiaire")}
    sirets |= {row[column] for row in clean["syn_contracts"] for column in ("acheteur.id", "titulaire.id")}
    assert all(len(number) == 14 and luhn(number) and number[:9] in found for number in sirets - {""})


def test_sirens_are_unique(made):
    """No two organisations share a SIREN or an RNA number."""
    for column in ("siren", "rna"):
        found = [row[column] for row in made[0]["syn_organisations"] if row[column]]
        assert len(found) == len(set(found))
    assert len({row["siren"] for row in made[1]["syn_sirene"]}) == 1800


def test_places_are_in_a_departement_that_does_not_exist(made):
    """Codes of communes, postal codes and RNA numbers say département 00."""
    assert all(
        row["municipality_code"][:2] == row["postal_code"][:2] == "00"
        for row in made[0]["syn_municipalities"]
    )
    assert all(re.fullmatch(r"W00\d{7}", row["rna"]) for row in ASSOCIATIONS)
    assert {row["lieuExecution.code"] for row in made[1]["syn_contracts"]} == {"00"}


def plain(name):
    letters = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in letters if letter.isalpha())


def test_places_are_not_real():
    """No place bears the name of a commune or EPCI of the reference territory."""
    real = {plain(row["name"]) for name in ("communes", "epci") for row in read(name)}
    assert len(real) > 30_000
    names = [row["name"] for name in ("syn_municipalities", "syn_epci") for row in TABLES[name]]
    assert [name for name in names if plain(name) in real] == []


def test_every_name_holds_an_invented_place():
    """A generated organisation is named after an invented place, so that none passes for a real one."""
    places = [row["name"].removeprefix("Les ") for row in TABLES["syn_municipalities"]] + [
        "Trois-Gués",
        "Sorvane",
        "Haut-Pré",
    ]
    assert [
        row["name"] for row in ORGANISATIONS.values() if not any(place in row["name"] for place in places)
    ] == []


def test_no_personal_column_is_filled():
    """The columns of the registers that could hold something about a person are empty."""
    columns = (
        "dir_civilite",
        "telephone",
        "email",
        "siteweb",
        "adrg_declarant",
        "adrg_libvoie",
        "observation",
    )
    assert {row[column] for row in TABLES["syn_rna"] for column in columns} == {""}


# --- Margins ------------------------------------------------------------------------------------------------


def test_employers_and_domains():
    """Weighted, 13.4 % of associations employ and the domains have their published shares."""
    assert share(ASSOCIATIONS, lambda row: row["employer"] == "true") == pytest.approx(13.4, abs=0.1)
    for domain, expected in value("domain_shares").items():
        assert share(ASSOCIATIONS, lambda row, name=domain: row["domain"] == name) == pytest.approx(
            expected, abs=2
        )


@pytest.mark.parametrize("label", ["under_10k", "10k_to_500k", "over_500k"])
def test_budget_classes(label):
    """Weighted, each class of budget has its published share (2 points) and mean (5 %), within its bounds."""
    rows = [row for row in ASSOCIATIONS if row["budget_class"] == label]
    assert share(ASSOCIATIONS, lambda row: row["budget_class"] == label) == pytest.approx(
        100 * value("budget_class_shares")[label], abs=2
    )
    weights = [float(row["survey_weight"]) for row in rows]
    average = fsum(float(row["budget_eur"]) * one for row, one in zip(rows, weights, strict=True)) / fsum(
        weights
    )
    assert average == pytest.approx(value("budget_class_means_eur")[label], rel=0.05)
    low, high = value("budget_class_bounds_eur")[label]
    assert all(low <= int(row["budget_eur"]) <= high for row in rows)


@pytest.mark.parametrize(("employer", "expected"), [("true", 49), ("false", 11)])
def test_public_share(employer, expected):
    """The mean public share of budgets is the published one, for employers and for others."""
    found = [float(row["public_share_pct"]) for row in ASSOCIATIONS if row["employer"] == employer]
    assert fsum(found) / len(found) == pytest.approx(expected, abs=2)


def tied(kind):
    """The associations that have a tie with that kind."""
    return {
        row["org_a"]
        for row in TABLES["syn_ties"]
        if ORGANISATIONS[row["org_b"]]["kind"] == kind
        and ORGANISATIONS[row["org_a"]]["kind"] == "association"
    }


@pytest.mark.parametrize(
    ("kind", "employer", "expected"),
    [("company", "true", 53), ("company", "false", 35), ("public_body", "true", 89)],
)
def test_tied_shares(kind, employer, expected):
    """Associations are tied to companies and authorities as often as the surveys say."""
    group = [row for row in ASSOCIATIONS if row["employer"] == employer]
    known = tied(kind)
    assert 100 * sum(row["org_id"] in known for row in group) / len(group) == pytest.approx(expected, abs=2)


def test_tied_to_authorities_overall():
    """Weighted, 74 % of associations are tied to an authority."""
    known = tied("public_body")
    assert share(ASSOCIATIONS, lambda row: row["org_id"] in known) == pytest.approx(74, abs=2)


def test_companies_in_ties():
    """37 % of companies are tied to associations, 7.6 ties each."""
    count = Counter(
        row["org_b"]
        for row in TABLES["syn_ties"]
        if ORGANISATIONS[row["org_b"]]["kind"] == "company"
    )  # fmt: skip
    companies = value("organisations")["company"]
    assert 100 * len(count) / companies == pytest.approx(37, abs=2)
    assert sum(count.values()) / len(count) == pytest.approx(7.6, rel=0.05)
    assert max(count.values()) > 3 * 7.6


@pytest.mark.parametrize(("column", "name"), [("a", "associations"), ("b", "companies")])
def test_families_seen(column, name):
    """Each side sees the families in its own published proportions, brought back to 100."""
    rows = [row[f"family_seen_by_{column}"] for row in TABLES["syn_ties"] if row[f"family_seen_by_{column}"]]
    shares = value(f"family_seen_by_{name}")
    for family, published in shares.items():
        expected = 100 * published / sum(shares.values())
        assert 100 * rows.count(family) / len(rows) == pytest.approx(expected, abs=2)


def test_the_two_sides_disagree():
    """Both sides of a tie read it alike more often than by chance, and far from always."""
    pairs = [
        (row["family_seen_by_a"], row["family_seen_by_b"])
        for row in TABLES["syn_ties"]
        if row["family_seen_by_a"]
    ]
    same = sum(a == b for a, b in pairs) / len(pairs)
    assert 0.4 < same < 0.8


def test_shock_of_2020():
    """Ties alive in 2020 are in the published states; about six uncertain ones in ten are kept."""
    live = [row for row in TABLES["syn_ties"] if row["state_2020"]]
    for state, expected in value("shock_2020").items():
        assert 100 * sum(row["state_2020"] == state for row in live) / len(live) == pytest.approx(
            expected, abs=1
        )
    uncertain = [row for row in live if row["state_2020"] == "uncertain"]
    ended = sum(row["end_reason"] == "crisis_2020" for row in uncertain) / len(uncertain)
    assert ended == pytest.approx(0.4, abs=0.06)
    assert all(row["year_start"] == "2020" for row in live if row["state_2020"] == "new")


def test_gifts():
    """The mean gift of small and middle companies is the published one (5 %), the median near (20 %)."""
    gifts = defaultdict(float)
    for row in TABLES["syn_ties"]:
        if row["family_seen_by_b"] == "giving" and row["amount_eur"]:
            gifts[row["org_b"]] += float(row["amount_eur"])
    found = [gift for name, gift in gifts.items() if ORGANISATIONS[name]["subkind"] in {"10_49", "50_249"}]
    assert fsum(found) / len(found) == pytest.approx(value("gift_mean_eur")["sme"], rel=0.05)
    assert median(found) == pytest.approx(value("gift_median_eur"), rel=0.2)


def test_survey_margins():
    """Weighted, the survey gives the published shares within a point; raw, it does not."""
    rows = TABLES["syn_survey_2020"]
    for state, expected in value("shock_2020").items():
        found = share(rows, lambda row, name=state: row["partnership_state"] == name, "weight")
        assert found == pytest.approx(expected, abs=1)
    assert share(rows, lambda row: int(row["activity_pct"]) < 20, "weight") == pytest.approx(70, abs=1)
    raw = 100 * sum(int(row["activity_pct"]) < 20 for row in rows) / len(rows)
    assert raw < 65
    assert fsum(float(row["weight"]) for row in rows) == pytest.approx(1500, abs=1)


def test_registers_see_what_they_see(made):
    """Weighted, about 40 % of associations have a SIREN; the register of associations holds every one."""
    assert share(ASSOCIATIONS, lambda row: row["siren"] != "") == pytest.approx(40, abs=3)
    assert {row["id"] for row in made[1]["syn_rna"]} == {row["rna"] for row in ASSOCIATIONS}


def test_contracts_with_several_holders(made):
    """About 12 % of contracts have several holders, whose rows repeat the amount."""
    holders = Counter(row["id"] for row in made[1]["syn_contracts"])
    several = sum(count > 1 for count in holders.values()) / len(holders)
    assert several == pytest.approx(0.12, abs=0.03)


# --- Faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REGISTERS)
def test_key_repairs_the_register(made, name):
    """Undoing each fault of the key gives the clean register back: the key is complete."""
    tables, clean, key = made
    rows = {row["line"]: dict(row) for row in tables[name]}
    twins = set()
    for fault in key:
        if fault["table"] == name and fault["fault"] == "duplicated":
            twins.add(fault["line"])
        elif fault["table"] == name:
            assert rows[fault["line"]][fault["column"]] != fault["clean_value"]
            rows[fault["line"]][fault["column"]] = fault["clean_value"]
    repaired = [
        {column: row[column] for column in row if column != "line"}
        for line, row in rows.items()
        if line not in twins
    ]
    assert repaired == clean[name]


def test_fault_rates(made):
    """Each fault falls at its declared rate, as a share of the cells where it can fall."""
    tables, clean, key = made
    amounts = [row for row in key if (row["table"], row["fault"]) == ("syn_subsidies", "comma")]
    extra = len(tables["syn_subsidies"]) - len(clean["syn_subsidies"])
    assert len(amounts) == pytest.approx(value("dirt_rates")["comma"] * 2500, abs=extra)
    assert {row["fault"] for row in key} == set(value("dirt_rates"))


def test_no_key_among_the_tables():
    """No file of datasets/ holds the key, and no column of a register says where a fault is."""
    assert not list(DATASETS.rglob("*registers*.csv"))
    assert not [
        column for name in REGISTERS for column in TABLES[name][0] if "fault" in column or "clean" in column
    ]


def test_official_shapes(generator, made):
    """The official shapes: RNA in ISO-8859-1 with semicolons and 41 columns, DECP as JSON without doubles."""
    files = generator.official_files(made[0])
    head = files["rna_waldec_fictif_dpt_00.csv"].decode("latin-1").splitlines()[0].split(";")
    assert (len(head), head[0], head[-1]) == (42, '"id"', '"synthetic"')
    assert b'"synthetic": true' in files["decp_fictif.json"][:40]


# --- Identities ---------------------------------------------------------------------------------------------


def test_populations_add_up():
    """The populations of municipalities make up that of their EPCI."""
    for area in TABLES["syn_epci"]:
        parts = [
            int(row["population"])
            for row in TABLES["syn_municipalities"]
            if row["epci_id"] == area["epci_id"]
        ]
        assert (sum(parts), len(parts)) == (int(area["population"]), int(area["municipalities"]))


def test_an_organisation_is_where_its_municipality_is():
    """An organisation's EPCI is that of its municipality."""
    area = {row["municipality_code"]: row["epci_id"] for row in TABLES["syn_municipalities"]}
    assert [
        row["org_id"] for row in ORGANISATIONS.values() if area[row["municipality_code"]] != row["epci_id"]
    ] == []


def test_ties_live_while_both_ends_live():
    """A tie starts after both ends were created and ends before either closes; it ends after it starts."""
    for row in TABLES["syn_ties"]:
        start, end = int(row["year_start"]), int(row["year_end"] or 2025)
        ends = [ORGANISATIONS[row["org_a"]], ORGANISATIONS[row["org_b"]]]
        assert start >= max(int(one["year_created"]) for one in ends), row
        assert start <= end <= min(int(one["year_closed"] or 2025) for one in ends), row
        assert bool(row["year_end"]) == bool(row["end_reason"]), row
    assert len({(row["org_a"], row["org_b"]) for row in TABLES["syn_ties"]}) == 3200


def test_one_lead_a_project():
    """Every project has one lead, measurements within its years, and members that existed."""
    leads = Counter(row["project_id"] for row in TABLES["syn_participations"] if row["role"] == "lead")
    assert leads == {row["project_id"]: 1 for row in TABLES["syn_projects"]}
    spans = {
        row["project_id"]: (int(row["year_start"]), int(row["duration_years"]))
        for row in TABLES["syn_projects"]
    }
    for row in TABLES["syn_measurements"]:
        start, years = spans[row["project_id"]]
        assert start <= int(row["year"]) < start + years
    assert max(Counter(row["project_id"] for row in TABLES["syn_participations"]).values()) == 15


def test_stubs_of_the_story_are_in_the_background():
    """Each of the twelve is one row of the organisations, under the same name, kind and place."""
    found = {row["actor_id"]: row for row in ORGANISATIONS.values() if row["actor_id"]}
    assert set(found) == {row["actor_id"] for row in TABLES["syn_actors"]}
    for actor in TABLES["syn_actors"]:
        for column in ("name", "kind", "subkind", "municipality_code", "year_created", "headcount"):
            assert found[actor["actor_id"]][column] == actor[column], actor["actor_id"]


def test_the_hand_written_tables_name_the_twelve():
    """Events, alliances, applications and measures name organisations of the story only."""
    known = {row["actor_id"] for row in TABLES["syn_actors"]}
    for name, columns in {
        "syn_events": ("actors",), "syn_alliances": ("partners",), "syn_applications": ("lead", "partners"),
        "syn_measures_vc": ("owner",),
    }.items():  # fmt: skip
        for row in TABLES[name]:
            for column in columns:
                assert set(row[column].split(";")) <= known, row


def test_measures_are_seven_a_horizon_and_can_be_scheduled():
    """Seven measures a horizon, within its months, none before what it depends on is finished."""
    rows = {row["measure_id"]: row for row in TABLES["syn_measures_vc"]}
    assert Counter(row["horizon"] for row in rows.values()) == {
        "operational": 7,
        "strategic": 7,
        "political": 7,
    }
    months = {"operational": (3, 9), "strategic": (6, 12), "political": (12, 18)}
    end = {name: int(row["start_month"]) + int(row["duration_months"]) for name, row in rows.items()}
    for name, row in rows.items():
        low, high = months[row["horizon"]]
        assert low <= int(row["start_month"]) < end[name] <= high, name
        assert all(end[other] <= int(row["start_month"]) for other in row["depends"].split(";") if other), (
            name
        )


def test_applications_ask_for_more_than_there_is():
    """The requests exceed the 300 000 euros of the Fund, and each is consistent."""
    rows = TABLES["syn_applications"]
    assert sum(int(row["requested_eur"]) for row in rows) > 300_000
    for row in rows:
        assert int(row["requested_eur"]) <= int(row["total_eur"])
        assert int(row["people_low"]) <= int(row["people_likely"]) <= int(row["people_high"])
        assert row["lead"] == row["partners"].split(";")[0]


def test_story_sheet_says_what_the_tables_say():
    """The story sheet names the twelve, the years of the events and the measures, in both languages."""
    text = (DATASETS / "val_commun.md").read_text(encoding="utf-8")
    french, english = text.split("\n# Val-Commun (English)\n")
    for part in (french, english):
        assert [row["name"] for row in TABLES["syn_actors"] if row["name"] not in part] == []
        assert [row["year"] for row in TABLES["syn_events"] if row["year"] not in part] == []
    assert [row["title_fr"] for row in TABLES["syn_events"] if row["title_fr"] not in french] == []
    assert [row["title_en"] for row in TABLES["syn_events"] if row["title_en"] not in english] == []


def test_vignettes_are_part_of_the_story():
    """Each situation of the course has its place in the chronology."""
    named = {row["case_id"] for row in TABLES["syn_events"]} - {""}
    assert named == {row["case_id"] for row in read("syn_vignettes")}
