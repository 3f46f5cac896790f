"""Files that are not what the reader expects: refused by name, in both languages, and nothing is read."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile

import pytest
from register_files import WALDEC, delimited, waldec_row, workbook

from alliances.errors import AlliancesError, EnvironmentFault, SourceError
from alliances.i18n import use
from alliances.readers import read_ess, read_procurement, read_rna, read_subsidies, read_territory

HEADER = ";".join(WALDEC)


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("rna_waldec_35.csv", HEADER)
    return packed.getvalue()


BROKEN = [
    (b"", "readers.empty", "est vide", "is empty"),
    (b" \n\n", "readers.empty", "est vide", "is empty"),
    (_zip(), "readers.is_zip", r"\(contenu : rna_waldec_35\.csv\)", r"archive \(content: rna"),
    (_zip()[:40], "readers.broken_zip", "zip abîmée", "damaged or cut"),
    (gzip.compress(b"id"), "readers.is_gzip", "gzip", "gzip"),
    (b"%PDF-1.7", "readers.is_pdf", "est un PDF", "is a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "readers.is_old_workbook", r"\.xls", r"\.xls"),
    (b"<!DOCTYPE html><html>", "readers.is_page", "page web", "web page"),
    (b"id;titre\0\0\0", "readers.not_text", "pas du texte", "not text"),
    (b'[{"id": 1}]', "readers.is_json", "est du JSON", "is JSON"),
    (b"PAR1 and nothing else", "readers.broken_parquet", "Parquet est abîmé", "Parquet file is damaged"),
    (HEADER.replace(";", "~").encode(), "readers.unknown_header", "Aucune colonne connue", "No known column"),
    (b"nom;prix\na;1\n", "readers.unknown_header", "nom, prix", "Columns found: nom, prix"),
    (HEADER.replace("position", "positon").encode(), "readers.missing_columns",
     "manquantes.*: position.*y ressemblent : positon", "missing.*: position.*look like them: positon"),
    (HEADER.replace("titre;", "libelle;").encode(), "readers.missing_columns", "titre", "titre"),
    (f"{HEADER};id".encode(), "readers.column_twice", "« id » apparaît deux fois", "“id” occurs twice"),
    (";".join(f"c{n}" for n in range(10**6)).encode(), "readers.wide_header",
     "L'en-tête a 1.* colonnes ou plus", "at most 500"),
    (b";" * 999_000, "readers.wide_header", "999\u202f001", "999,001"),
    (b"a" * 3_000_000, "readers.long_line", "plus de 1\u202f000\u202f000", "over 1,000,000"),
    (HEADER.encode() + b'\nW351000001;"' + b"x;y\n" * 60_000, "readers.bad_quotes", "guillemet", "quotation"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("broken", BROKEN, ids=[key for _, key, *_ in BROKEN])
def test_broken_file_is_refused_by_name(tmp_path, language, broken):
    """The message names the file and what it is, in the reader's language."""
    content, key, french, english = broken
    if key == "readers.broken_parquet":
        pytest.importorskip("pyarrow", reason="Parquet needs it")
    use(language)
    path = tmp_path / "rna.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=french if language == "fr" else english) as refusal:
        read_rna(path)
    assert refusal.value.key == key
    assert "rna.csv" in str(refusal.value)


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_a_file_that_cannot_be_opened_is_named(tmp_path, name):
    """A wrong name and a folder are refused with what the system says."""
    with pytest.raises(SourceError, match="Impossible de lire ce fichier"):
        read_rna(tmp_path / name)


def test_all_rows_with_another_separator_than_the_header(tmp_path):
    """A file none of whose rows fit is refused as a whole, with the first reason and its line."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [[",".join(waldec_row().values())]] * 3)
    with pytest.raises(SourceError, match=r"rna\.csv:2: Aucune ligne.*sur 3.*pas assez de cellules"):
        read_rna(path)


def test_a_quotation_mark_left_open_does_not_swallow_rows(tmp_path):
    """A hundred lines in one cell are taken for an open quotation mark; its line is named."""
    rows = [waldec_row(1), waldec_row(2, titre='"SANS FIN'), *(waldec_row(n) for n in range(3, 200))]
    with pytest.raises(SourceError, match=r"rna\.csv:3: .*guillemet n'est pas fermé"):
        read_rna(delimited(tmp_path / "rna.csv", WALDEC, rows))


@pytest.mark.parametrize(
    ("read", "name", "content", "message"),
    [
        (read_territory, "communes.csv", b"code,nom\n", "n'est pas du JSON"),
        (read_territory, "communes.json", b'{"a": 1}', "pas la liste attendue"),
        (read_territory, "communes.json", b"[1, 2]", "L'enregistrement 1 n'est pas un objet"),
        (
            read_territory,
            "communes.json",
            b'[{"code": "01"}, {"co',
            "s'arrête au milieu, vers l'enregistrement 2",
        ),
        (read_territory, "communes.json", b"[" * 100_000, "L'enregistrement 1 n'est pas du JSON valable"),
        (read_procurement, "decp.json", b'{"marches": {"marche": [{"id": 1}', "s'arrête au milieu"),
        (read_procurement, "decp.json", b'{"contrats": []}', r"pas la liste attendue \(marche, marches\)"),
        (read_ess, "ess.csv", b"a;b\n", "pas un classeur"),
        (read_ess, "ess.xlsx", b"PK\x03\x04 cut", "zip abîmée"),
        (read_subsidies, "s.csv", b"nomAttribuant;idAttribuant\n", "manquantes.*: dateConvention"),
    ],
)
def test_other_readers_refuse_by_name(tmp_path, read, name, content, message):
    """JSON cut in the middle, a wrong list, a workbook that is none: each has its message."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read(path)


def test_a_table_reader_refuses_a_workbook(tmp_path):
    """Somebody saved the register as .xlsx: the message says to save it as CSV."""
    path = workbook(tmp_path / "rna.csv", {"rna": [list(WALDEC)]})
    with pytest.raises(SourceError, match="est un classeur"):
        read_rna(path)


def test_a_workbook_without_families_is_refused_with_its_sheets(tmp_path):
    """What is not recognised is not guessed."""
    path = workbook(tmp_path / "other.xlsx", {"Feuille 1": [["Région", "Emplois"], ["Bretagne", 5]]})
    with pytest.raises(SourceError, match=r"Aucun tableau de familles.*Feuille 1"):
        read_ess(path)


@pytest.mark.parametrize("declaration", ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>'])
def test_a_workbook_that_declares_entities_is_refused(tmp_path, declaration):
    """A part that could make the parser swell is never parsed."""
    path = workbook(tmp_path / "bomb.xlsx", {"a": [["Associations", "Mutuelles"]]})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/sharedStrings.xml", f'<?xml version="1.0"?>{declaration}<sst/>')
    with pytest.raises(SourceError, match="abîmé ou protégé"):
        read_ess(path)


def test_parquet_without_pyarrow_says_what_to_do(tmp_path, monkeypatch):
    """In a browser there is no pyarrow: the message points to the CSV twin."""
    path = tmp_path / "rna.parquet"
    path.write_bytes(b"PAR1....PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EnvironmentFault, match="Prenez la version CSV"):
        read_rna(path)


@pytest.mark.parametrize(
    ("choice", "message"),
    [({"department": "99"}, "pas un code de département"), ({"department": "20"}, "2A, 2B"),
     ({"columns": ["titres"]}, "n'existent pas ici : titres")],
)  # fmt: skip
def test_a_choice_that_cannot_be_followed_is_refused(tmp_path, choice, message):
    """A département or a column that does not exist is named before anything is read."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [waldec_row()])
    with pytest.raises(AlliancesError, match=message):
        read_rna(path, **choice)
