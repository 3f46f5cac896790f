"""Loading the tables: types, languages, places, and what a broken file says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from alliances import data, data_files, load
from alliances.errors import AlliancesError, SourceError

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
DTYPES = {
    "string": "string", "integer": "Int64", "number": "float64", "boolean": "boolean",
    "date": "datetime64[s]",
}  # fmt: skip
PACKAGE = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
TABLES = [found["name"] for found in PACKAGE["resources"]]
COMPILED = [
    "sources", "cases", "facts", "giving", "sector_jobs", "partnership_surveys", "schemes", "tools",
    "legal_forms", "sdg17", "review_2022", "measures_frame",
]  # fmt: skip


def fields(name):
    """The fields that the descriptor declares for a table."""
    return next(found["schema"]["fields"] for found in PACKAGE["resources"] if found["name"] == name)


def test_table_names():
    """The tables stand in the descriptor's order, those compiled from documents first."""
    assert data.table_names() == TABLES
    assert TABLES[: len(COMPILED)] == COMPILED


@pytest.mark.parametrize("name", TABLES)
def test_declared_types(name):
    """A loaded table has the columns and the types that the descriptor declares, in its order."""
    expected = {field["name"]: DTYPES[field["type"]] for field in fields(name)}
    assert expected == {column: str(dtype) for column, dtype in load(name).dtypes.items()}


@pytest.mark.parametrize("name", TABLES)
def test_text_storage(name):
    """Texts are stored the same way with and without pyarrow."""
    texts = [dtype for dtype in load(name).dtypes if isinstance(dtype, pd.StringDtype)]
    assert {"python"} == {dtype.storage for dtype in texts}


def test_codes_stay_text():
    """A département keeps its leading zero."""
    cases = load("cases").set_index("case_id")
    assert cases.loc["adie_contrat_impact", "department"] == "09;58;05"
    schemes = load("schemes").set_index("scheme_id")
    assert schemes.loc["tzcld_saint_girons", "department"] == "09"
    assert schemes.loc["tzcld_costa_verde", "department"] == "2B"


def test_empty_cell_is_missing():
    """An empty cell is missing, whatever the type of its column."""
    cases = load("cases").set_index("case_id")
    assert pd.isna(cases.loc["rejoue", "year_start"])
    assert pd.isna(cases.loc["rejoue", "department"])
    assert load("facts")["value_max"].isna().any()


@pytest.mark.parametrize(
    ("lang", "title"), [("fr", "Gavi, l'Alliance du vaccin"), ("en", "Gavi, the Vaccine Alliance")]
)
def test_one_language(lang, title):
    """With a language, each pair of columns becomes one column at the same place."""
    cases = load("cases", lang)
    assert title == cases.set_index("case_id").loc["gavi", "title"]
    assert [name for name in cases.columns if name.endswith(("_fr", "_en"))] == []
    assert list(cases.columns)[:3] == ["case_id", "title", "country"]
    assert list(cases.columns) == list(cases.attrs["titles"])


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_a_table_carries(name, lang):
    """In each language a table has its title, a line of source, and a distinct title for each column."""
    frame = load(name, lang)
    assert frame.attrs["source_line"] == data.source_line(name, lang)
    assert frame.attrs["title"] == data.describe(frame.head(1), lang).title
    titles = [frame.attrs["titles"][column] for column in frame.columns]
    assert all(titles)
    assert len(set(titles)) == len(titles)
    assert not [
        title for title in titles if title.endswith(("(français)", "(anglais)", "(French)", "(English)"))
    ]


def test_attributes():
    """A table carries its title, its line of source, its licence and whether it is synthetic."""
    assert load("cases", "en").attrs | {"titles": None} == {
        "name": "cases",
        "title": "Documented cases",
        "source_line": data.source_line("cases", "en"),
        "licence": "etalab-2.0",
        "synthetic": False,
        "titles": None,
        "units": {},
    }
    assert load("schemes").attrs["units"] == {"amount_eur": "EUR", "amount_max_eur": "EUR"}
    readings = load("syn_readings").attrs
    assert readings["synthetic"] is True
    assert readings["source_line"].startswith("Données fictives")
    assert readings["titles"]["rater"] == "Lectrice ou lecteur"


def test_attributes_are_not_shared():
    """Changing a loaded table changes nothing for the next person who loads it."""
    load("facts").attrs["titles"].clear()
    assert load("facts").attrs["titles"]["value"] == "Valeur"


def test_unknown_language():
    """A third language is refused by name."""
    with pytest.raises(ValueError, match="lang must be 'fr' or 'en' \\(got 'de'\\)"):
        load("cases", "de")
    with pytest.raises(ValueError, match="got 'de'"):
        data.source_line("cases", "de")


def test_rows_are_texts():
    """Rows are texts under the names of the file, an empty cell an empty text."""
    rows = data.rows("cases")
    assert len(rows) == 29
    assert rows[0]["case_id"] == "tzcld"
    assert rows[0]["year_end"] == ""
    assert {str} == {type(cell) for row in rows for cell in row.values()}


def test_rows_without_pandas(tmp_path):
    """Reading rows does not import pandas."""
    code = "import sys; from alliances.data import rows; rows('cases'); print('pandas' in sys.modules)"
    assert run(code, tmp_path).strip() == "False"


def run(code, folder, **environment):
    """The output of Python code run from ``folder``."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def test_load_from_another_folder(tmp_path):
    """A notebook in any folder finds the tables."""
    assert run("from alliances import load; print(len(load('cases')))", tmp_path).strip() == "29"


@pytest.mark.parametrize("reader", [load, data.rows, data.source_line])
def test_unknown_table(reader):
    """An unknown table is refused, and the known ones are named."""
    with pytest.raises(
        AlliancesError, match=r"pas de table « nowhere »\. Tables disponibles : sources, cases"
    ) as caught:
        reader("nowhere")
    assert "There is no table “nowhere”. Available tables: sources" in caught.value.in_language("en")


def test_practice_bank_holds_practice_only(checkout):
    """The bank of a module holds its practice questions and none of its test questions."""
    bank = data.practice_bank("alliance_models")
    assert [item["id"] for item in bank["items"]] == ["p01"]
    assert bank["module"] == "alliance_models"


def test_packaged_practice_bank(checkout, monkeypatch):
    """Away from a checkout, the bank is the one compiled into the package."""
    (checkout / "modules" / "syllabus.toml").unlink()
    items = checkout / "package" / "_data" / "items"
    items.mkdir(parents=True)
    (items / "alliance_models.json").write_text('{"module": "packaged", "items": []}', encoding="utf-8")
    monkeypatch.setattr(data_files, "PACKAGE", checkout / "package")
    assert data.practice_bank("alliance_models")["module"] == "packaged"


def test_packaged_tables(checkout, monkeypatch):
    """Away from a checkout, the tables are those of the package, or are said to be missing."""
    (checkout / "modules" / "syllabus.toml").unlink()
    monkeypatch.setattr(data_files, "PACKAGE", checkout / "package")
    with pytest.raises(AlliancesError, match="réinstallez le paquet") as caught:
        data.data_folder()
    assert "reinstall the package" in caught.value.in_language("en")
    tables = checkout / "package" / "_data" / "datasets"
    shutil.copytree(DATASETS, tables)
    assert tables == data.data_folder()
    assert len(load("cases")) == 29


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A small checkout with one bank of questions, taken for the one this package lives in."""
    module = tmp_path / "modules" / "alliance_models"
    module.mkdir(parents=True)
    (tmp_path / "modules" / "syllabus.toml").touch()
    (module / "items.yaml").write_text(
        "module: alliance_models\nitems:\n  - {id: p01, use: practice}\n  - {id: t01, use: test}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(data_files, "CHECKOUT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("slug", "french", "english"),
    [
        ("../alliance_models", "n'est pas le nom d'un module", "is not the name of a module"),
        ("Alliance", "n'est pas le nom d'un module", "is not the name of a module"),
        ("nowhere", "Aucune question d'entraînement pour le module « nowhere »", "no practice questions for"),
    ],
)
def test_unknown_bank(checkout, slug, french, english):
    """A bank that does not exist, or a name that walks out of the folder, is refused."""
    with pytest.raises(AlliancesError, match=french) as caught:
        data.practice_bank(slug)
    assert english in caught.value.in_language("en")


@pytest.mark.parametrize(
    ("content", "french", "english"),
    [
        ("items: [\n  - {id", r"items.yaml:\d+: Ce fichier de questions est mal formé", "is malformed"),
        ("module: alliance_models\n", r"mal formé \(items\)", r"malformed (items)"),
        ("- p01\n", r"mal formé \(items\)", "is malformed"),
    ],
)
def test_malformed_bank(checkout, content, french, english):
    """A malformed file of questions is refused with its place."""
    (checkout / "modules" / "alliance_models" / "items.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=french) as caught:
        data.practice_bank("alliance_models")
    assert english in caught.value.in_language("en")


def test_bank_without_yaml(checkout, monkeypatch):
    """Without PyYAML, the message names what to install."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(AlliancesError, match=r"installez « faire-alliance\[course\] »") as caught:
        data.practice_bank("alliance_models")
    assert "needs PyYAML" in caught.value.in_language("en")


def test_labels_travel_without_being_copied() -> None:
    """What pandas keeps of a table through a selection is the same object: nothing is copied in each step."""
    frame = load("cases")
    part = frame[["case_id", "title_fr"]].head(3)
    assert part.attrs["titles"] is frame.attrs["titles"]
