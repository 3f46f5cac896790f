"""Marking in the page says what Python says."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from component_browser import chromium, served
from vectors import QUESTIONS, VECTORS, all_labels, name_of

from alliances.questions import mark
from alliances.widgets.static import copy_static

_SCRIPT = """
import { readFileSync } from "node:fs";
import { mark } from "./marking.js";
const { questions, vectors, labels } = JSON.parse(readFileSync(0, "utf8"));
const marks = vectors.map((v) => mark(questions[v.question], v.answer, labels[questions[v.question].lang]));
process.stdout.write(JSON.stringify(marks));
"""
_IN_PAGE = """async ({ questions, vectors, labels }) => {
  const { mark } = await import("./marking.js");
  return vectors.map((v) => mark(questions[v.question], v.answer, labels[questions[v.question].lang]));
}"""


def _marks_of_javascript(folder: Path) -> list[dict[str, Any]]:
    """Run the page's marking in Node.js, or in Chromium where there is no Node.js."""
    copy_static(folder)
    given = {"questions": QUESTIONS, "vectors": VECTORS, "labels": all_labels()}
    node = shutil.which("node")
    if node:
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        (folder / "run.js").write_text(_SCRIPT, encoding="utf-8")
        done = subprocess.run(
            [node, "run.js"],
            cwd=folder,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        marks: list[dict[str, Any]] = json.loads(done.stdout)
        return marks
    (folder / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with served(folder) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        in_page: list[dict[str, Any]] = page.evaluate(_IN_PAGE, given)
    return in_page


def test_javascript_marks_as_python_does(tmp_path: Path) -> None:
    """Points, verdict, reason, next step and misconception are the same for every vector."""
    expected = {
        f"{place} {name_of(vector)}": mark(QUESTIONS[vector["question"]], vector["answer"]).to_dict()
        for place, vector in enumerate(VECTORS)
    }
    actual = dict(zip(expected, _marks_of_javascript(tmp_path), strict=True))
    assert expected == actual
