"""Copies of our own exercises that went wrong, made from a good one by a seed: the same at each run.

Three families: answers that do or return what a test does not expect (S4 to S17, S33 to S35), damage to one
cell of each type (S18, S24 to S26), damage to the whole notebook (S19, S21, S22). The text that a person
reads is changed, or left blank (S1, S2).
"""

from __future__ import annotations

import ast
import copy
import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

from mutants import CELL_MUTATIONS, NOTEBOOK_MUTATIONS, Notebook, kind_of

__all__ = ["EFFECTS", "VALUES", "behaving", "exercise_mutants", "texts_of"]

EFFECTS = {
    "plain": "pass",
    "stdout": "print('said')",
    "stderr": "import sys; print('warned', file=sys.stderr)",
    "warning": "import warnings; warnings.warn('careful', stacklevel=1)",
    "display": "from IPython.display import display; display(0.25)",
    "flood": "print('line\\n' * 1200)",
    "environment": "import os; assert os.environ['NBGRADER_EXECUTION'] == 'autograde'",
}
"""What an answer does when a test calls it, by name."""

VALUES = {
    "right": "found",
    "zero": "0",
    "negative": "-1",
    "over": "99",
    "nan": "float('nan')",
    "inf": "float('inf')",
    "true": "True",
    "word": "'ok'",
    "none": "None",
    "as_text": "str(found)",
    "in_a_list": "[found]",
    "as_array": "__import__('numpy').asarray(found)",
    "doubled": "found * 2",
    "lines": "[list(range(60)) for _ in range(3)]",
    "no_data": "object()",
    "too_much": "list(range(300_000))",
    "raises": "1 / 0",
    "raises_exit": "(_ for _ in ()).throw(SystemExit(1))",
    # Not exit(): a kernel asked to leave may answer one more cell or not.
    "leaves": "__import__('os')._exit(0)",
}
"""What it gives, from what the good answer gives (``found``), by name."""

_TEXTS: dict[str, Callable[[str], str]] = {
    "syntax": lambda text: f"{text}\nthis is ( no program",
    "gone": lambda text: "\n".join([text, *(f"del {name}" for name in _names(text))]),
    "nothing": lambda text: "",
    "magic": lambda text: f"%%time\n{text}",
}


def texts_of(notebook: Notebook) -> dict[str, str]:
    """Return the text of each named cell."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in notebook["cells"]
        if kind_of(cell)
    }


def _names(text: str) -> list[str]:
    return [
        name
        for node in ast.parse(text).body
        for name in (
            [node.name]
            if isinstance(node, ast.FunctionDef)
            else [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(node, ast.Assign)
            else []
        )
    ]


def behaving(text: str, effect: str, value: str) -> str:
    """Return a good answer's program, changed to do ``effect`` and to give ``value`` instead."""
    functions = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    lines = [text]
    for name in _names(text):
        if name in functions:
            lines += [
                f"own_{name} = {name}",
                f"def {name}(*given, **named):",
                f"    {EFFECTS[effect]}",
                f"    found = own_{name}(*given, **named)",
                f"    return {VALUES[value]}",
            ]
        else:
            lines += [EFFECTS[effect], f"found = {name}", f"{name} = {VALUES[value]}"]
    return "\n".join(lines)


def _behaviours(answered: Notebook, rng: random.Random) -> Iterator[tuple[str, Notebook]]:
    """Yield changed answers without end, each effect, value and text coming round before it comes again."""
    places = [index for index, cell in enumerate(answered["cells"]) if kind_of(cell) == "answer_code"]
    written = [index for index in places if "\n" in answered["cells"][index]["source"]]
    ways = [*VALUES, *_TEXTS]
    rounds = zip(_round(EFFECTS, rng), _round(ways, rng), strict=False)
    for (effect, way), number in zip(rounds, itertools.count(), strict=False):
        # Closed questions are one line each, and more in number: programs come every other time.
        made, index = copy.deepcopy(answered), rng.choice(written if number % 2 else places)
        cell = made["cells"][index]
        name, text = cell["metadata"]["nbgrader"]["grade_id"], cell["source"]
        cell["source"] = _TEXTS[way](text) if way in _TEXTS else behaving(text, effect, way)
        yield f"{name}-{'text' if way in _TEXTS else effect}-{way}", made


def _round(names: Any, rng: random.Random) -> Iterator[str]:
    while True:
        yield from rng.sample([*names], len(names))


def _damaged(answered: Notebook, rng: random.Random) -> Iterator[tuple[str, Notebook]]:
    kinds: dict[str, list[int]] = {}
    for index, cell in enumerate(answered["cells"]):
        if kind_of(cell):
            kinds.setdefault(kind_of(cell), []).append(index)
    for name, kind in zip(_round(CELL_MUTATIONS, rng), _round(kinds, rng), strict=False):
        made = copy.deepcopy(answered)
        CELL_MUTATIONS[name](made["cells"][rng.choice(kinds[kind])])
        yield f"{name}-{kind}", made


def _broken(answered: Notebook, rng: random.Random) -> Iterator[tuple[str, Notebook]]:
    for name in _round(NOTEBOOK_MUTATIONS, rng):
        made = copy.deepcopy(answered)
        NOTEBOOK_MUTATIONS[name](made, rng)
        yield name, made


def exercise_mutants(
    release: Notebook, good: dict[str, str], count: int, seed: str
) -> Iterator[tuple[str, Notebook]]:
    """Yield ``count`` copies and what is wrong with each: half by behaviour, the rest by damage.

    Args:
        release: what learners receive; texts may be in pieces.
        good: right answers, by name of their cell.
        count: how many copies.
        seed: what they are drawn by.
    """
    rng = random.Random(seed)  # noqa: S311 - made-up damage
    answered, blank = copy.deepcopy(release), texts_of(release)
    for cell in answered["cells"]:
        cell["source"] = "".join(cell["source"])
        if kind_of(cell):
            cell["source"] = good.get(cell["metadata"]["nbgrader"]["grade_id"], cell["source"])
    behaviours, damaged, broken = (made(answered, rng) for made in (_behaviours, _damaged, _broken))
    for number in range(count):
        label, made = next(behaviours if number % 2 == 0 else broken if number % 8 == 7 else damaged)
        for cell in made["cells"] if number % 3 == 0 else ():
            if kind_of(cell).startswith("manual"):
                name = cell["metadata"]["nbgrader"].get("grade_id")
                cell["source"] = blank.get(str(name), cell["source"])
        yield label, made
