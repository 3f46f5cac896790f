"""What formgrader shows of a copy: text, tables, pictures, and nothing that acts."""

from __future__ import annotations

import base64
import copy
import re
from typing import Any

import pytest
from acting import acting_tags

from alliances_grader.cells import by_id
from alliances_grader.inert import MARK_MIME, make_inert
from alliances_grader.inert_text import MAX_SHOWN, escaped, visible

SCRIPT = "<script>alert(1)</script>"
# A picture that was kept, as nbconvert writes it.
PICTURE = re.compile(r'<img alt="[\w ]+"(?: class="")? src="data:image/png;base64,[A-Za-z0-9+/=]+"\s*/?>')
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n0000").decode()
HOSTILE_MARKDOWN = [
    SCRIPT,
    "[x](javascript:alert(1))",
    '<img src=x onerror="alert(1)">',
    '<pre class="answer">a</pre><script>alert(1)</script>',
    "<style>body{display:none}</style>",
    "$\\href{javascript:alert(1)}{x}$",
    "# Titre\n\n<iframe src='https://example.org'></iframe>",
    "</pre><svg onload=alert(1)>",
]


def page(notebook: Any) -> str:
    """Return the copy as formgrader's exporter renders it, without its own frame."""
    import nbformat
    from nbconvert.exporters import HTMLExporter

    body: str = HTMLExporter(template_name="basic").from_notebook_node(nbformat.from_dict(notebook))[0]
    return body


@pytest.mark.parametrize("text", HOSTILE_MARKDOWN)
@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_learners_text_is_shown_escaped(code: Any, text: str, kind: str) -> None:
    """Whatever a learner wrote in an answer or in a cell of their own acts on nothing."""
    graded = copy.deepcopy(code)
    by_id(graded)["j01"]["source"] = text
    graded["cells"].append(
        {"id": "mine", "cell_type": kind, "metadata": {"raw_mimetype": "text/html"}, "source": text}
    )
    inert = make_inert(graded, code)
    assert [tag for tag in acting_tags(page(inert)) if not PICTURE.fullmatch(tag)] == []
    assert escaped(text) in inert["cells"][-1]["source"]


def output(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {"image/png": {"width": '1" onload="x'}}, "data": data}


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (
            {"text/html": f"<table><tr><td onclick='x'>1</td></tr></table>{SCRIPT}"},
            {"text/html": "<table><tbody><tr><td>1</td></tr></tbody></table>"},
        ),
        ({"text/html": "<a href='https://example.org'>x</a><b>y</b>"}, {"text/html": "x<b>y</b>"}),
        ({"image/svg+xml": "<svg onload='alert(1)'/>", "text/plain": "<Figure>"}, {"text/plain": "<Figure>"}),
        ({"application/javascript": "alert(1)"}, {"text/plain": "[application/javascript]"}),
        ({"text/latex": "\\href{javascript:x}{y}", "text/plain": "y"}, {"text/plain": "y"}),
        ({"text/markdown": SCRIPT, "text/plain": "z"}, {"text/plain": "z"}),
        ({"image/png": PNG}, {"image/png": PNG}),
        ({"image/png": 'x" onerror="alert(1)', "text/plain": "p"}, {"text/plain": "p"}),
        ({"image/jpeg": PNG, "text/plain": "p"}, {"text/plain": "p"}),
        ({MARK_MIME: {"verdict": "right"}}, {MARK_MIME: {"verdict": "right"}}),
    ],
)
def test_outputs_keep_what_cannot_act(code: Any, data: dict[str, Any], kept: dict[str, Any]) -> None:
    """Tables lose their attributes, pictures must be pictures, code in any form goes."""
    graded = copy.deepcopy(code)
    by_id(graded)["k01"]["outputs"] = [output(**data)]
    inert = make_inert(graded, code)
    found = by_id(inert)["k01"]["outputs"][0]
    assert {
        name: re.sub(r"\s+", "", value) if name == "text/html" else value
        for name, value in found["data"].items()
    } == kept
    assert found["metadata"] == {}
    assert [tag for tag in acting_tags(page(inert)) if not PICTURE.fullmatch(tag)] == []


def test_terminal_sequences_and_hidden_characters_become_text(code: Any) -> None:
    """Colours, titles and characters that reorder a line do not reach the page."""
    graded = copy.deepcopy(code)
    by_id(graded)["k01"]["outputs"] = [
        {
            "output_type": "stream",
            "name": "stdout",
            "text": "\x1b[31mrouge\x1b[0m \x1b]0;titre\x07fin \u202eabc",
        },
        {"output_type": "error", "ename": "E\x1b[1m", "evalue": SCRIPT, "traceback": ["\x1b[0;31mE\x1b[0m"]},
    ]
    stream, error = by_id(make_inert(graded, code))["k01"]["outputs"]
    assert stream["text"] == "rouge fin [U+202E]abc"
    assert (error["ename"], error["traceback"]) == ("E", ["E"])


def test_the_courses_own_cells_and_all_ids_stay(code: Any) -> None:
    """Prompts, criteria and nbgrader's metadata are as formgrader needs them; metadata of others go."""
    graded = copy.deepcopy(code)
    graded["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    by_id(graded)["k01"]["metadata"]["tags"] = ['x" onload="alert(1)']
    inert = make_inert(graded, code)
    assert inert["metadata"] == code["metadata"]
    for name, cell in by_id(code).items():
        assert by_id(inert)[name]["metadata"]["nbgrader"] == cell["metadata"]["nbgrader"]
        assert by_id(inert)[name]["source"] == cell["source"]
        assert set(by_id(inert)[name]["metadata"]) == {"nbgrader"}


def test_attachments_of_a_learner_go(code: Any) -> None:
    """An attachment named by a learner is not offered."""
    graded = copy.deepcopy(code)
    by_id(graded)["j01"].update(
        source="![a](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": "PHN2Zy8+"}}
    )
    assert "attachments" not in by_id(make_inert(graded, code))["j01"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("\ud800", "[U+D800]"),
        ("ligne\r\nautre\r", "ligne\nautre\n"),
        ("\ttab", "\ttab"),
        ("x" * (MAX_SHOWN + 1), "x" * MAX_SHOWN + "\n[…]"),
        ("é — « ok »\u202f!", "é — « ok »\u202f!"),
    ],
)
def test_visible_text(text: str, shown: str) -> None:
    """Ordinary text is unchanged; what hides is named; what is endless is cut."""
    assert visible(text) == shown
