"""The browser's own Python: Pyodide's core and our wheel in one page, served from here."""

from __future__ import annotations

import contextlib
import os
import runpy
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import Watched, open_page
from component_browser import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["BrowserPython", "build_wheel", "pyodide_core", "python_in_browser"]

_ROOT = Path(__file__).resolve().parents[2]
_MISSING = (
    "Pyodide est absent : ces tests ne sont PAS passés ; « python run.py test browser » le télécharge. / "
    "Pyodide is missing: these tests were NOT run; “python run.py test browser” downloads it."
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Python</title><link rel="icon" href="data:,"></head>
<body><script src="pyodide/pyodide.js"></script></body></html>
"""
_START = """async (wheel) => {
  window.pyodide = await loadPyodide({ indexURL: "/pyodide/" });
  const bytes = await (await fetch(wheel)).arrayBuffer();
  const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]");
  pyodide.unpackArchive(bytes, "wheel", { extractDir });
}"""


@dataclass(frozen=True)
class BrowserPython:
    """A page with a running Pyodide where the wheel ``wheel`` is unpacked; what it asked and its errors."""

    page: Page
    watched: Watched
    wheel: Path

    def run(self, code: str, **values: str) -> Any:
        """Run Python lines with global texts ``values``; return the last expression (a text or a number)."""
        return self.page.evaluate(
            """([code, values]) => {
              for (const [name, value] of Object.entries(values)) pyodide.globals.set(name, value);
              return pyodide.runPythonAsync(code);
            }""",
            [code, values],
        )


def pyodide_core() -> Path:
    """Return the folder of Pyodide's core that ``run.py`` fetched; without it skip the test, in CI fail."""
    version = runpy.run_path(str(_ROOT / "run.py"), run_name="run")["PYODIDE"]
    folder = _ROOT / ".cache" / f"pyodide-{version}"
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


def build_wheel(folder: Path) -> Path:
    """Build the project's wheel into ``folder`` from the checkout, and return it."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, _ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return next(folder.glob("*.whl"))


@contextlib.contextmanager
def python_in_browser(browser: Browser, folder: Path) -> Iterator[BrowserPython]:
    """Start Pyodide on a page served from ``folder``, with our wheel and nothing else installed."""
    core = pyodide_core()
    shutil.copytree(core, folder / "pyodide")
    wheel = build_wheel(folder)
    (folder / "index.html").write_text(_PAGE, encoding="utf-8")
    with served(folder) as address, open_page(browser, address) as (page, watched):
        page.goto(f"{address}/")
        page.evaluate(_START, f"/{wheel.name}")
        yield BrowserPython(page, watched, wheel)
