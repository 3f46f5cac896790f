"""Marking in the page says what Python says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import open_page
from component_browser import served
from vectors import QUESTIONS, VECTORS, given, name_of

from alliances.questions import mark
from alliances.widgets.static import copy_static

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SCRIPT = """
import { readFileSync } from "node:fs";
import { evaluate } from "./rules.js";
const { tables, vectors } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(vectors.map((v) => evaluate(tables[v.question], v.answer))));
"""
_IN_PAGE = """async ({ tables, vectors }) => {
  const { evaluate } = await import("./rules.js");
  return vectors.map((v) => evaluate(tables[v.question], v.answer));
}"""


def _check(marks: list[dict[str, Any]]) -> None:
    """Compare the marks of the page with Python's, vector by vector."""
    expected = {
        f"{place} {name_of(vector)}": mark(QUESTIONS[vector["question"]], vector["answer"]).to_dict()
        for place, vector in enumerate(VECTORS)
    }
    assert expected == dict(zip(expected, marks, strict=True))


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here: the same test runs in Chromium")
def test_javascript_marks_as_python_does(tmp_path: Path) -> None:
    """Points, verdict, reason, next step and misconception are the same for every vector, in Node.js."""
    copy_static(tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "run.js").write_text(_SCRIPT, encoding="utf-8")
    done = subprocess.run(
        ["node", "run.js"],
        cwd=tmp_path,
        input=json.dumps(given()),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    _check(json.loads(done.stdout))


@pytest.mark.browser
def test_the_browser_marks_as_python_does(tmp_path: Path, chromium_browser: Browser) -> None:
    """Points, verdict, reason, next step and misconception are the same for every vector, in Chromium."""
    copy_static(tmp_path)
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with served(tmp_path) as address, open_page(chromium_browser, address) as (page, watched):
        page.goto(address)
        _check(page.evaluate(_IN_PAGE, given()))
        assert watched.outside == []
