"""What a table says of itself to a person, and what a broken value is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from alliances import data, data_validation, load, use
from alliances.data_rules import Problem
from alliances.data_words import description_of_table
from alliances.errors import AlliancesError


def test_description_in_the_readers_language():
    """A table is described in the language asked for: title, size, fields, warnings, sources."""
    french, english = data.describe(load("facts"), "fr"), data.describe(load("facts"), "en")
    assert "une ligne est un chiffre publié." in str(french)
    assert "a row is one published figure." in str(english)
    assert next((f.title, f.kind) for f in french.fields if f.name == "value") == ("Valeur", "nombre")
    assert next((f.title, f.kind) for f in english.fields if f.name == "value") == ("Value", "number")
    assert [len(found.sources) for found in (french, english)] == [11, 11]
    assert str(french).endswith(data.source_line("facts", "fr"))


def test_description_follows_the_current_language():
    """Without a language, the current one is used."""
    use("en")
    assert data.describe(load("giving")).title == "Corporate giving"


def test_description_of_what_is_left():
    """A filtered frame is described as it is: its rows, its columns, the sources that it still cites."""
    facts = load("facts", "fr")
    left = facts.loc[facts.source_id == "S417", ["fact_id", "label", "value", "source_id", "status"]]
    found = data.describe(left, "fr")
    assert found.rows == len(left) < len(facts)
    assert [field.name for field in found.fields] == ["fact_id", "label", "value", "source_id", "status"]
    assert [source.split()[0] for source in found.sources] == ["S417"]


def test_units_are_words():
    """A unit is written in words of the reader's language."""
    units = {field.name: field.unit for field in data.describe(load("schemes"), "fr").fields}
    assert units["amount_eur"] == "euros"
    units = {field.name: field.unit for field in data.describe(load("measures_frame"), "en").fields}
    assert units["horizon_end"] == "months"


# The table, and a warning that it must carry in each language.
WARNINGS = [
    ("syn_readings", "Données fictives", "Synthetic data"),
    (
        "facts",
        "citées de mémoire, à vérifier, jamais dans un travail noté : 5",
        "from memory, .* graded work: 5",
    ),
    ("facts", "qu'une autre source contredit", "another source contradicts"),
    ("facts", "Plusieurs années, de 1995 à 2026|Plusieurs années, de", "Several years, from"),
    ("giving", "déclarés et chiffres estimés sont mêlés", "Declared and estimated figures are mixed"),
    ("schemes", "ne pas les additionner", "do not add them up"),
    ("partnership_surveys", r"Valeurs manquantes : year \(\d+\)", r"Missing values: year \(\d+\)"),
]


@pytest.mark.parametrize(("name", "french", "english"), WARNINGS)
def test_warnings(name, french, english):
    """What to be careful with is said before the table is used."""
    for language, expected in (("fr", french), ("en", english)):
        told = "\n".join(data.describe(load(name), language).warnings)
        assert pd.Series([told]).str.contains(expected, regex=True).all(), told


def test_shown_in_a_notebook():
    """A description shows as a table with headings and a language, and every text is escaped."""
    frame = load("measures_frame", "en").assign(**{"<b>mine</b>": 1})
    shown = data.describe(frame, "en")._repr_html_()
    assert shown.startswith('<div lang="en">')
    assert "<caption>Frame of the 21 measures (measures_frame)</caption>" in shown
    assert '<th scope="col">column</th>' in shown
    assert "&lt;b&gt;mine&lt;/b&gt;" in shown
    assert "<b>mine" not in shown


def test_an_added_column_is_named_as_such():
    """A column that the reader added is said to be added."""
    frame = load("giving").assign(mine=1)
    assert data.describe(frame, "en").fields[-1].title == "added column"


@pytest.mark.parametrize("told", [data.describe, data.check])
def test_a_frame_without_origin(told):
    """A frame that does not come from load() is refused, with what to do."""
    with pytest.raises(AlliancesError, match="ne dit pas d'où il vient") as caught:
        told(pd.DataFrame({"a": [1]}))
    assert "Give the one that load() returned" in caught.value.in_language("en")


def test_a_loaded_table_keeps_its_rules():
    """Tables as loaded break no rule, whatever their types."""
    for name in ("facts", "giving", "sdg17", "syn_survey_2020", "syn_followup"):
        assert [str(problem) for problem in data.check(load(name))] == []


def spoil(column, place, value):
    """The facts with one value changed, and texts allowed everywhere."""
    frame = load("facts").astype("object")
    frame.loc[place, column] = value
    frame.attrs = {"name": "facts"}
    return frame


# Column, value put at row 3, and what is said of it in each language.
BROKEN = [
    (
        "unit",
        "kg",
        "« kg » n'est pas une valeur prévue. Choisissez parmi : EUR",
        "“kg” is not one of the expected",
    ),
    ("value", "beaucoup", "« beaucoup » n'est pas un nombre", "“beaucoup” is not a number"),
    ("value", None, "la case est vide, il y faut une valeur", "the cell is empty; a value is needed"),
    ("year", 1800, "« 1800 » est trop petit : 1990 au moins", "“1800” is too small: at least 1990"),
    ("year", 2999, "« 2999 » est trop grand : 2026 au plus", "“2999” is too large: at most 2026"),
    ("year", 2015.5, "« 2015.5 » n'est pas un nombre entier", "“2015.5” is not a whole number"),
    ("source_id", "417", "« 417 » n'a pas la forme attendue", "“417” does not have the expected form"),
    (
        "source_id",
        "S999",
        "« S999 » n'existe pas dans la table sources",
        "“S999” does not exist in the table sources",
    ),
    ("fact_id", "phare_assoc_giving_2015", "est déjà à la ligne 1", "is already on line 1"),
    ("advocacy", "oui", "« oui » n'est pas true ou false", "“oui” is not true or false"),
]


@pytest.mark.parametrize(("column", "value", "french", "english"), BROKEN)
def test_a_broken_value(column, value, french, english):
    """A broken value is named by table, line and column, with what was expected, in both languages."""
    problems = data.check(spoil(column, 2, value))
    assert [(p.table, p.line, p.column) for p in problems] == [("facts", 3, column)]
    assert problems[0].message("fr").startswith(f"facts, ligne 3, colonne « {column} » : ")
    assert french in problems[0].message("fr")
    assert problems[0].message("en").startswith(f"facts, line 3, column “{column}”: ")
    assert english in problems[0].message("en")


def test_a_missing_column():
    """A missing column is named with its title, and nothing else is said."""
    problems = data.check(load("facts").drop(columns="unit"), "facts")
    assert [(p.column, p.key) for p in problems] == [("unit", "data.rule_column")]
    assert "« Unité » manque" in problems[0].message("fr")


def test_whole_tables_keep_every_rule():
    """Every table of the course keeps its descriptor, and the checks that span tables."""
    found = data_validation.validate()
    assert found.valid, [str(problem) for problem in found.problems[:5]]
    assert found.tables == len(data.table_names())


def test_described_without_pandas(tmp_path):
    """Reading, describing and validating need no pandas: they run in a browser at once."""
    code = (
        "import sys; from alliances.data_words import description_of_table as d;"
        " from alliances.data_validation import validate; d('tools', 'fr'); validate();"
        " print('pandas' in sys.modules, 'frictionless' in sys.modules)"
    )
    assert run(code, tmp_path) == "False False"


def test_import_is_light(tmp_path):
    """Importing the door to the tables takes at most a fifth of a second, and no heavy library."""
    code = (
        "import sys, time; begin = time.process_time(); import alliances.data;"
        " print(time.process_time() - begin, 'pandas' in sys.modules, 'numpy' in sys.modules)"
    )
    seconds, *heavy = run(code, tmp_path).split()
    assert float(seconds) <= 0.2
    assert heavy == ["False", "False"]


def run(code, folder):
    """The output of Python code run from ``folder``."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_description_of_a_table_by_name():
    """A table can be described by its name alone."""
    assert description_of_table("tools", "en").rows == 46
    with pytest.raises(AlliancesError, match="pas de table « nowhere »"):
        description_of_table("nowhere", "fr")


def test_a_problem_of_a_whole_table_has_no_line():
    """A problem that concerns a whole file names the file alone."""
    problem = Problem("extra.csv", 0, "", "data.check_undescribed")
    assert problem.message("en").startswith("extra.csv: this file is not in datapackage.json")
    assert json.dumps(str(problem))


def test_a_frame_that_tells_about_itself():
    """A frame of a reader is described from its own titles and source: types, warnings, missing numbers."""
    frame = pd.DataFrame({"id": ["W1", "W2"], "amount": [1.5, None], "open": [True, False]})
    frame.attrs = {
        "title": "Subventions lues", "source_line": "Lu dans aides.csv", "synthetic": True,
        "titles": {"id": "Identifiant", "amount": "Montant"},
    }  # fmt: skip
    found = data.describe(frame, "fr")
    assert str(found).startswith("Subventions lues\n2 lignes.")
    assert [(field.title, field.kind) for field in found.fields] == [
        ("Identifiant", "texte"), ("Montant", "nombre"), ("colonne ajoutée", ""),
    ]  # fmt: skip
    assert found.warnings[0].startswith("Données fictives")
    assert found.warnings[1] == "Valeurs manquantes : amount (1)."
    assert str(found).endswith("Lu dans aides.csv")
