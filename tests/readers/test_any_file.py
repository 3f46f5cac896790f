"""Whatever is in a file, a reader gives a frame whose rows are accounted for, or a message."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_files import CITY, FIRM, WALDEC, delimited, waldec_row, workbook

from alliances.errors import AlliancesError
from alliances.readers import (
    read_ess,
    read_procurement,
    read_rna,
    read_sirene,
    read_subsidies,
    read_territory,
)

READERS = (read_rna, read_sirene, read_subsidies, read_procurement, read_territory, read_ess)
FUZZ = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> dict[str, bytes]:
    """The bytes of one sound file a form."""
    folder = tmp_path_factory.mktemp("sound")
    holder = {"titulaire": {"id": FIRM, "typeIdentifiant": "SIRET"}}
    contract = {"id": "M1", "acheteur": {"id": CITY}, "objet": "x", "dateNotification": "2024-01-01",
                "montant": 1, "titulaires": [holder]}  # fmt: skip
    table = [["Région", "Associations", "Mutuelles"], ["Bretagne", 1, 2]]
    return {
        "table": delimited(folder / "r.csv", WALDEC, [waldec_row(n) for n in range(1, 4)]).read_bytes(),
        "json": json.dumps({"marches": {"marche": [contract] * 3}}).encode(),
        "workbook": workbook(folder / "w.xlsx", {"Effectifs": table}).read_bytes(),
    }


def _check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for read in READERS:
        try:
            reading = read(path)
        except AlliancesError as refused:
            told = refused.in_language("fr"), refused.in_language("en")
            reading = None
        if reading is None:
            assert all(told)
            continue
        report = reading.report
        assert report.read == report.kept + report.refused + report.set_aside
        assert report.kept == len(reading.frame)
        assert report.say()
        json.dumps(report.as_dict())


@FUZZ
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path, content):
    """Bytes at random never escape as another exception."""
    _check(tmp_path / "any", content)


@FUZZ
@given(text=st.text(alphabet='id;,\t"\n\r{}[]:WA0é\x00€ ', max_size=200))
def test_any_text(tmp_path, text):
    """Nor do separators, quotation marks, brackets and line ends in any order."""
    _check(tmp_path / "any", text.encode("utf-8", "surrogatepass"))


@FUZZ
@given(data=st.data(), form=st.sampled_from(["table", "json", "workbook"]))
def test_damaged_files(tmp_path, sound, data, form):
    """Nor do sound files with a piece cut out, doubled or overwritten."""
    content = sound[form]
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(len(content), begin + 60)))
    middle = data.draw(
        st.sampled_from([b"", content[begin:end] * 2, b"\xff" * 3, b'"', b";", b"\n", b"\x00"])
    )
    _check(tmp_path / "any", content[:begin] + middle + content[end:])


def test_the_sound_files_are_sound(tmp_path, sound):
    """Without damage each is read by its own reader."""
    path = tmp_path / "file"
    for form, read in (("table", read_rna), ("json", read_procurement), ("workbook", read_ess)):
        path.write_bytes(sound[form])
        assert len(read(path).frame) > 0
