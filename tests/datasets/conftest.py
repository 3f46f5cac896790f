"""The generator of Val-Commun, for the tests of its tables and of what its card says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

_ROOT = Path(__file__).resolve().parents[2]
_MAKE = _ROOT / "datasets" / "make"


@pytest.fixture(scope="module")
def generator():
    """The generator and its parts, imported from their folder."""
    sys.path.insert(0, str(_MAKE))
    try:
        import val_commun
    finally:
        sys.path.remove(str(_MAKE))
    return val_commun


@pytest.fixture(scope="module")
def made(generator):
    """Tables, clean registers and key of the faults, generated anew."""
    source = yaml.safe_load((_MAKE / "val_commun.yaml").read_text(encoding="utf-8"))
    key = yaml.safe_load((_ROOT / "exercises" / "keys" / "val_commun.yaml").read_text(encoding="utf-8"))
    return generator.generate(generator.parameters(source), key, generator.written(), source["seed"])
