"""A frame that a learner brought is described in words, in both languages, as the course's own tables are."""

from __future__ import annotations

from pathlib import Path

import pytest
from register_files import CITY, FIRM, WALDEC, delimited, waldec_row

from alliances import readers
from alliances.data import describe
from alliances.i18n import area_texts, use
from alliances.readers import ess_workbook, procurement, rna, sirene, subsidies, territory
from alliances.readers.columns import column_title, column_unit, format_warnings

LAYOUTS = [
    rna.RNA_WALDEC, rna.RNA_IMPORT, sirene.SIRENE_UNITS, sirene.SIRENE_ESTABLISHMENTS, subsidies.SUBSIDIES_1,
    subsidies.SUBSIDIES_2, procurement.PROCUREMENT, *territory.TERRITORY, ess_workbook.ESS_WORKBOOK,
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_column_has_words(layout, language):
    """Each column that a reader gives has a title in both languages, and its format says what to know."""
    for field in layout.fields:
        assert column_title(layout.name, field.name, language)[0].isupper(), field.name
        assert column_title(layout.name, field.name, language) != field.name
    assert format_warnings(layout.name, language)


def test_no_word_is_left_over():
    """No text of the catalogue is about a column that no reader gives."""
    fields = {field.name for layout in LAYOUTS for field in layout.fields}
    texts = [key for key in area_texts("reader_columns") if not key.startswith("warning_")]
    assert [key for key in texts if key.partition("_")[2] not in fields] == []


def test_units():
    """Amounts are in euros, durations in months; a code has no unit."""
    assert [column_unit(name) for name in ("montant", "dureeMois", "siren")] == ["EUR", "months", ""]


@pytest.mark.parametrize("read_in", ["fr", "en"])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Répertoire national", "Date de création", "garde des associations arrêtées", "Source : "]),
        ("en", ["National register", "Date of creation", "keeps associations that have stopped", "Source: "]),
    ],
)
def test_a_brought_register_is_described(tmp_path, read_in, language, said):
    """Whatever the language in which it was read, the description is in the one asked for."""
    use(read_in)
    frame = readers.read_rna(delimited(tmp_path / "rna.csv", WALDEC, [waldec_row()])).frame
    told = str(describe(frame[["id", "date_creat"]], language))
    for words in said:
        assert words in told
    assert "rna.csv" in told


def test_units_and_invented_data_are_told(tmp_path: Path):
    """Euros stand beside the amount, and a synthetic file says so first."""
    row = {"nomAttribuant": "Ville", "idAttribuant": CITY, "dateConvention": "2024-03-01",
           "nomBeneficiaire": "A", "idBeneficiaire": FIRM, "objet": "x", "montant": "10",
           "nature": "aide en nature"}  # fmt: skip
    frame = readers.read_subsidies(delimited(tmp_path / "syn_s.csv", tuple(row), [row])).frame
    assert frame.attrs["units"]["montant"] == "EUR"
    found = describe(frame, "fr")
    assert next(line.unit for line in found.fields if line.name == "montant") == "euros"
    assert "fictives" in found.warnings[0]
    assert "<td>euros</td>" in found._repr_html_()
