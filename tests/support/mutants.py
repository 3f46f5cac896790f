"""Copies that went wrong in every way of the scoring table, made from one notebook: the same at each run."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

__all__ = [
    "CELL_MUTATIONS",
    "NOTEBOOK_MUTATIONS",
    "STOPPING_OUTPUTS",
    "all_kinds",
    "block",
    "kind_of",
    "mixed_mutants",
    "mutants",
    "output_sequences",
    "put_outputs",
]

Cell = dict[str, Any]
Notebook = dict[str, Any]


def _cell(kind: str, source: str, name: str = "", flags: str = "", points: float | None = None) -> Cell:
    cell: Cell = {"cell_type": kind, "id": name or f"plain-{len(source)}", "metadata": {}, "source": source}
    if kind == "code":
        cell |= {"outputs": [], "execution_count": None}
    if name:
        known = {"grade": "g", "solution": "s", "locked": "l", "task": "t"}
        about: dict[str, Any] = {flag: letter in flags for flag, letter in known.items()}
        about |= {"grade_id": name, "schema_version": 3}
        if points is not None:
            about["points"] = points
        cell["metadata"]["nbgrader"] = about
    return cell


def all_kinds() -> Notebook:
    """Return the source of an assignment with each kind of cell that nbgrader knows."""
    hidden = "assert half(2) == 1\n### BEGIN HIDDEN TESTS\nassert half(-2) == -1\n### END HIDDEN TESTS"
    answer = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    scheme = "Compare both.\n### BEGIN MARK SCHEME\nOne point each.\n### END MARK SCHEME"
    cells = [
        _cell("markdown", "# A sheet"),
        _cell("code", "import math", "setup", "l"),
        _cell("markdown", "Write `half`.", "prompt", "l"),
        _cell("code", answer, "half", "s"),
        _cell("code", hidden, "half_test", "gl", 3),
        _cell("code", "assert half(0) == 0", "half_zero", "g", 1.5),
        _cell("code", "# free"),
        _cell("code", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "plot", "gs", 2),
        _cell("markdown", "The mean is 3.", "why", "gs", 4),
        _cell("markdown", scheme, "compare", "lt", 2.5),
        _cell("code", "x = half(4)\nx", "partial", "gl", 2),
        _cell("raw", "a raw note"),
        _cell("code", "1", "nothing", "gl", 0),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def block(cell: Cell) -> dict[str, Any]:
    """Return a cell's nbgrader block."""
    found: dict[str, Any] = cell["metadata"]["nbgrader"]
    return found


def kind_of(cell: Cell) -> str:
    """Return what a released cell is (tests, answer, manual, task, locked) and its type; else nothing."""
    about = cell["metadata"].get("nbgrader")
    if not isinstance(about, dict) or not about:
        return ""
    grade, solution = about.get("grade"), about.get("solution")
    name = (
        "task" if about.get("task")
        else "manual" if grade and solution
        else "tests" if grade
        else "answer" if solution
        else "locked"
    )  # fmt: skip
    return f"{name}_{cell['cell_type']}"


def _set(**values: Any) -> Callable[[Cell], None]:
    return lambda cell: block(cell).update(values)


def _flip(*flags: str) -> Callable[[Cell], None]:
    return lambda cell: block(cell).update({flag: not block(cell).get(flag, False) for flag in flags})


def _drop(key: str) -> Callable[[Cell], None]:
    def change(cell: Cell) -> None:
        block(cell).pop(key, None)

    return change


def _whole(value: Any) -> Callable[[Cell], None]:
    return lambda cell: cell["metadata"].update(nbgrader=value)


def _retype(kind: str) -> Callable[[Cell], None]:
    def change(cell: Cell) -> None:
        cell["cell_type"] = kind
        cell.pop("attachments", None)
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        else:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)

    return change


def _with_attachment(cell: Cell) -> None:
    _retype("markdown")(cell)
    cell["attachments"] = {"a.png": {"image/png": "AAAA"}}


CELL_MUTATIONS: dict[str, Callable[[Cell], None]] = {
    "as_it_is": lambda cell: None,
    "text_changed": lambda cell: cell.update(source=cell["source"] + "\n# more"),
    "text_blank": lambda cell: cell.update(source=""),
    "text_odd": lambda cell: cell.update(source="é\u202e\x0b\u2028 x\r\n"),
    "to_code": _retype("code"),
    "to_markdown": _retype("markdown"),
    "to_raw": _retype("raw"),
    "attachment": _with_attachment,
    "points_0": _set(points=0),
    "points_99": _set(points=99),
    "points_huge": _set(points=1e308),
    "points_negative": _set(points=-1),
    "points_nan": _set(points=float("nan")),
    "points_nan_text": _set(points="NaN"),
    "points_text": _set(points="x"),
    "points_same_as_text": lambda cell: block(cell).update(points=str(block(cell).get("points", 1))),
    "points_true": _set(points=True),
    "points_null": _set(points=None),
    "points_gone": _drop("points"),
    "points_list": _set(points=[1]),
    "grade": _flip("grade"),
    "solution": _flip("solution"),
    "locked": _flip("locked"),
    "task": _flip("task"),
    "grade_and_solution": _flip("grade", "solution"),
    "grade_and_task": _flip("grade", "task"),
    "solution_and_task": _flip("solution", "task"),
    "grade_as_1": _set(grade=1),
    "locked_as_text": _set(locked="yes"),
    "no_flags": _set(grade=False, solution=False, locked=False, task=False),
    "grade_gone": _drop("grade"),
    "task_gone": _drop("task"),
    "task_null": _set(task=None),
    "schema_gone": _drop("schema_version"),
    "schema_0": _set(schema_version=0),
    "schema_2": _set(schema_version=2),
    "schema_99": _set(schema_version=99),
    "schema_text": _set(schema_version="3"),
    "schema_float": _set(schema_version=3.0),
    "schema_null": _set(schema_version=None),
    "schema_true": _set(schema_version=True),
    "schema_nan": _set(schema_version=float("nan")),
    "checksum_forged": _set(checksum="0" * 32),
    "checksum_short": _set(checksum="0"),
    "checksum_gone": _drop("checksum"),
    "checksum_null": _set(checksum=None),
    "type_kept_wrong": _set(cell_type="raw"),
    "type_kept_odd": _set(cell_type="video"),
    "extra_key": _set(extra=1),
    "id_unknown": _set(grade_id="stranger"),
    "id_unknown_free": _set(grade_id="stranger", grade=False, solution=False, locked=False, task=False),
    "id_odd": _set(grade_id="a b", grade=False, solution=False, locked=False, task=False),
    "id_empty": _set(grade_id=""),
    "id_empty_free": _set(grade_id="", grade=False, solution=False, locked=False, task=False),
    "id_gone": _drop("grade_id"),
    "id_null": _set(grade_id=None),
    "id_number": _set(grade_id=5),
    "id_number_free": _set(grade_id=5, grade=False, solution=False, locked=False, task=False),
    "id_list": _set(grade_id=["x"]),
    "block_empty": _whole({}),
    "block_null": _whole(None),
    "block_list": _whole([]),
    "block_text": _whole("x"),
    "block_gone": lambda cell: cell["metadata"].pop("nbgrader") and None,
    "tag_skip": lambda cell: cell["metadata"].update(tags=["skip-execution"]),
    "tag_raises": lambda cell: cell["metadata"].update(tags=["raises-exception", "remove-cell"]),
    "metadata_more": lambda cell: cell["metadata"].update(collapsed=True, scrolled=False, mine={"a": 1}),
}  # fmt: skip
"""What can befall one cell, by name; each changes the cell in place."""


def _swap(notebook: Notebook, rng: random.Random) -> None:
    one, two = rng.sample([cell for cell in notebook["cells"] if kind_of(cell)], 2)
    about, other = block(one), block(two)
    about["grade_id"], other["grade_id"] = other.get("grade_id"), about.get("grade_id")


def _copy_cell(
    place: Callable[[int, int], int], *, free: bool = False
) -> Callable[[Notebook, random.Random], None]:
    def change(notebook: Notebook, rng: random.Random) -> None:
        index = rng.choice([at for at, cell in enumerate(notebook["cells"]) if kind_of(cell)])
        twin = copy.deepcopy(notebook["cells"][index])
        twin["id"] = f"twin-{index}"
        if free:
            block(twin).update(grade=False, solution=False, locked=False, task=False)
        notebook["cells"].insert(place(index, len(notebook["cells"])), twin)

    return change


def _delete(notebook: Notebook, rng: random.Random) -> None:
    notebook["cells"].remove(rng.choice([cell for cell in notebook["cells"] if kind_of(cell)]))


def _kernel(value: Any) -> Callable[[Notebook, random.Random], None]:
    return lambda notebook, _: notebook["metadata"].update(kernelspec=value)


NOTEBOOK_MUTATIONS: dict[str, Callable[[Notebook, random.Random], None]] = {
    "delete": _delete,
    "delete_all": lambda notebook, _: notebook["cells"].clear(),
    "copy_behind": _copy_cell(lambda index, _: index + 1),
    "copy_before": _copy_cell(lambda index, _: index),
    "copy_to_end": _copy_cell(lambda _, length: length),
    "copy_without_flags": _copy_cell(lambda index, _: index + 1, free=True),
    "copy_without_flags_before": _copy_cell(lambda index, _: index, free=True),
    "swap_ids": _swap,
    "reverse": lambda notebook, _: notebook["cells"].reverse(),
    "shuffle": lambda notebook, rng: rng.shuffle(notebook["cells"]),
    "add": lambda notebook, rng: notebook["cells"].insert(
        rng.randrange(len(notebook["cells"]) + 1), _cell("code", f"extra = {rng.random()}")
    ),
    "kernel_foreign": _kernel({"name": "bash", "display_name": "Bash", "argv": ["sh"]}),
    "kernel_gone": lambda notebook, _: notebook["metadata"].pop("kernelspec", None) and None,
}
"""What can befall a whole copy, by name."""


def mutants(notebook: Notebook, seed: int = 1) -> Iterator[tuple[str, Notebook]]:
    """Yield each mutation on one cell of each kind, and each mutation of the whole, three times, named."""
    kinds: dict[str, list[int]] = {}
    for index, cell in enumerate(notebook["cells"]):
        if kind_of(cell):
            kinds.setdefault(kind_of(cell), []).append(index)
    rng = random.Random(seed)  # noqa: S311 - made-up damage
    for name, change in CELL_MUTATIONS.items():
        for kind, places in kinds.items():
            mutant = copy.deepcopy(notebook)
            change(mutant["cells"][rng.choice(places)])
            yield f"{name}/{kind}", mutant
    for name, damage in NOTEBOOK_MUTATIONS.items():
        for number in range(3):
            mutant = copy.deepcopy(notebook)
            damage(mutant, rng)
            yield f"{name}/{number}", mutant


def mixed_mutants(notebook: Notebook, count: int, seed: int = 2) -> Iterator[tuple[str, Notebook]]:
    """Yield copies with several faults at once."""
    rng = random.Random(seed)  # noqa: S311 - made-up damage
    for number in range(count):
        mutant = copy.deepcopy(notebook)
        names = []
        for _ in range(rng.randint(2, 4)):
            marked = [cell for cell in mutant["cells"] if isinstance(cell["metadata"].get("nbgrader"), dict)]
            marked = [cell for cell in marked if "grade" in block(cell) and "solution" in block(cell)]
            if marked and rng.random() < 0.7:
                name = rng.choice(list(CELL_MUTATIONS))
                CELL_MUTATIONS[name](rng.choice(marked))
            elif len(marked) > 1:
                name = rng.choice([key for key in NOTEBOOK_MUTATIONS if key != "delete_all"])
                NOTEBOOK_MUTATIONS[name](mutant, rng)
            else:
                continue
            names.append(name)
        yield f"mixed-{number}/{'+'.join(names)}", mutant


def _stream(name: str, text: str) -> Cell:
    return {"output_type": "stream", "name": name, "text": text}


def _result(value: Any) -> Cell:
    return {
        "output_type": "execute_result",
        "data": {"text/plain": value},
        "metadata": {},
        "execution_count": 1,
    }


_OUTPUTS: dict[str, Cell] = {
    "error": {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": ["a"]},
    "stdout": _stream("stdout", "said\n"),
    "stderr": _stream("stderr", "warned\n"),
    "display": {"output_type": "display_data", "data": {"text/plain": "0.25"}, "metadata": {}},
    "zero": _result("0.0"),
    "half": _result("0.5"),
    "spaced": _result(" 1e0 "),
    "underscored": _result("0_1"),
    "negative": _result("-1"),
    "nan": _result("nan"),
    "true": _result("True"),
    "word": _result("'ok'"),
    "lines": _result(["0.5\n", "1"]),
    "one_line": _result(["0.5"]),
    "minus_inf": _result("-inf"),
    "minus_zero": _result("-0.0"),
}
_FLOOD = _stream("stdout", "line\n" * 1200)
_LONG_ERROR: Cell = {
    "output_type": "error", "ename": "E", "evalue": "", "traceback": [str(number) for number in range(300)],
}  # fmt: skip

STOPPING_OUTPUTS: dict[str, Cell] = {
    "over": _result("1e9"),
    "inf": _result("inf"),
    "empty": _result(""),
    "no_text": {
        "output_type": "execute_result",
        "data": {"image/png": "A"},
        "metadata": {},
        "execution_count": 1,
    },
    "empty_list": _result([]),
}
"""Outputs on which nbgrader stops."""


def output_sequences() -> Iterator[tuple[str, list[Cell]]]:
    """Yield outputs of a test cell, in every order of one or two, and some longer, named."""
    yield "none", []
    for length in (1, 2):
        for names in itertools.product(_OUTPUTS, repeat=length):
            yield "+".join(names), [copy.deepcopy(_OUTPUTS[name]) for name in names]
    for names in itertools.permutations(("stdout", "display", "half", "error", "stderr"), 3):
        yield "+".join(names), [copy.deepcopy(_OUTPUTS[name]) for name in names]
    for name in ("stderr", "error", "half", "stdout"):
        yield f"flood+{name}", [copy.deepcopy(_FLOOD), copy.deepcopy(_OUTPUTS[name])]
        yield (
            f"{name}+flood+{name}",
            [copy.deepcopy(output) for output in (_OUTPUTS[name], _FLOOD, _OUTPUTS[name])],
        )
    yield "long_error", [copy.deepcopy(_LONG_ERROR)]


def put_outputs(notebook: Any, sequences: Iterator[list[Cell]]) -> None:
    """Give each code cell of a notebook the next outputs, in place."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = copy.deepcopy(next(sequences))
            cell["execution_count"] = 1
