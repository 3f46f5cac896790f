"""The positive twins: what honest copies do earns its points, and nothing is said about it."""

# ruff: noqa: E501 - a table of learner code

from __future__ import annotations

from collections.abc import Iterator

import pytest
from escape_corpus.attack import ALL, said_first
from escape_course import honest
from escape_grading import Grading, graded_in

from alliances_grader import box

pytestmark = pytest.mark.grader

TWINS = {
    "nothing": "1",
    "late imports": "import scipy.stats, matplotlib.pyplot as plt, fractions, decimal, statistics, sqlite3, xml.dom.minidom, concurrent.futures, zoneinfo",
    "plots": "import matplotlib.pyplot as plt\nfor _ in range(3):\n    plt.plot([1, 2]); plt.show()\npd.Series([1, 2]).plot()",
    "own classes": "import dataclasses, enum, collections, typing\n@dataclasses.dataclass(order=True)\nclass A:\n    x: int\n    y: str = ''\nclass B(enum.Enum):\n    P = 1\n"
    "class C(typing.NamedTuple):\n    x: int\nD = collections.namedtuple('D', 'a b')\nclass E:\n    def __init__(self): self.x = 1\n    def __repr__(self): return 'E'\nclass F(Exception): pass\nA(1) < A(2)",
    "a frozen dataclass of floats": "from dataclasses import dataclass, field\n@dataclass(frozen=True, slots=True)\nclass P:\n    x: float\n    y: float = field(default=0.0, compare=False)\nP(1.0) == P(1.0, 2.0)",
    "files": "import tempfile, os, pathlib, csv, json\npathlib.Path('a.csv').write_text('a,b\\n1,2')\npd.read_csv('a.csv')\nwith tempfile.TemporaryDirectory() as d: open(d + '/x', 'w').write('x')\njson.loads(json.dumps({'a': 1}))",
    "a large table": "import io\ntable = pd.DataFrame({'a': range(300_000), 'b': np.random.rand(300_000)})\ntext = table.to_csv()\npd.read_csv(io.StringIO(text)).describe()",
    "threads and tasks": "import threading, asyncio\nfrom concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as pool: print(list(pool.map(abs, [-1])))\nawait asyncio.sleep(0.05)\nt = threading.Thread(target=print, args=('x',)); t.start(); t.join()",
    "a thread that goes on printing": "import threading, time\ndef tick():\n    for _ in range(100):\n        print('tick'); time.sleep(0.005)\nthreading.Thread(target=tick, daemon=True).start()",
    "a process": "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout)",
    "much output": "for i in range(20_000): print(i)\nfrom IPython.display import display, clear_output\nfor i in range(50): clear_output(wait=True); display(i)",
    "unicode": "print('été ☀ 中文 🎈')\né = 'é'",
    "input": "try:\n    input('?')\nexcept Exception as error: print(type(error).__name__)",
    "recursion": "def deep(n): return 0 if n == 0 else 1 + deep(n - 1)\ndeep(800)",
    "waiting": "import time\ntime.sleep(1)",
    "warnings": "import warnings\nwarnings.warn('careful')\nwarnings.filterwarnings('ignore')\nnp.float64(1) / 0",
    "magics": "%precision 3\n%timeit -n 1 -r 1 1 + 1\n%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%who\n!echo hi",
    "display of tables": "pd.options.display.max_rows = 5\npd.set_option('display.precision', 2)\nnp.set_printoptions(precision=2)\ndisplay(pd.DataFrame({'a': [1.234]}))\npd.DataFrame({'a': [1]}).style.highlight_max()",
    "an error": "1 / 0",
    "names of one's own": "data = [1, 2]\nmean = sum(data) / len(data)\nlist_of_names = ['a']\nresult = found = number = case = 3",
    "seeds": "import random\nrandom.seed(1); np.random.seed(1); np.random.default_rng(2).random()",
    "memory looked at": "import gc, sys\ngc.collect(); sys.getrecursionlimit(); sys.getsizeof([])",
    "tests of one's own": "import unittest\nclass T(unittest.TestCase):\n    def test_it(self): self.assertEqual(1, 1)\nunittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromTestCase(T))\nimport numpy.testing as npt\nnpt.assert_allclose([1], [1])",
    "a debugger's words": "import traceback, logging\ntry: 1 / 0\nexcept ZeroDivisionError: traceback.print_exc()\nlogging.warning('x')\nlogging.getLogger().setLevel('INFO')",
    "sorting by key": "import functools, operator, itertools\nsorted([3, 1], key=functools.cmp_to_key(lambda a, b: a - b))\nfunctools.lru_cache(lambda x: x)(1)",
}  # fmt: skip


@pytest.fixture(scope="module")
def grading() -> Iterator[Grading]:
    level = box.level().name
    if level == "none":
        pytest.skip("no sandbox holds: alliances sandbox check")
    with graded_in(level) as made:
        yield made


@pytest.mark.parametrize("name", TWINS)
def test_an_honest_copy_is_left_in_peace(grading: Grading, name: str) -> None:
    """All the points, nothing to report, whatever an honest learner does first."""
    result = grading.copy(said_first(f"import numpy as np, pandas as pd\n{TWINS[name]}")(honest()))
    assert (result.points, result.ended) == (ALL, "")
    assert result.findings == ()
