"""Cells to run on both routes, and outputs made comparable: what may differ, and why, is written here."""

# ruff: noqa: E501 - a table of programs

from __future__ import annotations

import re
from dataclasses import dataclass

from alliances_grader.shell_inputs import CellSource, CopyRequest, RunLimits
from alliances_grader.verdicts import CopyRun

__all__ = ["COMES_LATE", "SNIPPETS", "Snippet", "comparable", "request_of"]


@dataclass(frozen=True)
class Snippet:
    name: str
    cells: tuple[str, ...]
    alone: bool = False
    """It changes the shell or counts its cells: it needs a run of its own."""


def _one(name: str, *cells: str) -> Snippet:
    return Snippet(name, cells, alone=name in _ALONE)


_ALONE = {
    "underscores", "own_magic", "interactivity", "set_traceback_off", "custom_exception_handler", "transformer",
    "blank", "error_across_cells", "error_inside_pandas", "same_error_again", "other_colours",
}  # fmt: skip


SNIPPETS = (
    _one("value", "1 + 1"),
    _one("nothing", "x = 1"),
    _one("none", "None"),
    _one("semicolon", "3;"),
    _one("printed", "print('one')\nprint('two')"),
    _one("printed_then_value", "print('one')\n2"),
    _one("both_streams", "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')"),
    _one("both_streams_then_value", "import sys\nprint('b', file=sys.stderr)\nprint('a')\n3"),
    _one(
        "flush_between",
        "import sys\nprint('a', flush=True)\nprint('b', file=sys.stderr, flush=True)\nprint('c')",
    ),
    _one("many_lines", "for i in range(500):\n    print(i)"),
    _one("carriage_return", "print('10 %\\r20 %')"),
    _one("unicode", "print('é ñ 漢 🎈 \\u202e')\n'é'"),
    _one("two_values_last_only", "1\n2\n3"),
    _one("underscores", "41", "_ + 1", "Out[1], In[1], _i"),
    _one("zero_division", "1 / 0"),
    _one("error_then_next", "y = 1 / 0", "'still here'"),
    _one("error_after_print", "print('before')\nraise ValueError('bad')"),
    _one("error_in_function", "def f(x):\n    return 1 / x\nf(0)"),
    _one("error_across_cells", "def f(x):\n    return 1 / x", "f(0)"),
    _one("chained", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('k') from e"),
    _one(
        "error_inside_pandas",
        "import pandas as pd\ntable = pd.DataFrame({'a': [1]})",
        "table['b']",
        "def f(t):\n    return t['c'].sum()\nf(table)",
        "table.zzz",
    ),
    _one("same_error_again", "1 / 0", "1 / 0", "def g():\n    1 / 0\ng()"),
    _one("other_colours", "%colors Linux\n1 / 0", "%colors NoColor", "1 / 0"),
    _one(
        "module_of_a_cell",
        "import inspect\ndef h(): ...\ninspect.getmodule(h), inspect.getmodule(h.__code__)",
    ),
    _one(
        "source_of_a_cell",
        "import inspect\nclass K:\n    a = 1\ndef k(): ...",
        "inspect.getsource(K), inspect.getsource(k)",
    ),
    _one("assertion", "assert 1 == 2, 'not equal'"),
    _one("assertion_bare", "assert 1 == 2"),
    _one("syntax_error", "a = = 1"),
    _one("indentation_error", "if True:\nprint(1)"),
    _one("unfinished_string", "x = 'abc"),
    _one("name_error", "nothing_of_that_name"),
    _one("not_implemented", "# YOUR CODE HERE\nraise NotImplementedError()"),
    _one("own_exception", "class Odd(Exception):\n    pass\nraise Odd('é')"),
    _one("exception_group", "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])"),
    _one("system_exit", "import sys\nsys.exit(0)", "'after'"),
    _one("keyboard_interrupt", "raise KeyboardInterrupt()", "'after'"),
    _one(
        "recursion",
        "def f(n):\n    return f(n + 1)\ntry:\n    f(0)\nexcept RecursionError:\n    print('deep')",
    ),
    _one("bad_repr", "class Bad:\n    def __repr__(self):\n        raise ValueError('no')\nBad()", "'after'"),
    _one(
        "bad_str_of_error",
        "class Bad(Exception):\n    def __str__(self):\n        raise ValueError('no')\ntry:\n"
        "    raise Bad()\nexcept Bad:\n    print('caught')",
    ),
    _one(
        "html_repr",
        "class H:\n    def _repr_html_(self):\n        return '<b>x</b>'\n    def __repr__(self):\n"
        "        return 'H'\nH()",
    ),
    _one(
        "mimebundle",
        "class M:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/plain': 'm', 'application/json': {'a': [1, None]}}, {'application/json': {'e': 1}}\nM()",
    ),
    _one("ipython_display", "class D:\n    def _ipython_display_(self):\n        print('shown')\nD()"),
    _one(
        "latex_markdown",
        "from IPython.display import Latex, Markdown, HTML, display\ndisplay(Markdown('*a*'), "
        "HTML('<i>b</i>'))\nLatex('$x$')",
    ),
    _one("display", "display(1)\nprint('x')\ndisplay({'a': 1})"),
    _one(
        "display_image",
        "from IPython.display import Image, display\nimport base64\n"
        "Image(data=base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU"
        "5ErkJggg=='))",
    ),
    _one(
        "display_raw",
        "from IPython.display import publish_display_data\npublish_display_data({'image/png': b'abc', "
        "'text/plain': 'p'}, {'image/png': {'width': 1}})",
    ),
    _one("display_update", "h = display('one', display_id='d')", "h.update('two')\n'next'"),
    _one("display_update_same_cell", "h = display('one', display_id='d2')\nprint('x')\nh.update('two')"),
    _one("display_twice_updated", "h = display('one', display_id='d3')", "display('other', display_id='d3')"),
    _one("clear", "from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')"),
    _one(
        "clear_wait",
        "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)\nprint('b')",
    ),
    _one(
        "clear_wait_nothing", "from IPython.display import clear_output\nprint('a')\nclear_output(wait=True)"
    ),
    _one(
        "progress",
        "from IPython.display import clear_output\nfor i in range(5):\n    clear_output(wait=True)\n"
        "    print('step', i)",
    ),
    _one("input", "input('name? ')", "'after'"),
    _one("getpass", "import getpass\ngetpass.getpass()"),
    _one("stdin_read", "import sys\nsys.stdin.readline()"),
    _one("await", "import asyncio\nawait asyncio.sleep(0)\n'done'"),
    _one("await_error", "async def f():\n    raise ValueError('async')\nawait f()"),
    _one(
        "async_for",
        "async def g():\n    for i in range(3):\n        yield i\nasync for i in g():\n    print(i)",
    ),
    _one(
        "asyncio_run_refused",
        "import asyncio\nasync def f():\n    return 1\nc = f()\ntry:\n    asyncio.run(c)\n"
        "except RuntimeError as e:\n    print(e)\nc.close()",
    ),
    _one("running_loop", "import asyncio\nasyncio.get_running_loop().is_running()"),
    _one(
        "task_over_cells",
        "import asyncio\ndone = []\nasync def f():\n    done.append(1)\nt = asyncio.create_task(f())",
        "await t\ndone",
    ),
    _one("warning", "import warnings\nwarnings.warn('careful')\n1"),
    _one("deprecation", "import warnings\nwarnings.warn('old', DeprecationWarning)\n1"),
    _one("logging", "import logging\nlogging.warning('w')\nlogging.info('i')"),
    _one("capture_magic", "%%capture out\nprint('hidden')\n5", "out.stdout"),
    _one("time_magic", "%%capture t\n%time 1 + 1", "'Wall' in t.stdout"),
    _one("who_magic", "abc = 1\n%who int"),
    _one("unknown_magic", "%nosuchmagic"),
    _one("unknown_cell_magic", "%%nosuchmagic\n1"),
    _one("matplotlib_magic_missing_argument", "%pwd?"),
    _one("html_magic", "%%html\n<b>x</b>"),
    _one("markdown_magic", "%%markdown\n*x*"),
    _one("writefile", "%%writefile made.txt\nabc", "open('made.txt').read()"),
    _one("run_magic", "%%writefile prog.py\nq = 5\nprint('ran')", "%run prog.py", "q"),
    _one("script_magic", "%%bash\necho out\necho err >&2"),
    _one("shell", "!echo hi", "_exit_code"),
    _one("shell_captured", "lines = !printf 'a\\nb'\nlines"),
    _one("shell_fails", "!exit 3", "_exit_code"),
    _one("help", "len?"),
    _one(
        "own_magic",
        "from IPython.core.magic import register_line_magic\n@register_line_magic\ndef twice(line):\n"
        "    return int(line) * 2\n%twice 4",
        "%twice 5",
    ),
    _one("interactivity", "get_ipython().ast_node_interactivity = 'all'", "1\n2"),
    _one("descriptor_output", "import os\nn = os.write(1, b'raw out\\n')"),
    _one("subprocess_output", "import subprocess\nr = subprocess.run(['echo', 'child'])"),
    _one("fork", "import os\npid = os.fork()\nif pid == 0:\n    os._exit(0)\nos.waitpid(pid, 0)[1]"),
    _one(
        "thread_output",
        "import threading\nt = threading.Thread(target=lambda: print('from thread'))\nt.start()\nt.join()",
    ),
    _one("main_module", "__name__, __import__('sys').modules['__main__'].__dict__ is globals()"),
    _one("pickle_own_class", "import pickle\nclass P:\n    v = 3\npickle.loads(pickle.dumps(P())).v"),
    _one("inspect_source", "def f():\n    return 1", "import inspect\nprint(inspect.getsource(f))"),
    _one("dataframe", "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})"),
    _one("series", "import pandas as pd\npd.Series([1.5, 2.5], name='s')"),
    _one("array", "import numpy as np\nnp.arange(6).reshape(2, 3)"),
    _one("display_frame_then_print", "import pandas as pd\ndisplay(pd.DataFrame({'a': [1]}))\nprint('x')"),
    _one("pretty_dict", "{'key%d' % i: list(range(8)) for i in range(12)}"),
    _one("long_list", "list(range(2000))"),
    _one("set_traceback_off", "get_ipython().showtraceback = lambda *a, **k: None", "1 / 0"),
    _one(
        "custom_exception_handler",
        "get_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)",
        "assert 0",
    ),
    _one(
        "stdout_replaced",
        "import sys, io\nkept = sys.stdout\nsys.stdout = io.StringIO()\nprint('lost')\n"
        "sys.stdout = kept\nprint('shown')",
    ),
    _one(
        "stdout_redirected",
        "import contextlib, io\nb = io.StringIO()\nwith contextlib.redirect_stdout(b):\n"
        "    print('in')\nb.getvalue()",
    ),
    _one("write_not_text", "import sys\nsys.stdout.write(3)"),
    _one("comments_only", "# nothing"),
    _one("blank", "   \n", "1"),
    _one(
        "transformer",
        "import ast\nclass T(ast.NodeTransformer):\n    def visit_Assert(self, n):\n"
        "        return ast.Pass()\nget_ipython().ast_transformers.append(T())",
        "assert False",
    ),
    _one("environment", "import os\nos.environ.get('NBGRADER_EXECUTION')"),
    _one("dataclass", "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\nA()"),
    _one("type_hints", "def f(x: 'int') -> int: ...\nf.__annotations__"),
    _one("walrus_and_match", "match (n := 3):\n    case 3:\n        print('three', n)"),
    _one("lone_surrogate_value", "len('\\ud800')"),
    _one(
        "nan_json",
        "class J:\n    def _repr_json_(self):\n        return {'a': [1, 2]}\n    def __repr__(self):\n"
        "        return 'J'\nJ()",
    ),
)

COMES_LATE = {"descriptor_output": "raw out\n", "subprocess_output": "child\n"}
"""By snippet, what a kernel reads from a descriptor in a thread of its own: on a busy machine it may come after the
cell has ended, and is then nobody's."""

# What may differ between the routes, each with its reason.
_DIFFERENCES = (
    # Cells are compiled under the name of a file that is not there: its numbers are a process and a checksum.
    (re.compile(r"/\S*ipykernel_\d+/\d+\.py"), "<cell>"),
    (re.compile(r"\((\d+)\.py, line"), "(<cell>, line"),
    # Process numbers and addresses.
    (re.compile(r"0x[0-9a-f]{6,}"), "0x"),
)


def comparable(run: CopyRun) -> list[tuple]:
    """Return the run without what differs from one run of a kernel to the next."""
    return [
        (cell.index, cell.status, cell.execution_count, _joined([_without(one) for one in cell.outputs]))
        for cell in run.cells
    ]


def _without(value):
    if isinstance(value, str):
        for pattern, name in _DIFFERENCES:
            value = pattern.sub(name, value)
        return value
    if isinstance(value, list):
        # The frames of the shell itself (the refusal of input, a stream's write) are in other files.
        return [_without(item) for item in value if not _is_frame_of_the_shell(item)]
    if isinstance(value, dict):
        return {key: _without(item) for key, item in value.items()}
    return value


def _is_frame_of_the_shell(item):
    plain = re.sub(r"\x1b\[[0-9;]*m", "", item) if isinstance(item, str) else ""
    return plain.startswith("File ") and ("/ipykernel/" in plain or "/alliances_grader/" in plain)


def _joined(outputs):
    # A kernel sends what was printed every 0.2 s, so neighbours of one stream are one text cut by a clock.
    joined = []
    for output in outputs:
        before = joined[-1] if joined else None
        both = before and output["output_type"] == before["output_type"] == "stream"
        if both and before["name"] == output["name"]:
            before["text"] += output["text"]
        else:
            joined.append(dict(output))
    return joined


def request_of(cells, folder, **limits) -> CopyRequest:
    """Return a request for plain cells; a cell may be a ``CellSource`` already."""
    sources = tuple(
        cell if isinstance(cell, CellSource) else CellSource(place, f"c{place}", cell)
        for place, cell in enumerate(cells)
    )
    folder.mkdir(parents=True, exist_ok=True)
    return CopyRequest(sources, str(folder), mode="nbgrader", limits=RunLimits(**limits))
