"""Each kind of broken file, for every reader and layout: named in both languages, with its place."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from register_files import CITY, FIRM, WALDEC, delimited, waldec_row, workbook

from alliances.errors import SourceError
from alliances.i18n import use
from alliances.readers import (
    read_ess,
    read_procurement,
    read_rna,
    read_sirene,
    read_subsidies,
    read_territory,
)
from alliances.readers.stream import Reading

Row = dict[str, str]
TOWN = "213502388"
CUT = "21350238"


@dataclass(frozen=True)
class Form:
    """A table that a reader reads: its sound row, the column that a second row changes, and its numbers."""

    read: Callable[..., Reading]
    row: Row
    other: Row
    needed: str
    number: str
    accent: str = ""
    header: tuple[str, ...] = field(default=())

    @property
    def columns(self) -> tuple[str, ...]:
        """The header."""
        return self.header or tuple(self.row)


SUBSIDY = {
    "nomAttribuant": "Ville", "idAttribuant": CITY, "dateConvention": "2024-03-01",
    "referenceDecision": "D1", "nomBeneficiaire": "Fête", "idBeneficiaire": FIRM, "objet": "x",
    "montant": "1500", "nature": "aide en numéraire", "conditionsVersement": "unique",
    "datesPeriodeVersement": "2024-04-01", "notificationUE": "non", "pourcentageSubvention": "1",
}  # fmt: skip
IMPORT = {"id": "751P00085568", "siret": FIRM, "date_creat": "1988-04-15", "titre": "FÊTE", "objet": "x",
          "libcom": "PARIS", "adrs_codeinsee": "75114"}  # fmt: skip
UNIT = {"siren": TOWN, "denominationUniteLegale": "FÊTE", "categorieJuridiqueUniteLegale": "9220",
        "etatAdministratifUniteLegale": "A"}  # fmt: skip
PLACE = {"siret": CITY, "codeCommuneEtablissement": "35238", "etatAdministratifEtablissement": "A",
         "libelleCommuneEtablissement": "FÊTE"}  # fmt: skip
CONTRACT = {"id": "M1", "acheteur.id": CITY, "objet": "Fête", "montant": "100",
            "dateNotification": "2024-01-02", "titulaire.id": FIRM,
            "titulaire.typeIdentifiant": "SIRET"}  # fmt: skip
TABLES = {
    "rna_waldec": Form(read_rna, waldec_row(1, siret=FIRM), {"id": "W351000002"}, "position", "siret",
                       "titre",
                       WALDEC),
    "rna_import": Form(read_rna, IMPORT, {"id": "751P00085569"}, "libcom", "siret", "titre"),
    "sirene_units": Form(read_sirene, UNIT, {"siren": "552045999"}, "etatAdministratifUniteLegale", "siren",
                         "denominationUniteLegale"),
    "sirene_establishments": Form(read_sirene, PLACE, {"siret": FIRM}, "codeCommuneEtablissement", "siret",
                                  "libelleCommuneEtablissement"),
    "subsidies_1": Form(read_subsidies, SUBSIDY, {"referenceDecision": "D2"}, "montant", "idBeneficiaire",
                        "nomBeneficiaire"),
    "subsidies_2": Form(read_subsidies, SUBSIDY | {"rnaBeneficiaire": "W351000001"},
                        {"referenceDecision": "D2"}, "montant", "idBeneficiaire", "nomBeneficiaire"),
    "procurement": Form(read_procurement, CONTRACT, {"id": "M2"}, "montant", "acheteur.id", "objet"),
}  # fmt: skip
#: Readers of records and of workbooks: how a file is written from rows, and the row.
COMMUNE = {"code": "35238", "nom": "Fête", "type": "commune-actuelle", "departement": "35", "siren": TOWN}
NOTICE = {"id": "M1", "acheteur": {"id": CITY}, "objet": "Fête", "montant": 100,
          "dateNotification": "2024-01-02",
          "titulaires": [{"titulaire": {"id": FIRM, "typeIdentifiant": "SIRET"}}]}  # fmt: skip
EVERY = {"rna": read_rna, "sirene": read_sirene, "subsidies": read_subsidies, "procurement": read_procurement,
         "territory": read_territory, "ess": read_ess}  # fmt: skip


def rows(form: Form, *changes: Row) -> list[Row]:
    """The sound row, then a sound one that differs, then the sound one with each change."""
    return [form.row, form.row | form.other, *(form.row | change for change in changes)]


@pytest.fixture(params=["fr", "en"])
def language(request):
    """Each language in turn."""
    use(request.param)
    return request.param


# --- Whole files --------------------------------------------------------------------------------------------


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside.csv", "a;b")
    return packed.getvalue()


NO_DATA = {
    "0 byte": (b"", "est vide", "is empty"),
    "a mark only": (b"\xef\xbb\xbf\r\n", "est vide", "is empty"),
    "a zip": (_zip(), r"archive zip.*inside\.csv", r"zip archive.*inside\.csv"),
    "half a zip": (_zip()[:-30], "zip abîmée", "damaged or cut zip"),
    "xml": (b"<?xml version='1.0'?><a/>", "du XML|classeur|du JSON", "is XML|workbook|JSON"),
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("kind", NO_DATA)
def test_what_is_no_data(tmp_path, language, name, kind):
    """An empty file, an archive, half of one, another kind of text: each reader names it and what to do."""
    content, french, english = NO_DATA[kind]
    path = tmp_path / "brought.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=french if language == "fr" else english) as refused:
        EVERY[name](path)
    assert "brought.csv" in str(refused.value)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_header_of_a_million_columns(tmp_path, name, separator):
    """A million columns are refused on their first line, or as another kind of file, without being read."""
    path = tmp_path / "wide.csv"
    path.write_bytes(separator.join(f"c{number}" for number in range(10**6)).encode() + b"\n")
    with pytest.raises(SourceError, match=r"colonnes|columns|JSON|classeur|workbook"):
        EVERY[name](path)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("other", TABLES)
def test_the_file_of_another_reader(tmp_path, language, name, other):
    """A sound official file given to the wrong reader: told what it is and which reader takes it."""
    form = TABLES[other]
    if EVERY[name] is form.read:
        return
    path = delimited(tmp_path / "mine.csv", form.columns, rows(form))
    with pytest.raises(SourceError) as refused:
        EVERY[name](path)
    assert refused.value.key in {"readers.other_format", "readers.not_json", "readers.not_workbook"}
    if refused.value.key == "readers.other_format":
        assert form.read.__name__ in str(refused.value)
        assert "mine.csv:1" in str(refused.value)


# --- Tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_separator_mark_and_encoding(tmp_path, name, separator, encoding):
    """Latin-1, a byte order mark and any usual separator are found out; accents come out right."""
    form = TABLES[name]
    path = delimited(tmp_path / "t.csv", form.columns, rows(form), separator=separator, encoding=encoding)
    reading = form.read(path)
    assert (reading.report.layout, reading.report.separator, reading.report.kept) == (name, separator, 2)
    assert reading.report.encoding == {"latin-1": "windows-1252", "utf-8-sig": "utf-8"}.get(
        encoding, encoding
    )
    assert "ê" in reading.frame[form.accent].iloc[0].casefold()


@pytest.mark.parametrize("name", TABLES)
def test_a_separator_that_is_none(tmp_path, language, name):
    """With « ~ » between cells, the message shows what was found and the separators that are possible."""
    form = TABLES[name]
    path = delimited(tmp_path / "t.csv", form.columns, rows(form), separator="~")
    with pytest.raises(SourceError, match=r"t\.csv:1: (Aucune colonne connue|No known column)") as refused:
        form.read(path)
    assert "“;”" in str(refused.value) or "« ; »" in str(refused.value)


@pytest.mark.parametrize("name", TABLES)
def test_rows_with_another_separator_than_the_header(tmp_path, language, name):
    """Each such row is refused with its line; if all are, the file is, with the first line."""
    form = TABLES[name]
    cut = [",".join(form.row.values())]
    path = delimited(tmp_path / "t.csv", form.columns, [*rows(form), cut], separator=";")
    report = form.read(path).report
    assert report.counts["refused", "", "too_few_cells"] == 1
    assert [one.place for one in report.findings if one.reason == "too_few_cells"] == [4]
    delimited(path, form.columns, [cut], separator=";")
    with pytest.raises(SourceError, match=r"t\.csv:2: (Aucune ligne|No row)"):
        form.read(path)


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_column(tmp_path, language, name):
    """A column that the format needs is missing, or misspelt: named, with the one that looks like it."""
    form = TABLES[name]
    wanted = form.needed.replace(".", "_")
    misspelt = tuple(f"{column}e" if column == form.needed else column for column in form.columns)
    path = delimited(tmp_path / "t.csv", misspelt, [])
    with pytest.raises(SourceError, match=rf"t\.csv:1: .*{wanted}") as refused:
        form.read(path)
    if refused.value.key == "readers.missing_columns":
        assert f"{form.needed}e" in str(refused.value)
    else:  # without that column the rest is the header of the twin layout, or of no official file
        assert refused.value.key == "readers.unknown_header"


@pytest.mark.parametrize("name", TABLES)
def test_a_duplicated_key(tmp_path, name):
    """A row that comes twice is refused once, with its line and that of the first."""
    form = TABLES[name]
    report = form.read(delimited(tmp_path / "t.csv", form.columns, rows(form, {}))).report
    [twice] = [one for one in report.findings if one.reason == "duplicate"]
    assert (report.kept, report.refused, twice.place) == (2, 1, 4)
    assert "(= 2)" in twice.value


@pytest.mark.parametrize("name", TABLES)
def test_a_truncated_number(tmp_path, language, name):
    """A SIREN or SIRET cut at its end: the line, the column and the cell are named, in words."""
    form = TABLES[name]
    change = form.other | {form.number: CUT, **({"id": "W351000003"} if name == "rna_waldec" else {})}
    change |= {"id": "751P00085570"} if name == "rna_import" else {}
    change |= {"referenceDecision": "D3"} if name.startswith("subsidies") else {}
    report = form.read(delimited(tmp_path / "t.csv", form.columns, rows(form, change))).report
    column = form.number.replace(".", "_")
    lengths = {"siren_length", "siret_length"}
    [found] = [one for one in report.findings if one.field == column and one.reason in lengths]
    assert (found.place, found.value) == (4, CUT)
    assert f"{'ligne' if language == 'fr' else 'line'} 4" in report.say()


@pytest.mark.parametrize("name", TABLES)
def test_titles_over_the_header(tmp_path, language, name):
    """Somebody put a title above: the line where the names of the columns stand is told."""
    form = TABLES[name]
    path = delimited(tmp_path / "t.csv", form.columns, rows(form))
    path.write_bytes(b"Export du 3 mars 2025\n\n" + path.read_bytes())
    with pytest.raises(SourceError, match=r"t\.csv:3: .*(noms des colonnes|names of the columns)"):
        form.read(path)


@pytest.mark.parametrize("name", TABLES)
def test_what_a_spreadsheet_adds(tmp_path, name):
    """« sep=; » on the first line is passed over; rows without anything in them are counted as such."""
    form = TABLES[name]
    path = delimited(tmp_path / "t.csv", form.columns, [*rows(form), {}, {}])
    path.write_bytes(b"sep=;\r\n" + path.read_bytes())
    report = form.read(path).report
    assert (report.kept, report.counts["refused", "", "blank"]) == (2, 2)


@pytest.mark.parametrize("name", TABLES)
def test_separators_left_at_the_end_of_lines(tmp_path, name):
    """Cells that are empty, beyond the header or under a header without name, cost nothing."""
    form = TABLES[name]
    path = delimited(tmp_path / "t.csv", form.columns, rows(form))
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], *(line + b";;" for line in lines[1:3]), b""]))
    assert form.read(path).report.kept == 2
    path.write_bytes(b"\n".join([*(line + b";" for line in lines[:3]), b""]))
    report = form.read(path).report
    assert (report.kept, report.unknown) == (2, ())


@pytest.mark.parametrize("name", TABLES)
def test_accents_broken_by_a_double_encoding(tmp_path, name):
    """« FÃªTE » is put right and counted, with its line."""
    form = TABLES[name]
    broken = form.row[form.accent].replace("Ê", "ê").encode().decode("cp1252")
    path = delimited(
        tmp_path / "t.csv", form.columns, [form.row, form.row | form.other | {form.accent: broken}]
    )
    reading = form.read(path)
    assert "ê" in reading.frame[form.accent].iloc[1]
    assert reading.report.counts["repaired", form.accent, "mojibake"] == 1


# --- Records and workbooks ----------------------------------------------------------------------------------


def _records(path: Path, records: object, encoding: str = "utf-8") -> Path:
    path.write_bytes(json.dumps(records, ensure_ascii=False).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize(("read", "record", "column"), [(read_procurement, NOTICE, "objet"),
                                                        (read_territory, COMMUNE, "nom")])  # fmt: skip
def test_encodings_of_records(tmp_path, encoding, read, record, column):
    """JSON in another encoding, or with a mark, is read with its accents."""
    frame = read(_records(tmp_path / "r.json", [record], encoding)).frame
    assert list(frame[column]) == ["Fête"]


BROKEN_RECORDS = [
    (read_procurement, NOTICE, {"acheteur": {"id": CUT}, "id": "M2"}, "acheteur_id", "siret_length"),
    (read_procurement, NOTICE, {}, "id + acheteur_id + titulaire_id + modification_id", "duplicate"),
    (read_procurement, NOTICE, {"id": None}, "id", "empty"),
    (read_territory, COMMUNE, {"siren": CUT, "code": "35001"}, "siren", "siren_length"),
    (read_territory, COMMUNE, {}, "code + type", "duplicate"),
    (read_territory, COMMUNE, {"nom": ""}, "nom", "empty"),
]


@pytest.mark.parametrize("broken", BROKEN_RECORDS)
def test_a_broken_record(tmp_path, language, broken):
    """The number of the record, its field and its value are named."""
    read, record, change, column, reason = broken
    report = read(_records(tmp_path / "r.json", [record, record | change])).report
    [found] = [one for one in report.findings if one.field == column]
    assert (found.place, found.reason) == (2, reason)
    assert f"{'enregistrement' if language == 'fr' else 'record'} 2" in report.say()


@pytest.mark.parametrize(("read", "record", "name"), [(read_procurement, NOTICE, "montant"),
                                                      (read_territory, COMMUNE, "nom")])  # fmt: skip
def test_records_without_a_field(tmp_path, language, read, record, name):
    """A field that no record has is a missing column; an empty list says so."""
    lacking = {key: value for key, value in record.items() if key != name}
    if read is read_territory:
        with pytest.raises(SourceError, match=f"(manquantes|missing).*: {name}"):
            read(_records(tmp_path / "r.json", [lacking]))
        with pytest.raises(SourceError, match=r"est vide|is empty"):
            read(_records(tmp_path / "r.json", []))
    else:
        assert read(_records(tmp_path / "r.json", [lacking])).frame["montant"].isna().all()
        told = read(_records(tmp_path / "r.json", {"marches": {"marche": []}})).report.say()
        assert "aucune ligne" in told or "no row" in told


def test_a_broken_workbook_of_jobs(tmp_path, language):
    """The same figure twice, a text where a number should be: the line of the sheet is named."""
    table = [["Emplois"], ["Région", "Associations", "Mutuelles"], ["Bretagne", 1, 2], ["Bretagne", 1, 2],
             ["Corse", "beaucoup", 3]]  # fmt: skip
    report = read_ess(workbook(tmp_path / "w.xlsx", {"T": table})).report
    found = {(one.place, one.reason) for one in report.findings}
    assert found == {(4, "duplicate"), (5, "number")}
    with pytest.raises(SourceError, match=r"Feuille 1|T1"):
        read_ess(workbook(tmp_path / "n.xlsx", {"T1": [["Région", "Associations"], ["Bretagne", 1]]}))
