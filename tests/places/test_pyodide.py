"""The browser's own Python (Pyodide, as in JupyterLite) imports the course and marks as this one does.

Only Pyodide's core is there: the standard library, without numpy, pandas, anywidget or YAML.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import marks_of_vectors
import pytest
from marks_of_vectors import marks_of
from pyodide_page import BrowserPython, python_in_browser
from vectors import QUESTIONS, VECTORS

from alliances.widgets.practice import practice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

# Modules that need a library to be imported at all. Heavy imports are late, so there is none so far.
NEED_NUMPY: Final[frozenset[str]] = frozenset()
LIVE: Final = {"anywidget", "traitlets", "ipywidgets"}
WITHOUT_LIBRARIES: Final = {
    f"alliances.widgets.{name}" for name in ("assembly", "fallback", "labels", "practice", "static")
}

_IMPORT_ALL = """
import importlib, json
missing, broken = {}, {}
for name in json.loads(names):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing[name] = error.name.partition(".")[0]
    except Exception as error:
        broken[name] = repr(error)
json.dumps([missing, broken])
"""
_MARK_ALL = """
import json
data = json.loads(vectors)
json.dumps(marks_of(data["questions"], data["vectors"]))
"""


@pytest.fixture(scope="module")
def python(chromium_browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPython]:
    """Start Pyodide once; at the end nothing was asked of another server and no script failed."""
    with python_in_browser(chromium_browser, tmp_path_factory.mktemp("pyodide")) as python:
        yield python
        assert python.watched.outside == []
        assert python.watched.errors == []


def modules_of(wheel: Path, *packages: str) -> list[str]:
    """Return the names of the wheel's modules in these packages and files of ``alliances``."""
    wanted = re.compile(rf"alliances/(({'|'.join(packages)})/.+|({'|'.join(packages)}))\.py")
    names = [name for name in zipfile.ZipFile(wheel).namelist() if wanted.fullmatch(name)]
    return sorted(name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names)


def test_the_package_comes_from_the_wheel(python: BrowserPython) -> None:
    """``alliances`` is the wheel's, in a Python for the browser."""
    place = python.run("import sys, alliances.questions as q; f'{sys.platform} {q.__file__}'")
    assert re.fullmatch(r"emscripten /lib/python3\.\d+/site-packages/alliances/questions/__init__\.py", place)


def test_every_vector_is_marked_as_here(python: BrowserPython) -> None:
    """Points, verdict, reason, next step: each shared vector gives what it gives in this Python."""
    python.run(Path(marks_of_vectors.__file__).read_text(encoding="utf-8"))
    there = json.loads(
        python.run(_MARK_ALL, vectors=json.dumps({"questions": QUESTIONS, "vectors": VECTORS}))
    )
    here = json.loads(json.dumps(marks_of(QUESTIONS, VECTORS)))
    assert len(there) == len(VECTORS) >= 100
    differing = [
        (vector, one, other) for vector, one, other in zip(VECTORS, here, there, strict=True) if one != other
    ]
    assert differing[:3] == []


def test_logic_questions_and_texts_are_imported(python: BrowserPython) -> None:
    """Every module of the layers under the components is imported without any library but those listed."""
    names = modules_of(python.wheel, "logic", "questions", "i18n", "data", "storage", "errors")
    assert {"alliances.logic", "alliances.questions.marking", "alliances.i18n", "alliances.data"} <= {*names}
    missing, broken = json.loads(python.run(_IMPORT_ALL, names=json.dumps(names)))
    assert broken == {}
    assert missing == dict.fromkeys(NEED_NUMPY, "numpy"), "needs a library: import it late, or list it here"


def test_components_want_nothing_but_anywidget(python: BrowserPython) -> None:
    """A component's Python side lacks anywidget alone; what writes pages and practice lacks nothing."""
    names = modules_of(python.wheel, "widgets", "apps")
    assert {*names} >= WITHOUT_LIBRARIES
    missing, broken = json.loads(python.run(_IMPORT_ALL, names=json.dumps(names)))
    assert broken == {}
    assert {*missing.values()} <= LIVE
    assert missing.keys() & WITHOUT_LIBRARIES == set()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_practice_question_is_shown_as_here(
    python: BrowserPython, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """``practice`` finds its question in the wheel and gives the same page as in this Python."""
    shown = python.run(
        "import json; from alliances.widgets.practice import practice\n"
        "json.dumps(practice('alliance_models.p01', lang)._repr_mimebundle_())",
        lang=lang,
    )
    monkeypatch.setenv("ALLIANCES_STATIC", "1")
    assert json.loads(shown) == practice("alliance_models.p01", lang)._repr_mimebundle_()
