"""Two-process items: what is plain, how a test is cut in two, what the judge says, and who can lie to it."""

# ruff: noqa: E501 - tables of programs

from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter, OrderedDict, defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from executed import request_of
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import text
from alliances.questions.notebook import MARK_TYPE
from alliances_grader.probe import NotPlainError, approx, from_wire, probe, raises, to_wire
from alliances_grader.probe_judge import Judge, LearnerError
from alliances_grader.probe_split import beside, lint, split_test
from alliances_grader.shell_inputs import CellSource
from alliances_grader.zygote_client import ZygoteClient


class Point(NamedTuple):
    x: int
    y: int


class _Lie(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __float__(self):
        return 42.0


class _Sly:
    __class__ = int

    def __eq__(self, other):
        return True

    __hash__ = None


class _Label(str):
    __slots__ = ()

    def __str__(self):
        return "other"


PLAIN = [
    (None, None),
    (True, True),
    (3, 3),
    (-(10**30), -(10**30)),
    (2.5, 2.5),
    (math.inf, math.inf),
    (1 + 2j, 1 + 2j),
    ("é\n", "é\n"),
    ([1, [2, "a"]], [1, [2, "a"]]),
    ((1, 2), (1, 2)),
    ({1, 2}, {1, 2}),
    (frozenset({1}), frozenset({1})),
    ({"a": 1, 2: [3], (1, 2): None}, {"a": 1, 2: [3], (1, 2): None}),
    ({"~": "float", "v": "inf"}, {"~": "float", "v": "inf"}),
    (Fraction(1, 3), Fraction(1, 3)),
    (Decimal("0.5"), 0.5),
    (Point(1, 2), (1, 2)),
    (OrderedDict(a=1), {"a": 1}),
    (defaultdict(int, a=1), {"a": 1}),
    (Counter("aab"), {"a": 2, "b": 1}),
    (dt.date(2026, 3, 1), "2026-03-01"),
    (np.float32(0.5), 0.5),
    (np.int64(3), 3),
    (np.bool_(True), True),
    (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
    (pd.Series([1, 2]), [1, 2]),
    (pd.Index(["a", "b"]), ["a", "b"]),
    (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), {"a": [1, 2], "b": ["x", "y"]}),
    (pd.Timestamp("2026-03-01"), "2026-03-01T00:00:00"),
    (pd.NaT, None),
    (pd.NA, None),
    (pd.Timedelta("1D"), "1 days 00:00:00"),
]


@pytest.mark.parametrize(("value", "plain"), PLAIN, ids=[repr(value)[:30] for value, _ in PLAIN])
def test_plain_values_travel_as_they_are(value, plain):
    """What goes through JSON comes back equal, and of the plain type."""
    found = from_wire(json.loads(json.dumps(to_wire(value), allow_nan=False)))
    assert found == plain
    assert type(found) is type(plain)


def test_nan_travels():
    """Not a number comes back as not a number."""
    assert math.isnan(from_wire(to_wire(math.nan)))


@pytest.mark.parametrize(
    ("value", "plain"),
    [(_Lie(1.5), 1.5), (_Label("own"), "own"), ([_Lie(2.0)], [2.0])],
    ids=["float", "str", "in"],
)
def test_a_subclass_cannot_lie(value, plain):
    """A subclass of a plain type becomes what it is underneath, whatever its methods say."""
    found = from_wire(to_wire(value))
    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize(
    "value",
    [object(), _Sly(), len, [object()], {"a": _Sly()}, 1 << 5000, "x" * 3_000_000, list(range(300_000)),
     set(range(20_000)), pd.Series(range(300_000)), np.zeros(300_000), type, iter([])],
    ids=["object", "sly", "function", "in_list", "in_dict", "digits", "text", "list", "set", "series", "array", "type",
         "iterator"],
)  # fmt: skip
def test_what_is_not_plain_is_refused(value):
    """Another type, or too much of a plain one, is refused by name and in bounded time."""
    with pytest.raises(NotPlainError):
        to_wire(value)


def test_endless_nesting_is_refused():
    """A list that holds itself is too deep."""
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(NotPlainError, match="deep"):
        to_wire(loop)


@pytest.mark.parametrize(
    "content",
    [{}, {"a": 1}, {"~": "object", "v": 1}, {"~": "set", "v": 3}, {"~": "set", "v": [[1]]}, {"~": "float", "v": "1"},
     {"~": "dict", "v": [[1]]}, {"~": "dict", "v": [[[1], 2]]}, {"~": ["set"], "v": []}, {"~": "fraction", "v": [1, 0]},
     {"~": "complex", "v": ["1", "2", "3"]}, {"~": "set", "v": list(range(20_000))}, 1 << 5000],
)  # fmt: skip
def test_a_forged_wire_value_is_refused(content):
    """What the converter does not write is refused on the other side, with one kind of error."""
    with pytest.raises(NotPlainError):
        from_wire(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner)
        ),
        max_leaves=20,
    )
)
def test_any_plain_value_survives(value):
    """Conversion there and back changes nothing."""
    assert from_wire(json.loads(json.dumps(to_wire(value), allow_nan=False))) == value


def test_exact_conversion_leaves_arrays_alone():
    """Where a comparison means something else on a list, the value is not taken as one."""
    for value in (np.arange(3), pd.Series([1]), Decimal("0.1"), dt.date(2026, 1, 1)):
        with pytest.raises(NotPlainError):
            to_wire(value, exact=True)
    assert to_wire([np.float64(0.5), np.int64(2)], exact=True) == [0.5, 2]


secret_of_this_module = 41


def test_probe_in_process():
    """Under stock nbgrader, ``probe`` evaluates among the notebook's names and returns a copy."""
    assert probe("secret_of_this_module + 1") == 42
    assert raises("1 / 0", "ZeroDivisionError")
    assert raises("1 / 0", "ArithmeticError")
    assert not raises("1 / 1", "ZeroDivisionError")


@pytest.mark.parametrize(
    ("expression", "value"),
    [("secret_of_this_module", 41), ("nothing_called_so", ()), ("object()", ()), ("1 / 0", ())],
)
def test_probe_may_have_something_in_place_of_an_error(expression, value):
    """With ``otherwise``, what cannot be had is replaced, in process as by the judge."""
    assert probe(expression, otherwise=()) == value

    def ask(expression, *, exact):
        try:
            return from_wire(to_wire(eval(expression, globals()), exact=exact))  # noqa: S307 - of the table above
        except NotPlainError:
            raise
        except Exception as problem:  # noqa: BLE001 - as the learner's process does
            raise LearnerError((type(problem).__name__,), "") from None

    judgement = Judge(ask).step(f"probe({expression!r}, otherwise=())")
    assert (judgement.error, judgement.value) == ("", repr(value))


class _Shown:
    _alliances_asked = True

    def given(self):
        return {"option": "a"}


def test_a_question_shown_in_the_notebook_is_its_answer():
    """``c01 = ask("c01")`` answers as the page does; a comparison with a literal leaves it as it is."""
    assert from_wire(to_wire(_Shown())) == {"option": "a"}
    with pytest.raises(NotPlainError):
        to_wire(_Shown(), exact=True)


@pytest.mark.parametrize(
    ("found", "expected", "near"),
    [(1.0000001, 1, True), (1.1, 1, False), ([1, 2.0], [1, 2], True), ([1], [1, 2], False), ((1,), [1], True),
     ({"a": 1.0}, {"a": 1}, True), ({"b": 1}, {"a": 1}, False), (math.nan, math.nan, True), ("a", "a", True),
     ("a", 1, False), (None, 0, False), (True, 1, True)],
)  # fmt: skip
def test_approx(found, expected, near):
    """Numbers within 10⁻⁶, also inside lists and dictionaries of one shape."""
    assert approx(found, expected) is near


HIDDEN = "from alliances_grader.probe import probe, raises, approx\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"

LINT = [
    ('assert probe("f(1)") == 2', None),
    ('for k in range(3):\n    assert probe(f"f({k})") == k ** 2, "bad"', None),
    ('x = probe("f(1)")\nassert isinstance(x, list) and len(x) == 3', None),
    ('assert raises("f(-1)", "ValueError")', None),
    ('import math\nassert math.isclose(probe("f(1)"), math.pi)', None),
    ('total = 0\ntotal += probe("f(1)")\ntotal', None),
    ('assert [v for v in probe("xs") if v > 0] == [1]', None),
    ('assert f(1) == probe("f(2)")', "probe_name"),
    ('import os\nassert probe("f(1)") == 2', "probe_statement"),
    ('def helper():\n    return probe("f(1)")\nassert helper() == 2', "probe_statement"),
    ('try:\n    probe("f(1)")\nexcept Exception:\n    pass', "probe_statement"),
    ('while True:\n    probe("f(1)")', "probe_statement"),
    ('assert probe("f(1)").__class__ is int', "probe_attribute"),
    ('assert "{}".format(probe("f(1)")) == "1"', "probe_attribute"),
    ('assert eval("1") == probe("f(1)")', "probe_name"),
    ('assert open("x").read() == probe("f(1)")', "probe_name"),
    ('assert list(map(probe, ["f(1)"])) == [1]', "probe_not_called"),
    (
        'from alliances.questions import mark_cell\nmark_cell({"id": "q"}, probe("q", otherwise=()), "fr")',
        None,
    ),
    ('mark_cell({"id": "q"}, probe("q"), "fr")', "probe_mark_not_imported"),
    ('from alliances.questions import mark_cell\nmark_cell({"id": "q"}, q, probe("lang"))', "probe_name"),
    (
        'from alliances.questions import mark_cell\nsum(map(mark_cell, [{}], [probe("q")], ["fr"]))',
        "probe_not_called",
    ),
]


@pytest.mark.parametrize(("body", "key"), LINT)
def test_the_lint_says_why(body, key):
    """A hidden test that could not be judged outside is refused by name; a pure one is not."""
    found = lint(HIDDEN.format(body))
    assert (key in {complaint.key for complaint in found}) if key else found == ()
    for complaint in found:
        for language in ("fr", "en"):
            said = text(f"execution.{complaint.key}", language, found=complaint.found)
            assert complaint.found in said
            assert " → " in said


def test_the_lint_wants_probes_hidden():
    """A probe outside nbgrader's marks would be shown to learners."""
    (complaint,) = lint('from alliances_grader.probe import probe\nassert probe("f(1)") == 1')
    assert (complaint.key, complaint.line) == ("probe_not_hidden", 2)


def test_the_lint_wants_the_import():
    """In stock nbgrader the cell itself imports ``probe``; another function of that name is none of ours."""
    source = '### BEGIN HIDDEN TESTS\nassert probe("f(1)") == 1\n### END HIDDEN TESTS'
    assert [complaint.key for complaint in lint(source)] == ["probe_not_imported"]
    assert split_test(source).steps[0].source == "assert probe_exact(\"probe('f(1)')\") == 1"


@pytest.mark.parametrize("source", ["assert f(1) == 2", "x = = 1", "%time f()", ""])
def test_the_lint_leaves_other_tests_alone(source):
    """A cell without a probe is none of its business."""
    assert lint(source) == ()


BESIDE = [
    (HIDDEN.format('assert probe("f(1)") == 2'), []),
    (HIDDEN.format("assert f(1) == 2"), []),
    (HIDDEN.format("x = f(1)\nassert x == 2"), []),
    (HIDDEN.format("assert f(1)"), [3]),
    (HIDDEN.format("assert f(1) == 2\nassert f(1)\nf(2)"), [4, 5]),
    ("assert f(1)\n" + HIDDEN.format("assert f(1) == 2"), []),
    (HIDDEN.format("%time f(1)"), [3]),
    (HIDDEN.format('assert f(1) == probe("f(1)")'), []),
    ("assert f(1)", []),
    ("assert f(1) == 2", []),
]


@pytest.mark.parametrize(("source", "lines"), BESIDE)
def test_what_the_graded_program_decides_is_found(source, lines):
    """Hidden statements that no judge evaluates are named by line; what the lint refuses is told by the lint."""
    assert [complaint.line for complaint in beside(source)] == lines


LIFTED = [
    ("assert f(1) == 2", "assert probe_exact('f(1)') == 2"),
    ("assert 2 == f(1)", "assert 2 == probe_exact('f(1)')"),
    ("assert f(1)[0].name != 'a'", "assert probe_exact('f(1)[0].name') != 'a'"),
    ("assert 1 < f(1) <= 3", "assert 1 < probe_exact('f(1)') <= 3"),
    ("assert f(1) in (1, 2)", "assert probe_exact('f(1)') in (1, 2)"),
    ("assert f(1) is None", "assert probe_exact('f(1)') is None"),
    ("assert round(f(1), 2) == 0.33", "assert round(probe_exact('f(1)'), 2) == 0.33"),
    ("assert abs(f(1) - 0.5) < 1e-6", "assert abs(probe_exact('f(1)') - 0.5) < 1e-06"),
    ("assert sorted(f(1)) == [1, 2]", "assert sorted(probe_exact('f(1)')) == [1, 2]"),
    ("assert isinstance(f(1), list)", "assert isinstance(probe_exact('f(1)'), list)"),
    (
        "assert f(1) == 1 and not f(2) == 1",
        "assert probe_exact('f(1)') == 1 and (not probe_exact('f(2)') == 1)",
    ),
    ("assert f(1) == -x + 0", None),
    ("assert f(1) == 2, f'got {f(1)}'", "assert probe_exact('f(1)') == 2, f\"got {probe_exact('f(1)')}\""),
    ("assert f(1) == 2, message(1)", "assert probe_exact('f(1)') == 2"),
    ("assert f(1)", None),
    ("assert f(1) == g(1)", None),
    ("assert f(1) is True", None),
    ("assert isinstance(f(1), int)", None),
    ("assert isinstance(f(1), MyClass)", None),
    ("assert (y := f(1)) == 2", None),
    ("assert await f(1) == 2", None),
    ("assert all(f(i) == i for i in range(3))", None),
    ("self.assertEqual(f(1), 2)", None),
    ("x = f(1)", None),
    ("%time assert f(1) == 2", None),
]


@pytest.mark.parametrize(("source", "lifted"), LIFTED)
def test_simple_assertions_are_cut_by_themselves(source, lifted):
    """``assert f(x) == literal`` and its like go to the judge; what cannot be cut stays whole."""
    test = split_test(source)
    if lifted is None:
        assert test is None
    else:
        assert [(step.side, step.source, step.original) for step in test.steps] == [("judge", lifted, source)]
        assert test.judged == "two_process"


def test_a_cell_keeps_its_order():
    """Set-up runs beside the learner's code where it stood; constants are written into the probes."""
    cell = "import numpy as np\nexpected = [1, 2]\nx = f(expected)\nassert x == expected\nassert g(expected) == 3\nprint(x)"
    test = split_test(cell)
    assert [(step.side, step.source) for step in test.steps] == [
        ("run", "import numpy as np"),
        ("judge", "expected = [1, 2]"),
        ("run", "expected = [1, 2]"),
        ("run", "x = f(expected)"),
        ("judge", "assert probe_exact('x') == expected"),
        ("judge", "assert probe_exact('g([1, 2])') == 3"),
        ("run", "print(x)"),
    ]
    assert test.judged == "same_process"


def test_a_redefined_builtin_is_not_taken_for_pythons():
    """Where the cell itself gives ``round`` or ``len`` another meaning, nothing of it is lifted."""
    assert split_test("from numpy import round\nassert round(f(1), 2) == 0.33").steps[1].source == (
        "assert probe_exact('round(f(1), 2)') == 0.33"
    )


def test_hidden_constants_stay_outside():
    """What only the judge needs never reaches the learner's process."""
    test = split_test(HIDDEN.format('answer = 4321\nassert probe("f(1)") == answer'))
    assert all("4321" not in step.source for step in test.steps if step.side == "run")
    assert all(step.hidden for step in test.steps)


NUMBER = {"id": "n01", "type": "number", "points": 2, "value": 4, "tolerance": 0, "kind": "absolute", "decimals": 0,
          "lang": "fr", "reason": "Deux et deux font quatre.", "otherwise": "Recomptez.", "next_step": "Relire."}  # fmt: skip
MARKED = (
    "# Cette cellule note la question n01.\n### BEGIN HIDDEN TESTS\nfrom alliances.questions import mark_cell\n"
    f'from alliances_grader.probe import probe\n\nmark_cell(\n    {NUMBER!r},\n    probe("n01", otherwise=()),\n    "fr",\n)\n'
    "### END HIDDEN TESTS"
)


def test_a_marked_answer_is_the_judges():
    """``mark_cell`` of a probe is cut out whole, imports included: no key is left beside the learner's code."""
    (step,) = split_test(MARKED).steps
    assert (step.side, step.hidden, split_test(MARKED).judged) == ("judge", True, "two_process")
    assert beside(MARKED) == ()


@pytest.mark.parametrize(
    "source",
    [
        MARKED.replace('probe("n01", otherwise=())', "n01"),
        MARKED.replace("from alliances.questions import mark_cell", "from marks import mark_cell"),
        MARKED.replace("import mark_cell", "import mark_cell as probe"),
    ],
    ids=["named", "another", "renamed"],
)
def test_another_marking_stays_whole(source):
    """Without a probe, or with another function of that name, the cell runs beside the learner's code."""
    assert split_test(source) is None


def test_an_import_of_ours_stays_where_it_is_used():
    """``approx`` among the learner's values is evaluated there, so its import stays too."""
    test = split_test(
        "from alliances_grader.probe import approx\nassert f(1) == 2\nassert all(approx(f(i), i) for i in (1, 2))"
    )
    assert [(step.side, step.line) for step in test.steps] == [("run", 1), ("judge", 2), ("run", 3)]


def _judge(values, aliases=()):
    def ask(expression, *, exact):
        found = values[expression]
        if isinstance(found, Exception):
            raise found
        return from_wire(to_wire(found, exact=exact))

    return Judge(ask, aliases)


JUDGED = [
    ('assert probe("f") == 2', 2, ""),
    ('assert probe("f") == 2', 3, "AssertionError"),
    ('assert probe("f")[5] == 2', [1], "IndexError"),
    ('assert probe("f") == 2', LearnerError(("ValueError", "Exception"), "bad"), "ValueError"),
    ('assert raises("f", "ValueError")', LearnerError(("ValueError", "Exception"), "bad"), ""),
    ('assert raises("f", "KeyError")', LearnerError(("ValueError", "Exception"), "bad"), "AssertionError"),
    ('assert raises("f", "KeyError")', 1, "AssertionError"),
    ('assert probe("f") == 2', object(), "TypeError"),
    ('assert probe("f") == pytest.approx(0.3)', 0.1 + 0.2, ""),
    ('assert probe("f") == pytest.approx([0.3, 1], abs=0.1)', [0.35, 1], ""),
    ('assert probe("f") == pytest.approx({"a": 1})', {"a": 2}, "AssertionError"),
    ('assert np.allclose(probe("f"), [1, 2])', np.array([1.0, 2.0]), ""),
    ('assert np.isclose(probe("f"), 1)', 1.1, "AssertionError"),
    ('assert math.isclose(probe("f"), 1)', 1.0, ""),
    ('assert approx(probe("f"), 1)', 1.0, ""),
    ("assert open('/etc/passwd')", 1, "NameError"),
    ("assert __import__('os')", 1, "NameError"),
]


@pytest.mark.parametrize(("source", "value", "error"), JUDGED)
def test_the_judge(source, value, error):
    """A comparison holds, or ends with a named error; the judge knows no way out of plain data."""
    judge = _judge({"f": value}, (("np", "numpy"), ("pytest", "pytest"), ("math", "math")))
    assert judge.step(source).error == error


def test_partial_credit_is_the_value_of_the_last_expression():
    """A bare number ends a test as a result, as nbgrader reads partial credit."""
    judge = _judge({"f": 1, "g": 2})
    for step in ("score = 0", 'score += 0.5 * (probe("f") == 1)', 'score += 0.5 * (probe("g") == 1)'):
        assert judge.step(step).error == ""
    assert judge.step("score").value == "0.5"


@pytest.mark.parametrize(
    "step", ["mark_cell({0!r}, probe('n'), 'fr')", "key = {0!r}\nmark_cell(key, probe('n'), 'fr')"]
)
def test_the_judge_marks(step):
    """Points are the value, reasons are shown; a key read from its literal and one of a name give the same."""
    question = NUMBER
    judge = _judge({"n": {"value": "4"}})
    first, second = [judge.step(part) for part in step.format(question).split("\n")][-1], judge.step("1")
    assert first.value == "2.0"
    (shown,) = first.displays
    assert shown["text/plain"].startswith("Réponse juste (2 sur 2).")
    assert shown[MARK_TYPE]["verdict"] == "right"
    assert second.displays == ()


def test_a_key_that_is_none_is_an_error_of_the_test():
    """A question of no known type ends the test, and shows nothing."""
    judgement = _judge({"n": 1}).step("mark_cell({'type': 'riddle'}, probe('n'), 'fr')")
    assert (judgement.error, judgement.displays) == ("ValueError", ())


@pytest.fixture(scope="module")
def client():
    with ZygoteClient(["numpy", "pandas", "alliances.questions", "alliances_grader.probe"]) as made:
        yield made


def _test_cell(source, index=1):
    return CellSource(index, "tests", source, guarded=True, test=split_test(source))


SOLUTIONS = {
    "good": "def f(x):\n    return x * x",
    "wrong": "def f(x):\n    return x + x",
    "raises": "def f(x):\n    raise ValueError('no')",
    "missing": "g = 1",
    "numpy": "import numpy as np\ndef f(x):\n    return np.float64(x * x)",
    "prints": "def f(x):\n    print('f of', x)\n    return x * x",
}
TESTS = {
    "simple": "assert f(3) == 9\nassert round(f(0.5), 3) == 0.25",
    "message": "assert f(3) == 9, f'f(3) is {f(3)}'",
    "type": "assert isinstance(f('a') if False else [f(2)], list)\nassert f(3) == 9",
    "set_up": "values = [1, 2, 3]\nsquares = [f(v) for v in values]\nassert squares == [1, 4, 9]",
    "probe": HIDDEN.format('for k in range(4):\n    assert probe(f"f({k})") == k * k'),
    "partial": HIDDEN.format('points = 0\npoints += 1 * (probe("f(3)") == 9)\npoints'),
}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("solution", SOLUTIONS)
def test_both_ways_say_the_same(client, tmp_path, solution, test):
    """Cut in two or run whole as under stock nbgrader: the same status, error name and partial credit."""
    whole = CellSource(1, "tests", TESTS[test])
    first = CellSource(0, "", SOLUTIONS[solution])
    apart, beside = (
        client.run(request_of([first, cell], tmp_path / "c")).cells[1]
        for cell in (_test_cell(TESTS[test]), whole)
    )
    assert apart.status == beside.status
    kept = [
        [
            one.get("ename") or one["data"]
            for one in run.outputs
            if one["output_type"] in ("error", "execute_result")
        ]
        for run in (apart, beside)
    ]
    assert kept[0] == kept[1]


ANSWERS = {
    "right": 'n01 = {"value": "4"}',
    "wrong": 'n01 = {"value": "5"}',
    "none": "n01 = None",
    "shape": "n01 = [1, 2]",
    "odd": "n01 = object()",
    "deleted": "n01 = 1\ndel n01",
    "array": "import numpy as np\nn01 = np.array([4])",
    "subclass": "class D(dict):\n    def get(self, *a): return '4'\nn01 = D(value='5')",
    "asked": "class A:\n    _alliances_asked = True\n    def given(self): return {'value': '4'}\nn01 = A()",
    "asked_badly": "class A:\n    _alliances_asked = True\n    def given(self): return 1 / 0\nn01 = A()",
    "endless": "n01 = []\nn01.append(n01)",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_marked_outside_is_marked_as_inside(client, tmp_path, answer):
    """Reasons, points and their form are those of ``mark_cell`` under stock nbgrader, output for output."""
    first = CellSource(0, "", ANSWERS[answer])
    apart, beside_it = (
        client.run(request_of([first, cell], tmp_path / "c")).cells[1]
        for cell in (_test_cell(MARKED), CellSource(1, "tests", MARKED))
    )
    assert apart == beside_it
    assert [output["output_type"] for output in apart.outputs] == ["display_data", "execute_result"]


def test_the_key_is_never_in_the_learners_process(client, tmp_path):
    """Learner code that searches its memory after its answer was marked finds nothing of the key."""
    spy = "import gc\nany('Recom' + 'ptez' in str(o) for o in gc.get_objects() if type(o) is dict and len(o) < 50)"
    cells = [CellSource(0, "", 'n01 = {"value": "4"}'), _test_cell(MARKED), CellSource(2, "", spy)]
    run = client.run(request_of(cells, tmp_path / "c"))
    assert run.cells[2].outputs[0]["data"]["text/plain"] == "False"


LIARS = {
    "equal_to_all": "class Yes:\n    def __eq__(self, o): return True\n    __ne__ = lambda s, o: False\n"
    "def f(x): return Yes()",
    "float_that_lies": "class Yes(float):\n    def __eq__(self, o): return True\n    __hash__ = None\n"
    "def f(x): return Yes(5)",
    "patched_round": "import builtins\nbuiltins.round = lambda *a: 0.25\nbuiltins.len = lambda x: 9\ndef f(x): return 9.5",
    "silent_traceback": "get_ipython().showtraceback = lambda *a, **k: None\ndef f(x): return 1 / 0",
    "no_asserts": "import ast\nclass T(ast.NodeTransformer):\n    def visit_Assert(self, n): return ast.Pass()\n"
    "get_ipython().ast_transformers.append(T())\ndef f(x): return 0",
    "looks_at_callers": "import sys, gc\ndef f(x):\n    return str(sys._getframe(1).f_locals) + str(sys._getframe(1).f_code)",
    "patched_converter": "import alliances_grader.probe as p, alliances_grader.shell_child as c\n"
    "c.to_wire = p.to_wire = lambda v, exact=False: {'~': 'object', 'v': 1}\ndef f(x): return 0",
    "leaves": "import os\ndef f(x): os._exit(0)",
    "exits": "import sys\ndef f(x): sys.exit(0)",
    "hangs_in_repr": "class H:\n    def __iter__(self):\n        while True: yield 1\ndef f(x): return H()",
}


@pytest.mark.parametrize("name", LIARS)
@pytest.mark.parametrize("test", ["probe", "simple"])
def test_nobody_can_lie_to_the_judge(client, tmp_path, name, test):
    """An attack on the comparison earns nothing from a two-process item; if anything passes, it is reported."""
    cells = [CellSource(0, "", LIARS[name]), _test_cell(TESTS[test])]
    run = client.run(replace(request_of(cells, tmp_path / "c", cell_seconds=5), mode="strict"))
    flagged = {finding.key for finding in run.findings} & {"judged_beside", "bent"}
    assert run.cells[1].status in ("error", "killed", "timeout") or (test == "simple" and flagged)
    if test == "probe":
        assert run.cells[1].status != "ok"


def test_the_expected_value_is_never_in_the_learners_process(client, tmp_path):
    """Learner code that searches its whole memory while it is probed finds the input and not the answer."""
    spy = (
        "import gc, sys\nfound = []\n"
        "def f(x):\n"
        "    frame, texts = sys._getframe(), []\n"
        "    while frame:\n"
        "        texts += [str(v) for v in list(frame.f_locals.values()) + list(frame.f_code.co_consts)]\n"
        "        frame = frame.f_back\n"
        "    found.append(any('98765' + '43210' in t for t in texts) or any('98765' + '43210' in str(o) for o in gc.get_objects()"
        " if type(o) is dict and len(o) < 50))\n"
        "    return x"
    )
    cells = [CellSource(0, "", spy), _test_cell(HIDDEN.format('assert probe("f(7)") == 9876543210')), "found"]
    cells[2] = CellSource(2, "", "found")
    run = client.run(request_of(cells, tmp_path / "c"))
    assert run.cells[1].status == "error"
    assert run.cells[2].outputs[0]["data"]["text/plain"] == "[False]"


def test_a_hidden_test_is_not_shown(client, tmp_path):
    """The error of a hidden comparison gives its message, never its source; a visible one shows itself."""
    cells = [
        CellSource(0, "", "def f(x): return 1"),
        _test_cell(HIDDEN.format('assert probe("f(77)") == 5, "look again"')),
    ]
    (error,) = client.run(request_of(cells, tmp_path / "a")).cells[1].outputs
    assert error["evalue"] == "look again"
    assert "77" not in json.dumps(error)
    cells = [CellSource(0, "", "def f(x): return 1"), _test_cell("assert f(77) == 5")]
    (error,) = client.run(request_of(cells, tmp_path / "b")).cells[1].outputs
    assert "assert f(77) == 5" in error["traceback"]


def test_a_value_that_is_not_plain_falls_back_and_says_so(client, tmp_path):
    """An assertion that was cut by itself meets a table: it runs as written, and the trainer is told."""
    cells = [
        CellSource(0, "", "import pandas as pd\nt = pd.DataFrame({'a': [1, 2]})"),
        _test_cell("assert len(t) == 2"),
    ]
    run = client.run(request_of(cells, tmp_path / "a"))
    assert (run.cells[1].status, run.findings) == ("ok", ())
    cells[1] = _test_cell("assert (t['a'] == 1).any() == True and t['a'] in [[]]")
    run = client.run(request_of(cells, tmp_path / "b"))
    assert [finding.key for finding in run.findings] == ["judged_beside"]


def test_a_probe_that_hangs_is_a_timeout(client, tmp_path):
    """The learner's function may not hold the judge."""
    cells = [
        CellSource(0, "", "def f(x):\n    while True: pass"),
        _test_cell("assert f(1) == 1"),
        CellSource(2, "", "3"),
    ]
    run = client.run(request_of(cells, tmp_path / "c", cell_seconds=0.5))
    assert [cell.status for cell in run.cells] == ["ok", "timeout", "ok"]
