"""What was made quick in the learner's process sees what the slow way saw."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from executed import request_of

from alliances_grader.probe_split import split_test
from alliances_grader.shell_guard_classes import lying_classes
from alliances_grader.shell_guard_kept import kept_modules, kept_tables
from alliances_grader.shell_inputs import CellSource
from alliances_grader.zygote_client import ZygoteClient


@pytest.fixture(scope="module")
def client() -> Iterator[ZygoteClient]:
    """A warm parent without a box."""
    with ZygoteClient(["pandas", "json"]) as made:
        yield made


def _library() -> ModuleType:
    module = ModuleType("library")
    vars(module).update({name: object() for name in ("first", "second", "third")})
    return module


def _swapped(module: ModuleType) -> None:
    module.first, module.second = module.second, module.first


def _moved(module: ModuleType) -> None:
    # The last one goes, and what comes after it takes its place: as many as before.
    del vars(module)["third"]
    module.new = object()


CHANGES = {
    "nothing": (lambda _: None, []),
    "something new": (lambda module: setattr(module, "new", object()), []),
    "another value": (lambda module: setattr(module, "second", object()), ["library.second"]),
    "two in each other's place": (_swapped, ["library.first", "library.second"]),
    "one less": (lambda module: delattr(module, "third"), ["library.third"]),
    "one less and one new": (_moved, ["library.third"]),
    "put back at the end": (lambda module: vars(module).update(first=vars(module).pop("first")), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_table_is_compared_by_what_stands_in_it(name: str) -> None:
    """Each change of a kept value is named and can be put back; what is new, or only moved, is no change."""
    module = _library()
    before = dict(vars(module))
    kept = [(module, key, vars(module)[key]) for key in ("first", "second", "third")]
    (table,) = kept_tables([*kept, *((module, key, before[key]) for key in before if key.startswith("__"))])
    change, expected = CHANGES[name]
    change(module)
    found = list(table.differences())
    assert [label for label, _ in found] == expected
    for _, undo in found:
        undo()
    assert list(table.differences()) == []


def test_what_we_took_away_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept may go before learner code; another module in a kept place is named."""
    for name in ("ours", "theirs"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    table = kept_modules({"theirs": sys.modules["theirs"]})
    monkeypatch.delitem(sys.modules, "ours")
    table.look_again()
    assert list(table.differences()) == []
    monkeypatch.setitem(sys.modules, "theirs", ModuleType("theirs"))
    assert [label for label, _ in table.differences()] == ["sys.modules:theirs"]


@dataclass(order=True)
class _Plain:
    name: str
    size: int = 0


@dataclass(order=True)
class _SameFields:
    name: str
    size: int = 0


def test_generated_comparisons_are_no_lies() -> None:
    """Classes that dataclasses wrote are passed over, however many have the same fields."""
    named = {name for _ in range(2) for name in lying_classes(None)}
    assert "comparison:_Plain" not in named
    assert "comparison:_SameFields" not in named


def _run(client: ZygoteClient, folder: Path, answer: str, test: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    cells = [answer, CellSource(1, "test", test, guarded=True, test=split_test(test))]
    run = client.run(request_of(cells, folder))
    return [*(cell.status for cell in run.cells), *(str(found.values) for found in run.findings)]


TESTS = {
    "a name is read again after a call": (
        "found = [1]\ndef grow():\n    found.append(2)\n    return 0",
        'assert probe("found") == [1]\nassert probe("grow()") == 0\nassert probe("found") == [1, 2]',
        "ok",
    ),
    "a name is read twice": ("found = 3", 'assert probe("found") > 2\nassert probe("found") == 3', "ok"),
    "a copy that the test changes is not the next one": (
        "found = [1]",
        'a = probe("found")\nassert a + [2] == [1, 2]\nassert probe("found") == [1]',
        "ok",
    ),
    "what runs between is seen": (
        "found = 1\ndef grow():\n    global found\n    found += 1",
        'assert probe("found") == 1\ngrow()\ngrow()\nassert probe("found") == 3',
        "ok",
    ),
    "the first of several that fails ends the test": (
        "def f():\n    raise ValueError\ndone = []",
        'assert probe("done") == []\nf()\ndone.append(1)\nassert probe("done") == []',
        "error",
    ),
}


@pytest.mark.grader
@pytest.mark.parametrize("name", TESTS)
def test_a_test_asks_no_less_than_it_must(client: ZygoteClient, tmp_path: Path, name: str) -> None:
    """What is asked once, or runs together, gives the marks that asking and running apart give."""
    answer, test, status = TESTS[name]
    imports = "from alliances_grader.probe import probe\n"
    hidden = f"{imports}### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    assert split_test(hidden) is not None
    assert _run(client, tmp_path / "c", answer, hidden)[:2] == ["ok", status]


@pytest.mark.grader
def test_an_exchanged_function_is_still_named(client: ZygoteClient, tmp_path: Path) -> None:
    """Code put under a function of a test library is a sign, although each function is not looked at."""
    answer = "import json\ndef other(*a, **k):\n    return '1'\njson.dumps.__code__ = other.__code__"
    came = _run(client, tmp_path / "c", answer, "assert 1 == 1")
    assert any("dumps" in told for told in came)


def test_a_traceback_says_the_number_of_its_cell(client: ZygoteClient, tmp_path: Path) -> None:
    """What was judged apart counts as a cell that ran: tracebacks, results and counts agree."""
    test = "assert x == 1"
    judged = CellSource(1, "test", test, guarded=True, test=split_test(test))
    run = client.run(request_of(["x = 1", judged, "x + 1", "1 / 0"], tmp_path / "copy"))
    assert [(cell.status, cell.execution_count) for cell in run.cells[1:]] == [
        ("ok", 2),
        ("ok", 3),
        ("error", 4),
    ]
    assert run.cells[2].outputs[0]["execution_count"] == 3
    shown = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(run.cells[3].outputs[0]["traceback"]))
    assert "Cell In[4], line 1" in shown
