"""What ``autograded/`` shows, made inert: no script, frame, link or style of a learner's reaches the marker.

Stock formgrader renders a copy as plain nbconvert HTML on the origin that holds the trainer's token (seen: a
learner's ``<script>`` runs there). So the stored copy itself is made harmless, after scoring.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from alliances_grader.cells import Cell, Notebook, by_id, grade_id, marks
from alliances_grader.inert_text import escaped, visible
from alliances_grader.literal import is_text_block, text_block
from alliances_grader.plain_copy import copied

__all__ = ["MARK_MIME", "is_image", "joined", "make_inert"]

MARK_MIME: Final = "application/vnd.alliances.mark+json"
_MAX_IMAGE: Final = 5_000_000
_IMAGES: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# Tables and emphasis: what pandas and a report need. No link, image, style, class or id.
_TAGS: Final = {
    "b",
    "br",
    "caption",
    "code",
    "dd",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES: Final = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}


def make_inert(notebook: Notebook, release: Notebook) -> Notebook:
    """Return a copy of a graded notebook in which everything that is not the course's own text is inert.

    Cells whose source is the release's stay as they are. Scores, ids and the verdicts in outputs are kept.
    """
    released = by_id(release)
    own_sources = {(cell["cell_type"], cell["source"]) for cell in release["cells"]}
    rest = {name: value for name, value in notebook.items() if name not in {"cells", "metadata"}}
    cells = [_inert_cell(cell, released, own_sources) for cell in notebook["cells"]]
    return {**copied(rest), "metadata": copied(release["metadata"]), "cells": cells}


def _inert_cell(cell: Cell, released: dict[str, Cell], own_sources: set[tuple[str, str]]) -> Cell:
    own = (cell["cell_type"], cell["source"]) in own_sources or _is_locked(cell, released)
    # A question's specification lies in the metadata and is not shown: copying it would cost the most.
    shown = copied({name: value for name, value in cell.items() if name != "metadata"})
    shown["metadata"] = {"nbgrader": copied(marks(cell))} if grade_id(cell) in released else {}
    if not own:
        shown.pop("attachments", None)
    if shown["cell_type"] == "code":
        shown["source"] = visible(shown["source"])
        shown["outputs"] = [_output(output) for output in shown["outputs"]]
    elif not own:
        _clean_text(shown)
    return shown


def _is_locked(cell: Cell, released: dict[str, Cell]) -> bool:
    # nbgrader has put locked cells of the course back before it ran them.
    source = released.get(grade_id(cell))
    return source is not None and bool(marks(source).get("locked"))


def _clean_text(cell: Cell) -> None:
    # Raw cells reach a page as they are; as text they say the same and do nothing.
    cell["cell_type"] = "markdown"
    if not is_text_block(cell["source"]):
        cell["source"] = text_block(cell["source"])


def _output(output: Any) -> Any:  # noqa: ANN401 - nbformat nodes have no type
    kind = output.get("output_type")
    if kind == "stream":
        output["text"] = visible(joined(output.get("text")))
    elif kind == "error":
        output["ename"], output["evalue"] = visible(str(output["ename"])), visible(str(output["evalue"]))
        output["traceback"] = [visible(str(line)) for line in output["traceback"]]
    else:
        output["metadata"] = {}
        output["data"] = _bundle(output.get("data") or {})
    return output


def _bundle(data: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for mime, value in data.items():
        if mime == "text/plain":
            kept[mime] = visible(joined(value))
        elif mime == "text/html":
            kept[mime] = _clean_html(joined(value))
        elif is_image(mime, value):
            kept[mime] = "".join(joined(value).split())
        elif mime == MARK_MIME:
            kept[mime] = value
    if not kept and data:
        kept["text/plain"] = "[" + ", ".join(escaped(str(mime), 60) for mime in sorted(data)) + "]"
    return kept


def _clean_html(value: str) -> str:
    import nh3

    return nh3.clean(visible(value), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def is_image(mime: str, value: Any) -> bool:  # noqa: ANN401 - as ``joined``
    """Say whether a value is the picture that its type announces, of a bounded size."""
    written = joined(value)
    if mime not in _IMAGES or len(written) > _MAX_IMAGE:
        return False
    try:
        return base64.b64decode("".join(written.split()), validate=True).startswith(_IMAGES[mime])
    except (binascii.Error, ValueError):
        return False


def joined(value: Any) -> str:  # noqa: ANN401 - JSON text or list of lines
    """Return a value of an output as one text."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
