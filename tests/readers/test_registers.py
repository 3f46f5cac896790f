"""Registers: what is kept of them, what is never read, and what the report says."""

from __future__ import annotations

import pandas as pd
import pytest
from register_files import CITY, FIRM, WALDEC, delimited, waldec_row

from alliances.i18n import use
from alliances.readers import read_rna, read_sirene, stream_rna

IMPORT = (
    "id", "id_ex", "siret", "gestion", "date_creat", "date_publi", "nature", "groupement", "titre", "objet",
    "objet_social1", "objet_social2", "adr1", "adr2", "adr3", "adrs_codepostal", "libcom", "adrs_codeinsee",
    "dir_civilite", "telephone", "siteweb", "email", "observation", "position", "rup_mi", "maj_time",
)  # fmt: skip
DIRTY = [
    waldec_row(1),
    waldec_row(2, siret=FIRM),
    waldec_row(1, titre="DEUX FOIS"),
    waldec_row(3, id="W3510"),
    waldec_row(4, titre=""),
    waldec_row(5, siret="552045999"),
    waldec_row(6, siret="55204599900868", date_creat="17/06/2014"),
    waldec_row(7, groupement="X"),
    waldec_row(8, adrs_codeinsee="44109"),
    [*waldec_row(9).values(), "1", "2"],
]


@pytest.fixture
def dirty(tmp_path):
    """A register with one fault of each kind."""
    return delimited(tmp_path / "rna_waldec.csv", WALDEC, DIRTY)


def test_report_of_a_dirty_register(dirty):
    """Every row is kept, refused or set aside, and each fault is counted once, with its line and value."""
    report = read_rna(dirty, department="35").report
    assert (report.read, report.kept, report.refused, report.set_aside) == (10, 5, 4, 1)
    assert dict(report.counts) == {
        ("refused", "", "too_few_cells"): 1,
        ("refused", "id", "duplicate"): 1,
        ("refused", "id", "rna_shape"): 1,
        ("refused", "titre", "empty"): 1,
        ("emptied", "groupement", "not_in_list"): 1,
        ("emptied", "siret", "siret_length"): 1,
        ("doubtful", "siret", "check_digit"): 1,
        ("repaired", "date_creat", "day_first"): 1,
    }
    places = {(one.field, one.reason): (one.place, one.value) for one in report.findings}
    assert places["id", "duplicate"] == (4, "(= 2) W351000001")
    assert places["siret", "siret_length"] == (7, "552045999")
    assert report.share_identified("id") == 1
    assert report.share_identified("siret") == pytest.approx(1 / 5)
    assert "telephone" in report.personal


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Lignes lues : 10 ; gardées : 5 ; refusées : 4 ; hors de la sélection : 1.",
                "ligne 7 « 552045999 »", "« siret » valable : 20,0\u202f%", "parlent de personnes : ",
                "Encodage : utf-8. Séparateur : ;."]),
        ("en", ["Rows read: 10; kept: 5; refused: 4; outside the selection: 1.", "line 7 “552045999”",
                "sound “siret”: 20.0%", "tell about people: ", "Encoding: utf-8. Separator: ;."]),
    ],
)  # fmt: skip
def test_report_in_words(dirty, language, said):
    """The report tells numbers, faults with their place, and what was not read, in both languages."""
    use(language)
    told = read_rna(dirty, department="35").report.say()
    for words in said:
        assert words in told


def test_report_as_json(dirty):
    """The same report as JSON values has the same numbers."""
    told = read_rna(dirty).report.as_dict()
    assert told["rows"] == {"read": 10, "kept": 6, "refused": 4, "set_aside": 0}
    assert sum(one["count"] for one in told["counts"] if one["outcome"] == "refused") == 4
    assert {"outcome", "place", "field", "reason", "value"} == set(told["examples"][0])


def test_frame_of_a_register(dirty):
    """Codes stay text, dates are dates, what is unknown is missing, people's columns are absent."""
    frame = read_rna(dirty).frame
    assert frame["adrs_codeinsee"].dtype == pd.StringDtype("python")
    assert str(frame["date_creat"].dtype) == "datetime64[s]"
    assert frame.loc[0, "date_creat"] == pd.Timestamp("2014-06-17")
    assert frame["date_publi"].isna().all()
    assert frame["objet_social1"].isna().all()
    assert not {"telephone", "email", "dir_civilite", "observation", "adrg_libvoie"} & set(frame.columns)
    assert frame.attrs["title"].startswith("Répertoire national des associations")
    assert "rna_waldec.csv" in frame.attrs["source_line"]


@pytest.mark.parametrize(
    ("name", "header"),
    [("syn_rna.csv", WALDEC), ("rna_fictif.csv", WALDEC), ("rna.csv", (*WALDEC, "synthetic"))],
)
def test_a_synthetic_file_says_so(tmp_path, name, header):
    """A file whose name or columns say so is never presented as a real register."""
    attrs = read_rna(delimited(tmp_path / name, header, [waldec_row()])).frame.attrs
    assert attrs["synthetic"] is True
    assert attrs["source_line"].startswith("Données fictives")


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("latin-1", "windows-1252"),
                            ("cp1252", "windows-1252"), ("utf-16", "utf-16")],
)  # fmt: skip
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators(tmp_path, encoding, found, separator):
    """Encoding, byte order mark and separator are found out; accents come out right."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [waldec_row()], separator=separator, encoding=encoding)
    reading = read_rna(path)
    assert (reading.report.encoding, reading.report.separator) == (found, separator)
    assert list(reading.frame["titre"]) == ["FÊTE DE QUARTIER"]


def test_windows_signs_of_a_latin_file(tmp_path):
    """œ and € of Windows-1252 come out right, although ISO-8859-1 has neither."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [waldec_row(titre="CŒUR À 5 €")], encoding="cp1252")
    assert list(read_rna(path).frame["titre"]) == ["CŒUR À 5 €"]


def test_a_foreign_line_far_in_a_utf8_file_is_put_right_and_counted(tmp_path):
    """Two files were glued together: the Latin-1 line is read, and the report names it."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [waldec_row(n) for n in range(1, 15_000)])
    last = ";".join(waldec_row(20_000).get(name, "") for name in WALDEC)
    path.write_bytes(path.read_bytes() + f"{last}\n".encode("latin-1"))
    reading = read_rna(path)
    assert reading.report.encoding == "utf-8"
    assert reading.frame["titre"].iloc[-1] == "FÊTE DE QUARTIER"
    assert reading.report.counts["repaired", "", "encoding"] == 1
    assert [one.place for one in reading.report.findings] == [15_001]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(tmp_path, ending):
    """Lines of Unix, Windows and old Macs are lines; a blank one is no row."""
    path = delimited(tmp_path / "rna.csv", WALDEC, [waldec_row(1), waldec_row(2)])
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode() * 2))
    report = read_rna(path).report
    assert (report.read, report.kept) == (2, 2)


def test_columns_in_another_order_case_and_number(tmp_path):
    """Newer files have fewer columns, others write them in capitals: names decide, not places."""
    header = ("POSITION", "Titre", "id", "adrs_codeinsee", "date_creat", "nouvelle_colonne")
    row = ["A", "FÊTE", "W351000001", "35238", "2014-06-17", "?"]
    reading = read_rna(delimited(tmp_path / "rna.csv", header, [row]))
    assert list(reading.frame["titre"]) == ["FÊTE"]
    assert reading.report.unknown == ("nouvelle_colonne",)
    assert "objet" in reading.report.absent


def test_import_file_is_recognised(tmp_path):
    """The file of older associations has its own columns and numbers."""
    row = {"id": "751P00085568", "titre": "INDIGO", "date_creat": "1988-04-15", "libcom": "PARIS",
           "adrs_codeinsee": "75114", "adrs_codepostal": "75014", "observation": "W751085568"}  # fmt: skip
    reading = read_rna(delimited(tmp_path / "rna_import.csv", IMPORT, [row]), department="75")
    assert reading.report.layout == "rna_import"
    assert list(reading.frame["id"]) == ["751P00085568"]


def test_a_choice_of_rows_and_columns(dirty):
    """Columns and rows can be chosen; what is set aside is counted."""
    reading = read_rna(dirty, columns=("id", "titre"), keep=lambda rows: rows["id"] == "W351000002")
    assert list(reading.frame.columns) == ["id", "titre"]
    assert list(reading.frame["id"]) == ["W351000002"]
    assert (reading.report.kept, reading.report.set_aside) == (1, 5)


def test_postcode_tells_the_department_when_the_commune_is_missing(tmp_path):
    """A row without commune code is found by its postcode."""
    rows = [waldec_row(1, adrs_codeinsee=""), waldec_row(2, adrs_codeinsee="", adrs_codepostal="44000")]
    reading = read_rna(delimited(tmp_path / "rna.csv", WALDEC, rows), department="44")
    assert list(reading.frame["id"]) == ["W351000002"]


@pytest.mark.parametrize("department", ["1", 1, " 01 ", "01"])
def test_department_as_people_write_it(tmp_path, department):
    """A number, a lost zero, spaces around: the same département."""
    rows = [waldec_row(1), waldec_row(2, adrs_codeinsee="01004")]
    reading = read_rna(delimited(tmp_path / "rna.csv", WALDEC, rows), department=department)
    assert list(reading.frame["id"]) == ["W351000002"]
    assert list(read_rna(tmp_path / "rna.csv", department=35).frame["id"]) == ["W351000001"]


def test_no_row_of_the_department_gives_an_empty_frame(dirty):
    """An empty frame keeps its columns and types, so that what follows still runs."""
    frame = read_rna(dirty, department="2A").frame
    assert len(frame) == 0
    assert str(frame["date_creat"].dtype) == "datetime64[s]"


@pytest.mark.parametrize(("language", "said"), [("fr", "Aucune ligne gardée"), ("en", "No row kept")])
def test_report_of_an_empty_choice(dirty, language, said):
    """Without any row kept, the report says why that may be, and gives no share of nothing."""
    use(language)
    told = read_rna(dirty, department="2A").report.say()
    assert said in told
    assert "0,0" not in told
    assert "0.0%" not in told


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_chunks_do_not_change_the_report(dirty, chunk):
    """Whatever the size of the pieces, rows, counts and duplicates are the same."""
    whole, stream = read_rna(dirty).report, stream_rna(dirty, chunk=chunk)
    frames = list(stream)
    assert max(len(frame) for frame in frames) <= chunk
    assert stream.report == whole


def test_duplicates_are_found_across_pieces(tmp_path):
    """A key is remembered from one piece to the next; the first row stays."""
    rows = [waldec_row(number, titre=f"N{at}") for at, number in enumerate([1, 2, 3, 1, 2, 1, 4])]
    stream = stream_rna(delimited(tmp_path / "rna.csv", WALDEC, rows), chunk=2)
    kept = pd.concat(list(stream))
    assert list(kept["titre"]) == ["N0", "N1", "N2", "N6"]
    assert [one.value for one in stream.report.findings] == [
        "(= 2) W351000001", "(= 3) W351000002", "(= 2) W351000001",
    ]  # fmt: skip


UNITS = {"siren": "213502388", "etatAdministratifUniteLegale": "A",
         "categorieJuridiqueUniteLegale": "9220",
         "denominationUniteLegale": "[ND]", "economieSocialeSolidaireUniteLegale": "O",
         "prenom1UniteLegale": "X", "nomUniteLegale": "Y",
         "identifiantAssociationUniteLegale": "W351000001"}  # fmt: skip
PLACES = {"siret": CITY, "codeCommuneEtablissement": "35238", "etatAdministratifEtablissement": "A",
          "etablissementSiege": "true", "numeroVoieEtablissement": "1", "trancheEffectifsEtablissement": "NN",
          "dateCreationEtablissement": "1983-03-01"}  # fmt: skip


def test_sirene_units(tmp_path):
    """Names of people are never read, [ND] is missing, flags are kept."""
    reading = read_sirene(delimited(tmp_path / "units.csv", list(UNITS), [UNITS], separator=","))
    assert reading.report.layout == "sirene_units"
    assert set(reading.report.personal) == {"prenom1UniteLegale", "nomUniteLegale"}
    assert reading.frame.loc[0, "economieSocialeSolidaireUniteLegale"] == "O"
    assert reading.frame["denominationUniteLegale"].isna().all()
    with pytest.raises(Exception, match="ne dit pas où se trouve une ligne"):
        read_sirene(tmp_path / "units.csv", department="35")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_sirene_establishments(tmp_path, form):
    """The CSV and the Parquet of the stock give the same frame."""
    path = tmp_path / f"places.{form}"
    if form == "csv":
        delimited(path, list(PLACES), [PLACES], separator=",")
    else:
        pytest.importorskip("pyarrow", reason="Parquet needs it")
        pd.DataFrame([PLACES]).astype({"etablissementSiege": "string"}).to_parquet(path)
    reading = read_sirene(path, department="35")
    assert reading.report.layout == "sirene_establishments"
    assert reading.frame.loc[0, "siret"] == CITY
    assert bool(reading.frame.loc[0, "etablissementSiege"]) is True
    assert reading.frame.loc[0, "trancheEffectifsEtablissement"] == "NN"
    assert reading.report.numbered == ("line" if form == "csv" else "record")
