"""The browser's own Python (Pyodide) draws the very bytes of Val-Commun that are committed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import yaml
from pyodide_page import python_in_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.checkout]

ROOT: Final = Path(__file__).resolve().parents[2]
MAKE: Final = ROOT / "datasets" / "make"

_GENERATE = """
import json, pathlib, sys
folder = pathlib.Path("/course/datasets/make")
folder.mkdir(parents=True)
for name, text in json.loads(files).items():
    (folder.parent / name).write_text(text, encoding="utf-8")
sys.path.insert(0, str(folder))
import val_commun
source, key = json.loads(settings)
tables, _, _ = val_commun.generate(val_commun.parameters(source), key, val_commun.written(), source["seed"])
json.dumps(val_commun.hashes(tables))
"""


def test_same_bytes_in_the_browser(
    chromium_browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Without any library, the browser gives each drawn table the hash of the committed file."""
    files = {
        f"make/{path.name}": path.read_text(encoding="utf-8") for path in sorted(MAKE.glob("val_commun*.py"))
    }
    for name in ("syn_actors.csv", "syn_alliances.csv"):
        files[name] = (ROOT / "datasets" / name).read_text(encoding="utf-8")
    keys = ROOT / "exercises" / "keys" / "val_commun.yaml"
    settings = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (MAKE / "val_commun.yaml", keys)]
    with python_in_browser(chromium_browser, tmp_path_factory.mktemp("pyodide")) as python:
        found = json.loads(python.run(_GENERATE, files=json.dumps(files), settings=json.dumps(settings)))
    assert len(found) == 14
    for name, digest in found.items():
        assert hashlib.sha256((ROOT / "datasets" / f"{name}.csv").read_bytes()).hexdigest() == digest, name
