"""Two texts of one program count as one where nothing can tell them apart, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.reuse import Reusing
from alliances_grader.reuse_alike import counts_shown, names_in, programs_of
from alliances_grader.shell_inputs import CellSource
from alliances_grader.verdicts import CellRun, CopyRun

TEST = "assert x == 1"


def shown(text: str, name: str = "stdout") -> CopyRun:
    """Return a run whose first cell wrote ``text``."""
    output = {"output_type": "stream", "name": name, "text": text}
    return CopyRun((CellRun(0, "answer", "ok", (output,), 1), CellRun(1, "test", "ok", (), 2)))


def runs_of(first: str, second: str, run: CopyRun, *, test: str = TEST, second_test: str = "") -> int:
    """Return how many of two copies, by the text of their answer and of a test, were run."""
    seeds: list[int] = []

    class Runner:
        def run(
            self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
        ) -> CopyRun:
            """Run nothing."""
            seeds.append(seed)
            return run

    reusing = Reusing(Runner(), replace(Kit("ps", "", "", "fr", (), pure=True)))
    for answer, follows in ((first, test), (second, second_test or test)):
        cells = (CellSource(0, "answer", answer), CellSource(1, "test", follows, guarded=True))
        reusing.run(NotebookKit("nb", {}, {}), cells, {}, seed=len(seeds))
    return len(seeds)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x = 1", "x = 1  # one"),
        ("x = 1", "\n\nx=1\n"),
        ("def f(a):\n    return a\nx = f(1)", "def f(a):\n  # same\n\n  return (a)\nx = f( 1 )"),
        ("x = 'a'", 'x = "a"'),
        ("x = {'a': 1}", "x = {\n    'a': 1,\n}"),
        ("x = 1_000", "x = 1000"),
    ],
)
def test_comments_and_layout_do_not_make_another_program(first: str, second: str) -> None:
    """What Python reads alike is run once."""
    assert runs_of(first, second, shown("1\n")) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 0.0", "x = -0.0"),
        ("x", "x;"),
        ("x = 1; x", "x = 1\nx;"),
        ("x = f'{y = }'", "x = f'{y=}'"),
        ("def f():\n    'a'", "def f():\n    'b'"),
        ("x = y", "x = z"),
        ("x = 1", "y = 1"),
        ("x = 'a\\n'", "x = 'a'"),
    ],
)
def test_what_python_reads_otherwise_is_run(first: str, second: str) -> None:
    """Another value, another name, a value that is shown or not: each is run."""
    assert runs_of(first, second, shown("1\n")) == 2


@pytest.mark.parametrize(
    "reads",
    [
        "x = In[-1]",
        "x = _ih",
        "x = _i3",
        "x = f.__code__.co_firstlineno",
        "import traceback",
        "import warnings",
        "import logging",
        "x = globals()",
        "x = vars()",
        "x = getattr(f, 'a')",
        "x = get_ipython()",
        "from operator import attrgetter",
        "!ls",
        "%time x = 1",
    ],
)
@pytest.mark.parametrize("where", ["own", "test"])
def test_a_copy_that_may_read_a_text_is_that_text(reads: str, where: str) -> None:
    """One cell that may look at the words of another one, be it the course's, and texts count."""
    if where == "own":
        assert runs_of(reads, f"{reads}\n# other", shown("1\n")) == 2
    else:
        assert runs_of("x = 1", "x = 1  # other", shown("1\n"), test=reads) == 2


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("1\n", frozenset()),
        ("12 organisations\n", frozenset()),
        ("Cell In[3], line 2\n", {3}),
        ("Cell In[1], line 2, in f(a)\nCell In[12], line 20\n", {1, 12}),
        ("\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[3]\x1b[39m\x1b[32m, line 2\x1b[39m\n", {3}),
        ("Cell In[3]\n", None),
        ("line 3 is wrong\n", None),
        ('  File "<probe>", line 1, in <module>\nNameError\n', frozenset()),
        ('  File "<probe>", line 1, in <module>\n  File "/tmp/ipykernel_2/7.py", line 3, in f\n', None),
        ('Cell In[3], line 2\nFile "/tmp/ipykernel_12/345.py", line 3, in f\n', None),
        ("ipykernel_12/345.py:3: FutureWarning: old\n  x = 1\n", None),
        ("<ipython-input-3>: no\n", None),
    ],
)
def test_a_traceback_says_of_which_cells_it_shows_lines(text: str, counts: set[int] | None) -> None:
    """It names them by their number; of a warning, or of another form, nobody can say."""
    assert counts_shown(shown(text).cells) == counts


@pytest.mark.parametrize(
    ("text", "answer", "test", "runs"),
    [
        ("1\n", "x = 1  # one", TEST, 1),
        ("Cell In[1], line 1\n", "x = 1  # one", TEST, 2),
        ("Cell In[1], line 1\n", "x = 1", f"{TEST}  # read again", 1),
        ("Cell In[2], line 1\n", "x = 1  # one", TEST, 1),
        ("Cell In[2], line 1\n", "x = 1  # one", f"{TEST}  # read again", 2),
        ("Cell In[1], line 1\nCell In[2], line 1\n", "x = 1  # one", TEST, 2),
        ("Cell In[7], line 1\n", "x = 1  # one", TEST, 2),
        ("x.py:1: FutureWarning\nIn[1]", "x = 1  # one", TEST, 2),
    ],
)
def test_what_shows_a_line_of_a_cell_counts_for_its_text(
    text: str, answer: str, test: str, runs: int
) -> None:
    """A traceback holds the learner's own words: another text of a cell that it shows is run for itself."""
    assert runs_of("x = 1", answer, shown(text), second_test=test) == runs
    assert runs_of("x = 1", "x = 1", shown(text)) == 1


def test_cells_of_one_text_are_told_apart_by_who_shares_it() -> None:
    """To a traceback two cells of one text are one: a copy in which they differ is run for itself."""
    assert runs_of(TEST, f"{TEST}  # mine", shown("Cell In[2], line 1\n")) == 2
    assert runs_of(f"{TEST}  # mine", TEST, shown("Cell In[2], line 1\n")) == 2


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os.path as p", {"os", "path"}),
        ("from time import sleep", {"time", "sleep"}),
        ("a.b(c)", {"a", "b", "c"}),
        ("f(:", None),
        ("x = " + "(" * 1000, None),
    ],
)
def test_names_are_those_that_a_program_says(source: str, names: set[str] | None) -> None:
    """Imports and attributes count; what is no Python has none."""
    assert names_in(source) == names
    assert (programs_of([source]) is None) is (names is None)
