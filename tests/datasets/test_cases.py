"""The cases can be read honestly: both languages, neutral summaries, supported readings, no person."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
FAMILIES = [
    "giving", "responsible_practices", "economic_cooperation", "societal_innovation", "no_alliance",
]  # fmt: skip
TOOL = [
    "programme_malin", "mobiliz_wimoov", "siel_bleu", "simplon_microsoft", "mediaterre", "rejoue",
    "banques_alimentaires", "vivre_les_mureaux", "adie_contrat_impact", "strive_cincinnati",
    "val_commun_v04", "val_commun_v05",
]  # fmt: skip
EXERCISE = [
    "connexions_solidaires", "momartre", "pole_sud_archer", "logins", "tzcld", "entreprises_sengagent", "snc",
    "grameen_danone", "fondation_territoires", "val_commun_v01", "val_commun_v02", "val_commun_v03",
]  # fmt: skip

# The values by which a criterion can support a family (datasets/README.md); « unknown » supports none.
_TOGETHER = {
    "direction": ["both_ways"],
    "shared_risk": ["yes"],
    "shared_decision": ["yes"],
    "interdependence": ["yes"],
}
SUPPORT = {
    "giving": {"direction": ["to_association"]},
    "responsible_practices": {"direction": ["to_company"], "know_how": ["yes"]},
    "economic_cooperation": {"joint_offer": ["yes"], **_TOGETHER},
    "societal_innovation": {"new_solution": ["yes"], **_TOGETHER},
    "no_alliance": {
        "priced_order": ["yes"], "shared_risk": ["no"], "shared_decision": ["no"], "interdependence": ["no"],
    },
}  # fmt: skip

FAMILY_NAMES = re.compile(
    r"mécénat|pratiques? responsables?|coopération économique|innovation sociétale|contrat-(échange|alliance)"
    r"|corporate giving|philanthrop|responsible practice|economic cooperation|societal innovation",
    re.IGNORECASE,
)
# A form of address before a name, or a first name borne by people whom the sources quote.
PERSON = re.compile(
    r"\b(M\.|Mme|Monsieur|Madame|Mr|Mrs|Ms|Dr)\s+[A-ZÉ]"
    r"|\b(Martin|Patrick|Charles|Claire|Florence|Chantal|Marie|Marc|Muhammad|Franck|Christophe|Frédéric|Cathy)\b"
)


def read(name):
    """The rows of a table of cases, by identifier."""
    with (DATASETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["case_id"]: row for row in csv.DictReader(file)}


VIGNETTES = read("syn_vignettes")
CASES = {**read("cases"), **VIGNETTES}
BOTH = [(name, language) for name in CASES for language in ("fr", "en")]


def words(content):
    """The number of words, an elided article and its noun counting for one."""
    return len(re.findall(r"\w[\w'’\-]*", content))


def admissible(row):
    """The admissible families of a case, each with the criteria that support it."""
    parts = (part.partition(":") for part in row["admissible"].split(";"))
    return {family: criteria.split("+") for family, _, criteria in parts}


def test_counts():
    """There are twenty-nine documented cases and six invented ones."""
    assert (len(CASES) - len(VIGNETTES), len(VIGNETTES)) == (29, 6)


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_summary_length(name, language):
    """A summary has 60 to 110 words."""
    assert 60 <= words(CASES[name][f"summary_{language}"]) <= 110


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_summary_is_neutral(name, language):
    """A summary does not name a family: the reader is the one who reads."""
    assert FAMILY_NAMES.search(CASES[name][f"summary_{language}"]) is None


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_reason_length(name, language):
    """The team gives its reasons in at least 25 words."""
    assert words(CASES[name][f"team_reason_{language}"]) >= 25


@pytest.mark.parametrize("name", CASES)
def test_no_person_is_named(name):
    """A case names organisations and roles, never a person."""
    assert [cell for cell in CASES[name].values() if PERSON.search(cell)] == []


@pytest.mark.parametrize("name", CASES)
def test_admissible_includes_the_team(name):
    """The team's reading is the first of the admissible ones, and each is a family named once."""
    readings = admissible(CASES[name])
    assert next(iter(readings)) == CASES[name]["team_reading"]
    assert set(readings) <= set(FAMILIES)
    assert len(readings) == CASES[name]["admissible"].count(";") + 1


@pytest.mark.parametrize("name", CASES)
def test_admissible_is_supported(name):
    """Each criterion given for a reading is coded with a value that supports it, never as unknown."""
    row = CASES[name]
    for family, criteria in admissible(row).items():
        assert criteria
        assert len(criteria) == len(set(criteria))
        for criterion in criteria:
            assert row[criterion] in SUPPORT[family].get(criterion, []), (family, criterion)


@pytest.mark.parametrize("name", CASES)
def test_every_supporting_criterion_is_accepted(name):
    """No learner loses a point for a criterion that does support an admissible reading."""
    row = CASES[name]
    for family, criteria in admissible(row).items():
        own = [known for known, values in SUPPORT[family].items() if row[known] in values]
        assert sorted(criteria) == sorted(own), family


@pytest.mark.parametrize("name", CASES)
def test_unknown_in_both_languages(name):
    """What is unknown in French is unknown in English: endings and results say so in the same cases."""
    row = CASES[name]
    for french, english, column in (
        ("issue inconnue", "outcome unknown", "ending"),
        ("résultat non trouvé", "no result found", "result"),
    ):
        found = french in row[f"{column}_fr"].lower(), english in row[f"{column}_en"].lower()
        assert len(set(found)) == 1, column


@pytest.mark.parametrize("name", CASES)
def test_flags_agree(name):
    """A case whose evidence is the operator's own is flagged as such."""
    row = CASES[name]
    assert row["evidence"] != "self_reported" or row["self_reported"] == "true"


@pytest.mark.parametrize("name", CASES)
def test_figures_agree_between_languages(name):
    """A text has the same figures in both languages."""
    row = CASES[name]
    for column in (found.removesuffix("_fr") for found in row if found.endswith("_fr")):
        french = re.findall(r"\d+", re.sub(r"(?<=\d)[  ,](?=\d)", "", row[f"{column}_fr"]))
        english = re.findall(r"\d+", re.sub(r"(?<=\d)[,.](?=\d)", "", row[f"{column}_en"]))
        assert sorted(french) == sorted(english), column


@pytest.mark.parametrize("group", [TOOL, EXERCISE], ids=["tool", "exercise"])
def test_every_family_is_there_to_read(group):
    """Among twelve cases, each family is the team's reading at least twice, no alliance at least once."""
    count = dict.fromkeys(FAMILIES, 0)
    for name in group:
        count[CASES[name]["team_reading"]] += 1
    assert len(group) == sum(count.values()) == 12
    assert all(count[family] >= (1 if family == "no_alliance" else 2) for family in FAMILIES)


def test_tool_and_exercise_differ():
    """What the tool discusses is not what the exercise asks."""
    assert set(TOOL) & set(EXERCISE) == set()


def test_some_cases_have_one_reading_and_some_several():
    """Clear cases and mixed ones are both there, in the tool and in the exercise."""
    for group in (TOOL, EXERCISE):
        assert {1, 2} <= {len(admissible(CASES[name])) for name in group}


def test_vignettes_say_what_they_are():
    """Each title names the fictional territory, and the first, second and fourth read as no alliance."""
    assert {row["title_fr"].startswith("Val-Commun : ") for row in VIGNETTES.values()} == {True}
    none = [name for name, row in VIGNETTES.items() if row["team_reading"] == "no_alliance"]
    assert none == ["val_commun_v01", "val_commun_v02", "val_commun_v04"]
