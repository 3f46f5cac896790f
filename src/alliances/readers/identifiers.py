"""Identifiers of French organisations and places: shape, check digit, département.

Sources: Luhn's check of SIREN and SIRET, and the exception of La Poste's establishments (their digits add
up to a multiple of 5), as public code of the State and of pass Culture applies them; the shape of RNA
numbers from the SCDL schema of subsidies (``W`` and nine digits), which other readers widen to letters,
since Corsica and overseas have some.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = [
    "department_of",
    "former_rna_shape",
    "is_siren",
    "is_siret",
    "luhn",
    "rna_shape",
    "whole_city",
]

_LA_POSTE: Final = "356000000"
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_RNA: Final = re.compile(r"W[0-9][0-9A-Z]{2}[0-9A-Z]\d{5}", re.ASCII)
_FORMER_RNA: Final = re.compile(r"[0-9][0-9A-Z]{3}\d{8}", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_COMMUNE: Final = re.compile(r"(\d\d|2[AB])\d{3}", re.ASCII)
_PARTS_OF_CITIES: Final = (
    ("75101", "75120", "75056"),
    ("69381", "69389", "69123"),
    ("13201", "13216", "13055"),
)


def luhn(digits: str) -> bool:
    """Say whether a string of digits passes Luhn's check (every second digit from the right doubled)."""
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0


@lru_cache(maxsize=65_536)
def is_siren(text: str) -> bool:
    """Say whether ``text`` is a SIREN: nine digits, the last of which checks the others."""
    return len(text) == 9 and _DIGITS.fullmatch(text) is not None and luhn(text)  # noqa: PLR2004


@lru_cache(maxsize=65_536)
def is_siret(text: str) -> bool:
    """Say whether ``text`` is a SIRET: a SIREN and five digits, checked together.

    Establishments of La Poste (SIREN 356 000 000) may also have digits that add up to a multiple of 5.
    """
    if len(text) != 14 or _DIGITS.fullmatch(text) is None:  # noqa: PLR2004
        return False
    if luhn(text):
        return is_siren(text[:9])
    return text.startswith(_LA_POSTE) and sum(int(digit) for digit in text) % 5 == 0


def rna_shape(text: str) -> bool:
    """Say whether ``text`` looks like an RNA number: ``W``, three signs for the office, six more."""
    return _RNA.fullmatch(text) is not None


def former_rna_shape(text: str) -> bool:
    """Say whether ``text`` looks like a number of the former register: office of four signs, eight digits."""
    return _FORMER_RNA.fullmatch(text) is not None


def department_of(code: str) -> str | None:
    """Return the code of the département of a commune code or postcode; ``None`` if it is neither.

    ``00`` is the fictional département of Val-Commun. A postcode tells it nearly always, not quite: some
    communes are served from next door. Postcodes of Corsica (20…) give ``2A`` below 20200, ``2B`` from there.
    """
    if code == "00000" or _COMMUNE.fullmatch(code) is None:
        return None
    start = code[:2]
    if start in {"97", "98"}:
        return code[:3]
    if start == "20":
        return "2A" if code < "20200" else "2B"
    return None if start in {"96", "99"} else start


def whole_city(code: str) -> str:
    """Return the code of Paris, Lyon or Marseille for that of one of its arrondissements, else ``code``."""
    for first, last, city in _PARTS_OF_CITIES:
        if first <= code <= last:
            return city
    return code
