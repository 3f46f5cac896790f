"""Identifiers: shape, check digit, département."""

from __future__ import annotations

import pytest

from alliances.readers.identifiers import (
    department_of,
    former_rna_shape,
    is_siren,
    is_siret,
    rna_shape,
    whole_city,
)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("213502388", True),
        ("356000000", True),
        ("213502389", False),
        ("21350238", False),
        ("2135023880", False),
        ("21350238A", False),
        ("²13502388", False),
        ("", False),
    ],
)
def test_siren(text, sound):
    """A SIREN has nine ASCII digits that pass Luhn's check."""
    assert is_siren(text) is sound


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("21350238800019", True),
        ("55204599900869", True),
        ("55204599900868", False),
        ("5520459990086", False),
        ("35600000000048", True),  # La Poste's head office: passes Luhn
        ("35600000049837", True),  # an establishment of La Poste: digits add up to 45, Luhn fails
        ("35600000049838", False),
        ("21350238049837", False),
    ],
)
def test_siret(text, sound):
    """A SIRET passes Luhn's check with its SIREN; those of La Poste may add up to a multiple of 5 instead."""
    assert is_siret(text) is sound


@pytest.mark.parametrize(
    ("text", "sound"),
    [("W351000001", True), ("W2A1000123", True), ("W9R1000123", True), ("W35100001", False),
     ("w351000001", False), ("351000001W", False), ("W35100000A", False)],
)  # fmt: skip
def test_rna_number(text, sound):
    """An RNA number is W, the office (letters allowed: Corsica, overseas), and digits; ten signs in all."""
    assert rna_shape(text) is sound


@pytest.mark.parametrize(
    ("text", "sound"), [("751P00085568", True), ("2A1P00085568", True), ("00085568", False)]
)
def test_former_rna_number(text, sound):
    """A number of the former register begins with the four signs of the office."""
    assert former_rna_shape(text) is sound


@pytest.mark.parametrize(
    ("code", "department"),
    [("35238", "35"), ("2A004", "2A"), ("97105", "971"), ("98818", "988"), ("20000", "2A"), ("20200", "2B"),
     ("01001", "01"), ("99100", None), ("00000", None), ("00023", "00"), ("3523", None), ("", None)],
)  # fmt: skip
def test_department_of_a_code(code, department):
    """A commune code or postcode tells its département, Corsica and overseas included."""
    assert department_of(code) == department


@pytest.mark.parametrize(
    ("code", "city"),
    [("75114", "75056"), ("69389", "69123"), ("13201", "13055"), ("75056", "75056"), ("35238", "35238")],
)
def test_arrondissements_belong_to_their_city(code, city):
    """Registers name the arrondissement, tables of communes the city."""
    assert whole_city(code) == city
