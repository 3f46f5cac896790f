"""In the browser's own Python, without any library, tables are described and broken ones are told as here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from pyodide_page import BrowserPython, python_in_browser

from alliances import data
from alliances.data_words import description_of_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.checkout]

TABLE: Final = "syn_epci"
_DESCRIBE = """
import json
from alliances.data_words import description_of_table
json.dumps({f"{name} {lang}": str(description_of_table(name, lang))
            for name in json.loads(names) for lang in ("fr", "en")})
"""
_VALIDATE = """
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["ALLIANCES_DATA"])
folder.mkdir(parents=True, exist_ok=True)
for name, text in json.loads(files).items():
    (folder / name).write_text(text, encoding="utf-8")
from alliances.data_files import descriptor
from alliances.data_validation import validate
from alliances.i18n import use
told = {}
for language in ("fr", "en"):
    use(language)
    found = validate()
    told[language] = [str(one) for one in (*found.problems, *found.refusals)]
result = json.dumps([told, sorted({"pandas", "numpy", "frictionless"} & set(sys.modules))])
"""


def broken() -> dict[str, str]:
    """A small package: one table of the course, with a fault of each kind that a beginner makes."""
    package = data.descriptor()
    [described] = [one for one in package["resources"] if one["name"] == TABLE]
    described = {**described, "schema": {**described["schema"], "foreignKeys": []}}
    lines = (data.data_folder() / described["path"]).read_text(encoding="utf-8").splitlines()
    header, first, *rest = lines
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    faults = [{"population": "beaucoup"}, {"kind": "VILLAGE"}, {"name": ""}, {"siren": "12"}]
    made = [",".join(str((cells | fault)[name]) for name in cells) for fault in faults]
    kept = {key: value for key, value in package.items() if key not in {"checks", "resources"}}
    return {
        "datapackage.json": json.dumps({**kept, "resources": [described]}),
        described["path"]: "\n".join([header, first, *rest, *made]) + "\n",
    }


@pytest.fixture(scope="module")
def python(chromium_browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPython]:
    """Start Pyodide once, with the course's wheel."""
    with python_in_browser(chromium_browser, tmp_path_factory.mktemp("pyodide")) as python:
        yield python


def test_every_table_is_described_as_here(python: BrowserPython) -> None:
    """Fields, units, sources and warnings of every table come out word for word, in both languages."""
    names = data.table_names()
    found = json.loads(python.run(_DESCRIBE, names=json.dumps(names)))
    assert len(found) == 2 * len(names)
    for name in names:
        assert found[f"{name} fr"] == str(description_of_table(name, "fr")), name
        assert found[f"{name} en"] == str(description_of_table(name, "en")), name


def test_a_broken_table_is_told_as_here(python: BrowserPython, tmp_path: Path) -> None:
    """Each fault is told in the browser in the very words of this Python, with its line and column."""
    files = json.dumps(broken())
    here = subprocess.run(
        [sys.executable, "-c", f"files = {files!r}\n{_VALIDATE}\nprint(result)"],
        env={**os.environ, "ALLIANCES_DATA": str(tmp_path / "data"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    code = f"import os\nos.environ['ALLIANCES_DATA'] = '/broken'\n{_VALIDATE}\nresult"
    told, heavy = json.loads(python.run(code, files=files))
    assert heavy == []
    assert told == json.loads(here.stdout)[0]
    for language, word in (("fr", "ligne"), ("en", "line")):
        sentences = "\n".join(told[language])
        assert len(told[language]) >= 4
        for at, column in ((5, "population"), (6, "kind"), (7, "name"), (8, "siren")):
            assert f"{word} {at}" in sentences
            assert column in sentences
