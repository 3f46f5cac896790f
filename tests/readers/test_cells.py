"""How one cell is read: what is kept, put right, emptied, and under which reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_files import CITY, FIRM

from alliances.i18n import area_texts
from alliances.readers.fields import KINDS

CELLS = [
    ("text", "Ã‰cole dâ€™Ã©tÃ©", "École d’été", "mojibake"),
    ("text", "São Paulo, Ãlvaro", "São Paulo, Ãlvaro", ""),
    ("text", "ÉCOLE À 5 €", "ÉCOLE À 5 €", ""),
    ("siren", "213502388", "213502388", ""),
    ("siren", "213 502 388", "213502388", "spaces"),
    ("siren", "21350238", None, "siren_length"),
    ("siren", "213502389", "213502389", "check_digit"),
    ("siren", "/", None, "siren_shape"),
    ("siren", "2,13502E+08", None, "scientific"),
    ("siret", CITY, CITY, ""),
    ("siret", "213 502 388 00019", CITY, "spaces"),
    ("siret", "213502388", None, "siret_length"),
    ("siret", "55204599900868", "55204599900868", "check_digit"),
    ("siret", "5,52046E+13", None, "scientific"),
    ("siret", f"{CITY}.0", CITY, "spaces"),
    ("siret", f"'{CITY}", CITY, "spaces"),
    ("siren", "FR213502388", None, "siren_shape"),
    ("rna", "w351 000 001", "W351000001", "spaces"),
    ("rna", "351000001", None, "rna_shape"),
    ("former_rna", "751P00085568", "751P00085568", ""),
    ("former_rna", "W351000001", "W351000001", ""),
    ("former_rna", "8/0012", None, "former_rna_shape"),
    ("date", "2014-06-17", "2014-06-17", ""),
    ("date", "2014-06-17T10:00:00", "2014-06-17", ""),
    ("date", "0001-01-01", None, ""),
    ("date", "17/06/2014", "2014-06-17", "day_first"),
    ("date", "1/2/2020", "2020-02-01", "day_first"),
    ("date", "2014-02-30", None, "date"),
    ("date", "06/17/2014", None, "date"),
    ("date", "0214-06-17", None, "date"),
    ("date", "2014", None, "date"),
    ("period", "2020-01-01/2020-12-31", "2020-01-01/2020-12-31", ""),
    ("period", "2020-01-01_2020-12-31", "2020-01-01/2020-12-31", "underscore"),
    ("period", "2020-01-01", "2020-01-01", ""),
    ("period", "2020", None, "period"),
    ("amount", "1234.50", 1234.5, ""),
    ("amount", "1234,50", 1234.5, "comma"),
    ("amount", "1\u202f234,50 €", 1234.5, "comma"),
    ("amount", "1 234", 1234.0, "spaces"),
    ("amount", "12.500,50 €", 12500.5, "comma"),
    ("amount", "1.234.567,8", 1234567.8, "comma"),
    ("amount", "12.50,00", None, "number"),
    ("amount", "1e6", 1e6, ""),
    ("amount", "-5", None, "negative"),
    ("amount", "1,234,567", None, "number"),
    ("amount", "nan", None, "number"),
    ("amount", "1e99", 1e99, ""),
    ("amount", "sur devis", None, "number"),
    ("whole", "12", 12, ""),
    ("whole", "12.0", 12, ""),
    ("whole", "12.5", None, "whole"),
    ("share", "0.8", 0.8, ""),
    ("share", "80 %", 0.8, "percent"),
    ("share", "80", 0.8, "percent"),
    ("share", "130", None, "share"),
    ("boolean", "Oui", True, ""),
    ("boolean", "FALSE", False, ""),
    ("boolean", "peut-être", None, "boolean"),
    ("commune", "35238", "35238", ""),
    ("commune", "1001", "01001", "leading_zero"),
    ("commune", "9", "00009", "leading_zero"),
    ("commune", "2a004", "2A004", "spaces"),
    ("commune", "00000", None, ""),
    ("commune", "Rennes", None, "commune"),
    ("postcode", "1000", "01000", "leading_zero"),
    ("postcode", "BP 12", None, "postcode"),
]


@pytest.mark.parametrize(("kind", "cell", "value", "reason"), CELLS)
def test_cell(kind, cell, value, reason):
    """Each cell gives the value and the reason of the table."""
    found, why = KINDS[kind](cell)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert why == reason


def test_lost_leading_zero_comes_back_when_the_check_digit_agrees():
    """A spreadsheet turns 005580501 into 5580501: zeros are put back only where the check digit says so."""
    assert KINDS["siren"]("5580501") == ("005580501", "leading_zero")
    assert KINDS["siren"]("5580502") == (None, "siren_length")
    assert KINDS["siren"]("00558050") == (None, "siren_length")  # zeros are there: its end is not
    assert KINDS["siret"]("356000000") == (None, "siret_length")  # a SIREN, not a short SIRET


def test_every_reason_has_its_words():
    """Each reason of the table exists in the catalogue, in both languages."""
    texts = area_texts("readers")
    for reason in {reason for *_, reason in CELLS if reason}:
        assert set(texts[f"reason_{reason}"]) == {"fr", "en"}


@given(kind=st.sampled_from(sorted(KINDS)), cell=st.text(min_size=1).map(str.strip).filter(bool))
def test_any_text_is_read_without_an_exception(kind, cell):
    """Whatever stands in a cell, it gives a value or a reason, and the reason has words."""
    value, reason = KINDS[kind](cell)
    assert value is not None or reason or kind in {"date", "commune", "postcode"}
    assert not reason or f"reason_{reason}" in area_texts("readers")


def test_a_company_is_a_company():
    """The examples of these tests are sound SIRET."""
    assert KINDS["siret"](FIRM) == (FIRM, "")
