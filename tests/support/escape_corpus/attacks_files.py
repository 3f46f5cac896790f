"""B: hostile or broken notebook files. Most hold honest answers: repaired, they earn what those deserve."""

# ruff: noqa: E501 - tables of damage

from __future__ import annotations

import base64
import copy
import json
import pickle
from collections.abc import Callable
from typing import Any, Final

from escape_course import AUTOMATIC, as_bytes, cell_of

from alliances_grader.files import MAX_NOTEBOOK
from alliances_grader.grading_source import name_of
from escape_corpus.attack import ALL, NOTEBOOK, Attack, Files, Notebook, blank, changed, whole

__all__ = ["EVERY_FAULT", "FILES"]

TESTS: Final = tuple(AUTOMATIC)
ANSWERS: Final = ("double", "total", "share", "square")
RESTORED: Final = (("block_restored",),)
BROKEN: Final = "grader.notebook_not_json"
INVALID: Final = "grader.notebook_invalid"


class _Bomb:
    """Says that it was unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('unpickled')",))


def block(notebook: Notebook, name: str) -> dict[str, Any]:
    about: dict[str, Any] = cell_of(notebook, name)["metadata"]["nbgrader"]
    return about


def each(names: tuple[str, ...], change: Callable[[dict[str, Any]], object]) -> Callable[[Notebook], Files]:
    """Change the cells of those names."""

    def make(notebook: Notebook) -> Files:
        for name in names:
            change(cell_of(notebook, name))
        return whole(notebook)

    return make


def blocks(names: tuple[str, ...], **values: Any) -> Callable[[Notebook], Files]:
    """Set values in nbgrader's block of the cells of those names."""
    return each(names, lambda cell: cell["metadata"]["nbgrader"].update(values))


def tags(names: tuple[str, ...], *words: str, honest: bool = True) -> Callable[[Notebook], Files]:
    def make(notebook: Notebook) -> Files:
        for name in names:
            cell_of(notebook, name)["metadata"]["tags"] = list(words)
        return whole(notebook if honest else blank(notebook))

    return make


def without(*names: str) -> Callable[[Notebook], Files]:
    return changed(lambda n: n.update(cells=[cell for cell in n["cells"] if name_of(cell) not in names]))


def twins(name: str, count: int, source: str | None = None) -> Callable[[Notebook], Files]:
    """Put copies of a cell behind it; untouched ones for an answer, unless ``source`` is theirs."""

    def make(notebook: Notebook) -> Files:
        cell = cell_of(notebook, name)
        place = notebook["cells"].index(cell)
        for number in range(count):
            twin = {**copy.deepcopy(cell), "id": f"twin-{number}"}
            twin["source"] = source if source is not None else twin["source"]
            notebook["cells"].insert(place + 1, twin)
        return whole(notebook)

    return make


def retyped(names: tuple[str, ...], kind: str) -> Callable[[Notebook], Files]:
    def change(cell: dict[str, Any]) -> None:
        cell["cell_type"] = kind
        for field in ("outputs", "execution_count"):
            cell.pop(field, None)
        if kind == "code":
            cell.update(outputs=[], execution_count=None)

    return each(names, change)


def swapped(one: str, two: str) -> Callable[[Notebook], Files]:
    def change(notebook: Notebook) -> None:
        first, second = block(notebook, one), block(notebook, two)
        first["grade_id"], second["grade_id"] = two, one

    return changed(change)


def raw(content: bytes | Callable[[Notebook], bytes]) -> Callable[[Notebook], Files]:
    """Hand in these bytes for a notebook."""
    return lambda notebook: {NOTEBOOK: content(notebook) if callable(content) else content}


def added(*cells: dict[str, Any]) -> Callable[[Notebook], Files]:
    return changed(lambda n: n["cells"].extend(copy.deepcopy(cells)))


def code(source: str, number: int = 0, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"own-{number}",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


def said(notebook: Notebook, name: str, text: str) -> Files:
    cell_of(notebook, name)["source"] += text
    return whole(notebook)


def _forged_outputs(notebook: Notebook) -> Files:
    for name in TESTS:
        cell_of(notebook, name)["outputs"] = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": "99"},
                "metadata": {},
                "execution_count": 1,
            }
        ]
    return whole(blank(notebook))


def _old_format(notebook: Notebook) -> bytes:
    cells = [
        {
            "cell_type": "code",
            "input": cell["source"],
            "language": "python",
            "metadata": cell["metadata"],
            "outputs": [],
            "collapsed": False,
            "prompt_number": 1,
        }
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    return as_bytes(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [{"cells": cells, "metadata": {}}],
        }
    )


def _reversed(notebook: Notebook) -> Files:
    notebook["cells"].reverse()
    return whole(notebook)


def _every_fault(notebook: Notebook) -> Files:
    """E8: one copy with a fault of each class that can stand together in one file."""
    for name in TESTS:
        about = cell_of(notebook, name)
        about["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
        block(notebook, name).update(
            points=1e308, schema_version=99, checksum="0" * 32, solution=True, locked=False, extra=1
        )
        about["source"] = "pass"
    block(notebook, "double").update(grade=True, points=-1, grade_id="double")
    twin = {
        **copy.deepcopy(cell_of(notebook, "square")),
        "id": "twin",
        "source": "raise NotImplementedError()",
    }
    notebook["cells"] += [
        twin,
        code("\x00\ud800\u202e", 1, nbgrader={"schema_version": 2}),
        code("import os; os._exit(0)", 2),
    ]
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "x", "argv": ["sh", "-c", "true"]},
        "widgets": {"x": 1},
    }
    cell_of(notebook, "why")["attachments"] = {"../../x": {"text/html": "<script>alert(1)</script>"}}
    cell_of(notebook, "why")["source"] = "<script>alert(1)</script>" + "\u0301" * 10_000
    del notebook["cells"][0]
    notebook["cells"].reverse()
    return whole(notebook) | {"timestamp.txt": b"\xff" * 100_000, "numpy.py": b"raise SystemExit"}


EVERY_FAULT: Final = _every_fault

FILES: Final = (
    Attack("B1", "tests tagged skip-execution, no work", tags(TESTS, "skip-execution", honest=False), findings=(("tags_ignored",),)),
    Attack("B1", "tests tagged skip-execution, work done", tags(TESTS, "skip-execution"), earns=ALL, findings=(("tags_ignored",),)),
    Attack("B1", "answers tagged skip-execution", tags(ANSWERS, "skip-execution"), earns=ALL, findings=(("tags_ignored",),)),
    Attack("B2", "tags that decide", tags(TESTS, "raises-exception", "remove-cell", "hide-input", "parameters", "injected-parameters", honest=False),
        findings=(("tags_ignored",),)),
    Attack("B2", "tags that are no list", changed(lambda n: [cell["metadata"].update(tags="skip-execution") for cell in n["cells"]]), earns=ALL),
    *(
        Attack("B3", f"{count} untouched copies of an answer", twins("double", count, "raise NotImplementedError()"), earns=ALL, findings=(("cell_double",),))
        for count in (1, 2, 50)
    ),
    Attack("B3", "fifty copies of a test", twins("double_tests", 50, "pass"), earns=ALL, findings=(("cell_double",),)),
    Attack("B4", "tests deleted", without(*TESTS), earns=ALL, findings=(("cell_put_back",),)),
    Attack("B4", "tests deleted, no work", lambda n: without(*TESTS)(blank(n)), findings=(("cell_put_back",),)),
    Attack("B4", "answers deleted", without(*ANSWERS), findings=(("cell_put_back",),)),
    Attack("B4", "all cells deleted", changed(lambda n: n["cells"].clear()), findings=(("cell_put_back",),)),
    Attack("B5", "ids of two answers swapped", swapped("double", "share"), earns=ALL, findings=(("id_swapped",),)),
    Attack("B5", "ids of answer and test swapped", swapped("double", "double_tests"), earns=ALL, findings=(("id_swapped",),)),
    Attack("B5", "a test under another id", blocks(("double_tests",), grade_id="stranger"), earns=ALL, findings=(("cell_recognised", "cell_put_back"),)),
    Attack("B5", "an id that is markup", blocks(("double_tests",), grade_id="<img src=x onerror=alert(1)>"), earns=ALL),
    *(
        Attack("B6", f"flag {flag} of tests", blocks(TESTS, **{flag: value}), earns=ALL, findings=RESTORED)
        for flag, value in (("grade", False), ("solution", True), ("locked", False), ("task", True))
    ),
    Attack("B6", "answers said to be tests", blocks(ANSWERS, grade=True, solution=False, locked=True, points=100), earns=ALL, findings=RESTORED),
    *(
        Attack("B7", f"points {value!r}", blocks(TESTS, points=value), earns=ALL, findings=RESTORED)
        for value in (0, 1e308, -1, "NaN", "x", None, [1])
    ),
    *(Attack("B8", f"answers as {kind}", retyped(ANSWERS, kind), earns=ALL, findings=(("type_restored",),)) for kind in ("markdown", "raw")),
    *(Attack("B8", f"tests as {kind}", retyped(TESTS, kind), earns=ALL, findings=(("type_restored",),)) for kind in ("markdown", "raw")),
    *(
        Attack("B9", f"schema {value!r}", blocks((*TESTS, *ANSWERS), schema_version=value), earns=ALL)
        for value in (0, 2, 99, "3", 3.0, None)
    ),
    Attack("B9", "a cell of one's own with a schema of the future", added(code("x = 1", nbgrader={"schema_version": 99, "grade": True})), earns=ALL),
    Attack("B10", "forged checksums, no work", lambda n: whole(blank(json.loads(blocks((*TESTS, *ANSWERS), checksum="0" * 32)(n)[NOTEBOOK])))),
    Attack("B11", "tests rewritten, no work", lambda n: each(TESTS, lambda cell: cell.update(source="pass"))(blank(n)), findings=(("text_restored",),)),
    Attack("B11", "a setup rewritten", each(("setup",), lambda cell: cell.update(source="np = pd = None")), earns=ALL, findings=(("text_restored",),)),
    Attack("B11", "all cells in the other order", _reversed, earns=ALL, findings=(("order_restored",),)),
    Attack("B11", "a thousand cells added", changed(lambda n: n["cells"].extend(code(f"x{i} = {i}", i) for i in range(1000))), earns=ALL,
        limits={"copy_seconds": 60}),
    Attack("B11", "outputs written by hand", _forged_outputs),
    Attack("B12", "another kernel", changed(lambda n: n["metadata"].update(kernelspec={"name": "bash", "display_name": "Bash", "argv": ["sh", "-c", "id"]},
        language_info={"name": "bash"})), earns=ALL, findings=(("kernel_restored",),)),
    Attack("B12", "nbformat 3", raw(_old_format), refused="grader.notebook_format"),
    Attack("B12", "a minor version of the future", changed(lambda n: n.update(nbformat_minor=999)), earns=ALL),
    Attack("B12", "a major version of the future", changed(lambda n: n.update(nbformat=5)), refused="grader.notebook_format"),
    *(
        Attack("B13", name, raw(content), refused=BROKEN)
        for name, content in {
            "not JSON": b"hello", "empty": b"", "UTF-16": json.dumps({}).encode("utf-16"), "HTML": b"<!doctype html><script>alert(1)</script>",
            "marks of a Git conflict": b'<<<<<<< HEAD\n{"cells": []}\n=======\n{}\n>>>>>>> mine', "half of a surrogate pair in bytes": b'{"a": "\xed\xa0\x80"}',
        }.items()
    ),
    Attack("B13", "truncated", raw(lambda n: as_bytes(n)[:-200]), refused=BROKEN),
    Attack("B13", "a byte order mark", raw(lambda n: b"\xef\xbb\xbf" + as_bytes(n)), earns=ALL),
    *(
        Attack("B13", f"JSON that is {name}", raw(content), refused=INVALID)
        for name, content in {"a list": b"[]", "a number": b"1", "empty": b"{}", "without cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
                              "cells that are none": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}'}.items()
    ),
    Attack("B14", "characters that hide and break", lambda n: said(n, "why", "\x00\ud800\u202e\u2066<b>" + "\u0301" * 1_000_000), earns=ALL),
    Attack("B14", "such characters in answers", lambda n: said(n, "double", "\n# \ud800\u202e\u2028" + "\u0301" * 100_000),
        earns={"total_tests": 4.0, "share_tests": 2.0, "square_tests": 1.0}),
    Attack("B14", "a NUL in an answer", lambda n: said(n, "double", "\n'\x00'"), earns={"total_tests": 4.0, "share_tests": 2.0, "square_tests": 1.0}),
    Attack("B15", "nested 100 000 deep", raw(b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), refused=BROKEN),
    Attack("B15", "metadata nested 900 deep", changed(lambda n: n["cells"][0]["metadata"].update(x=nested(300))), earns=ALL),
    Attack("B15", "NaN and Infinity", changed(lambda n: n["metadata"].update(x=float("nan"), y=float("inf"))), earns=ALL),
    Attack("B15", "an integer of ten million digits", raw(lambda n: as_bytes(n).replace(b'"nbformat": 4', b'"x": ' + b"9" * 10_000_000 + b', "nbformat": 4', 1)), refused=BROKEN),
    Attack("B15", "keys twice", raw(lambda n: as_bytes(n).replace(b'"nbformat": 4', b'"nbformat": 3, "nbformat": 4', 1)), earns=ALL),
    Attack("B16", "larger than a notebook may be", raw(lambda n: as_bytes(n) + b" " * MAX_NOTEBOOK), refused="grader.too_large"),
    Attack("B16", "ten thousand cells", changed(lambda n: n["cells"].extend({"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": "x"} for i in range(10_000))), earns=ALL),
    Attack("B16", "one line of 15 MB", lambda n: said(n, "double", "\n# " + "x" * 15_000_000),
        earns={"total_tests": 4.0, "share_tests": 2.0, "square_tests": 1.0}),
    Attack("B16", "twenty thousand faults of schema", changed(lambda n: n["cells"].extend({"cell_type": "code"} for _ in range(20_000))), refused=INVALID),
    Attack("B17", "attachments", changed(lambda n: cell_of(n, "why").update(attachments={
        "../../x": {"text/html": "<script>alert(1)</script>"}, **{f"{i}.png": {"image/png": "AAAA"} for i in range(5_000)}})), earns=ALL),
    Attack("B17", "an attachment of 10 MB", changed(lambda n: n["cells"][0].update(attachments={
        "a.png": {"image/png": base64.b64encode(b"\0" * 10_000_000).decode()}})), earns=ALL),
    Attack("B18", "pickled metadata", changed(lambda n: [cell["metadata"].update(
        scramble_config={"config": base64.b85encode(pickle.dumps(_Bomb())).decode()}, extended_cell={"type": "diagram"}) for cell in n["cells"]]), earns=ALL),
    Attack("B18", "widget state", changed(lambda n: n["metadata"].update(widgets={"application/vnd.jupyter.widget-state+json": {
        "state": {"x": {"model_name": "HTMLModel", "state": {"value": "<script>alert(1)</script>"}}}}})), earns=ALL),
    *(
        Attack("B19", f"extended cell of {value!r} choices", changed(lambda n, value=value: [cell["metadata"].update(
            extended_cell={"type": "singlechoice", "num_of_choices": value, "choice": [0, 0, 10**9]}) for cell in n["cells"]]), earns=ALL)
        for value in (0, -1, 1, 10**9)
    ),
    *(
        Attack("B23", f"a time that is {name}", lambda n, text=text: whole(n) | {"timestamp.txt": text}, earns=ALL, findings=keys)
        for name, text, keys in (
            ("in the past", b"1970-01-01 00:00:00 UTC", ()), ("in the future", b"9999-12-31 23:59:59 UTC", ()),
            ("of another zone", b"2026-01-01 00:00:00 Asia/Tokyo", ()), ("10 MB", b"9" * 10_000_000, ()), ("no text", b"\xff\x00\x80", ()),
            ("markup", b"<script>alert(1)</script>", ()),
        )
    ),
    Attack("B24", "odd names of files", lambda n: whole(n) | dict.fromkeys(("a\nb", "a;b", "'\"", "-rf", "\u202egnp.exe", "x" * 255, "$(id)", "`id`", "a b", "CON", "sub/\u202e/x", ".hidden", "é", "%2e%2e"), b"x"), earns=ALL),
    Attack("B24", "notebooks of another name", lambda n: whole(n) | {"x-escape.ipynb": as_bytes(n), "Escape.ipynb": b"broken"}, earns=ALL),
)  # fmt: skip
