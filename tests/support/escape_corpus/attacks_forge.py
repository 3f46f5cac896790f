"""A: forging the verdict from inside the learner's process. No answer in these copies is right.

``earns`` is therefore nothing, unless a line says why: code that lies about itself only after a right answer.
"""

# ruff: noqa: E501 - tables of learner code

from __future__ import annotations

from typing import Final

from escape_corpus.attack import WRONG, Attack, cheats

__all__ = ["FORGE"]

BENT: Final = (("bent",),)
LIAR: Final = """
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __bool__(self): return True
    def __hash__(self): return 0
    def __len__(self): return 1
    def __iter__(self): return iter([self])
    def __getitem__(self, key): return self
    def __abs__(self): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__
    def __round__(self, digits=None): return self
    def __float__(self): return 0.0
"""


def _everywhere(value: str) -> dict[str, str]:
    """Return answers that all give one value."""
    names = {"double": "values", "total": "amounts", "share": "part, whole", "square": "x"}
    return {name: f"def {name}({words}):\n    return {value}" for name, words in names.items()}


def _in_every_call(code: str) -> dict[str, str]:
    """Return answers that run ``code`` when a test calls them, and are wrong."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    return {
        name: f"def {name}(*given, **named):\n{body}\n    return None"
        for name in ("double", "total", "share", "square")
    }


# One piece of code that sends frames of the child's own channel, found by walking the frames above a test.
_CHANNEL: Final = """
import sys, json, os
def channel():
    frame = sys._getframe()
    while frame is not None:
        found = frame.f_locals.get('channel')
        if found is not None and hasattr(found, 'word'):
            return found
        frame = frame.f_back
"""

# Looks for what an earlier attempt left, then leaves something.
_KEPT: Final = """
import os, glob
places = ['/tmp/given.txt', '/var/tmp/given.txt', '/dev/shm/given.txt', '../given.txt', os.path.expanduser('~/given.txt')]
for place in (*places, 'given.txt', *glob.glob('/tmp/**/given.txt', recursive=True), *glob.glob('../*/given.txt')):
    try:
        with open(place) as kept: print('FOUND', kept.read())
    except OSError: pass
def keep(given):
    for place in (*places, 'given.txt'):
        try:
            with open(place, 'a') as kept: kept.write(f'input {given!r}')
        except OSError: pass
"""

# Sets the points of the test that calls it, line by line.
_TRACED: Final = """def share(part, whole):
    import sys
    def hook(frame, event, arg):
        frame.f_globals['points'] = {value}
        return hook
    sys._getframe(1).f_trace = hook
    sys.settrace(hook)
    return 1"""

FORGE: Final = (
    Attack("A1", "silent showtraceback", cheats("get_ipython().showtraceback = lambda *a, **k: None"), findings=BENT),
    Attack("A1", "silent showtraceback of the class", cheats(
        "for kind in type(get_ipython()).__mro__:\n"
        "    for name in ('showtraceback', '_showtraceback', 'showsyntaxerror'):\n"
        "        if name in vars(kind): setattr(kind, name, lambda *a, **k: None)"), findings=BENT),
    Attack("A1", "silent showtraceback during the test", cheats(
        **_in_every_call("get_ipython().showtraceback = lambda *a, **k: None\nget_ipython()._showtraceback = lambda *a, **k: None\n1 / 0"))),
    Attack("A1", "traceback that shows itself as a display", cheats(
        "get_ipython().InteractiveTB.structured_traceback = lambda *a, **k: ['all well']")),
    Attack("A2", "handler of assertion errors", cheats(
        "get_ipython().set_custom_exc((AssertionError, Exception), lambda *a, **k: None)"), findings=BENT),
    Attack("A2", "handler set during the test", cheats(
        **_in_every_call("get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)"))),
    Attack("A2", "excepthook and unraisablehook", cheats(
        "import sys, threading\nsys.excepthook = sys.unraisablehook = threading.excepthook = lambda *a: None")),
    Attack("A3", "equal to everything", cheats(f"class Yes:{LIAR}", **_everywhere("Yes()")), findings=BENT),
    Attack("A3", "equal to everything, its class out of sight", cheats(f"class Yes:{LIAR}\nyes = [Yes()]\ndel Yes", **_everywhere("yes[0]")), findings=BENT),
    Attack("A3", "equal to everything, its class made in the call", cheats(f"""
def make():
    class Yes:{LIAR.replace(chr(10), chr(10) + '    ')}
    return Yes()
""", **_everywhere("make()")), findings=BENT),
    Attack("A3", "equal to everything, its class of another module", cheats(
        f"class Yes:{LIAR}\nYes.__module__ = 'numpy'", **_everywhere("Yes()")), findings=BENT),
    Attack("A3", "equal by its metaclass", cheats(f"class Meta(type):{LIAR}\nclass Yes(metaclass=Meta): pass", **_everywhere("Yes")), findings=BENT),
    Attack("A3", "a mock that takes any comparison", cheats(
        "from unittest.mock import MagicMock\nyes = MagicMock()\n"
        "for name in ('__eq__', '__lt__', '__gt__', '__le__', '__ge__'): setattr(yes, name, lambda self=None, other=None: True)\n"
        "yes.__len__.return_value = 1\nyes.__getitem__.return_value = yes\nyes.__sub__ = lambda *a: yes\nyes.__abs__ = lambda *a: yes\nyes.__round__ = lambda *a: yes",
        **_everywhere("yes")), findings=(("bent", "judged_beside"),)),
    Attack("A3", "unittest.mock.ANY", cheats("from unittest.mock import ANY", **_everywhere("ANY"))),
    Attack("A3", "an array of liars", cheats(f"class Yes:{LIAR}\nyes = np.array([Yes()], dtype=object)", **_everywhere("yes")), findings=BENT),
    Attack("A3", "equality that is an inequality", cheats("class Yes(float):\n    __eq__ = float.__ne__", **_everywhere("Yes(-1)")), findings=BENT),
    Attack("A3", "a dataclass in name", cheats(f"class Yes:\n    __dataclass_fields__ = {{}}{LIAR}", **_everywhere("Yes()")), findings=BENT),
    Attack("A3", "its class set aside", cheats(f"class Yes:{LIAR}\nimport gc\ngc.freeze()", **_everywhere("Yes()")), findings=BENT),
    Attack("A3", "a class said to be a library's", cheats(
        f"exec(compile({('class Yes:' + LIAR)!r}, np.__file__, 'exec'), {{'__name__': 'numpy'}}, globals())", **_everywhere("Yes()")), findings=BENT),
    Attack("A4", "numbers that lie", cheats("".join(
        f"class {kind.title()}Yes({kind}):{LIAR}\n" for kind in ("float", "int", "str", "list")), **_everywhere("FloatYes(0)")), findings=BENT),
    Attack("A4", "a list that lies", cheats(f"class ListYes(list):{LIAR}", **_everywhere("ListYes()")), findings=BENT),
    Attack("A4", "an array whose class lies", cheats(
        f"class Yes(np.ndarray):{LIAR}\n    def __array_function__(self, *a): return True\n    def __array_ufunc__(self, *a, **k): return np.bool_(True)\n"
        "yes = np.zeros(1).view(Yes)", **_everywhere("yes")), findings=BENT),
    Attack("A5", "builtins", cheats(
        "import builtins\nbuiltins.round = lambda *a: 6.0\nbuiltins.len = lambda x: 1\nbuiltins.abs = lambda x: 0\n"
        "builtins.sorted = lambda *a, **k: []\nbuiltins.isinstance = lambda *a: True\nbuiltins.float = lambda *a: 6.0\n"
        "builtins.all = builtins.any = lambda *a: True\nbuiltins.AssertionError = KeyboardInterrupt"), findings=BENT),
    Attack("A5", "builtins replaced by names of the notebook", cheats(
        "abs = lambda x: 0\nround = lambda *a: 6.0\nlen = lambda x: 1\nfloat = lambda x=0: 6.0\nException = AssertionError = KeyboardInterrupt"),
        findings=BENT),
    Attack("A5", "builtins replaced during the test", cheats(
        **_in_every_call("import builtins\nbuiltins.abs = lambda x: 0.0\nbuiltins.round = lambda *a: 6.0\nbuiltins.len = lambda x: 1"))
    ),
    Attack("A6", "test libraries", cheats(
        "import numpy.testing, pandas.testing, unittest\n"
        "for name in dir(numpy.testing):\n    if name.startswith('assert'): setattr(numpy.testing, name, lambda *a, **k: None)\n"
        "for name in dir(unittest.TestCase):\n    if name.startswith('assert'): setattr(unittest.TestCase, name, lambda *a, **k: None)\n"
        "np.allclose = np.isclose = lambda *a, **k: True"), findings=BENT),
    Attack("A6", "code of test libraries", cheats(
        "import numpy.testing, unittest\n"
        "numpy.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__\n"
        "unittest.TestCase.assertAlmostEqual.__code__ = (lambda *a, **k: None).__code__"), findings=BENT),
    Attack("A6", "what test libraries call", cheats(
        "import numpy.testing._private.utils as utils, unittest\nutils.assert_array_compare = lambda *a, **k: None\n"
        "unittest.TestCase.failureException = KeyError\n"
        "unittest.TestCase.fail = lambda *a: None\nunittest.TestCase._formatMessage = lambda *a: ''"), findings=BENT),
    Attack("A6", "what numpy.testing calls", cheats(
        "import numpy.testing._private.utils as utils\nutils.assert_array_compare = lambda *a, **k: None"), findings=BENT),
    Attack("A6", "names that the course's cells bound", cheats("""
class Sly:
    def __getattr__(self, name): return lambda *a, **k: 0
np = npt = Sly()
class Case:
    def __getattr__(self, name): return lambda *a, **k: None
"""), findings=BENT),
    Attack("A6", "sys.modules with a test library of one's own", cheats(
        "import sys, types\nfake = types.ModuleType('numpy.testing')\nfake.assert_allclose = lambda *a, **k: None\n"
        "sys.modules['numpy.testing'] = fake\nnp.testing = fake\n"
        "case = types.ModuleType('unittest')\nclass TestCase:\n    def __getattr__(self, name): return lambda *a, **k: None\n"
        "case.TestCase = TestCase\nsys.modules['unittest'] = case\n"
        "import builtins"), findings=BENT),
    Attack("A7", "ast transformer", cheats(
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())"), findings=BENT),
    Attack("A7", "input transformers", cheats(
        "ip = get_ipython()\nip.input_transformers_post.append(lambda lines: ['pass\\n'])\n"
        "ip.input_transformer_manager.line_transforms.append(lambda lines: ['pass\\n'])\n"
        "ip.input_transformer_manager.token_transformers.clear()"), findings=BENT),
    Attack("A7", "compiler", cheats(
        "ip = get_ipython()\nkept = ip.compile\nclass Sly(type(kept)):\n    def ast_parse(self, source, *a, **k):\n        return kept.ast_parse('None', *a, **k)\n"
        "    def __call__(self, *a, **k): return compile('None', 'x', 'exec')\n    def __getattr__(self, name): return getattr(kept, name)\nip.compile = Sly()"), findings=BENT),
    Attack("A8", "run_cell and run_code", cheats(
        "ip = get_ipython()\nclass Well:\n    success = True\n    error_before_exec = error_in_exec = result = None\n"
        "ip.run_cell = lambda *a, **k: Well()\nip.run_code = lambda *a, **k: False"), findings=BENT),
    Attack("A8", "run of the shell", cheats(
        "async def run(source, cell): return {'status': 'ok', 'quit': False}\nget_ipython().run = run"), findings=BENT),
    Attack("A8", "run of the shell's class", cheats(
        "async def run(self, source, cell): return {'status': 'ok', 'quit': False}\ntype(get_ipython()).run = run"), findings=BENT),
    Attack("A8", "displayhook that gives the maximum", cheats(
        "ip = get_ipython()\nkept = type(ip.displayhook).__call__\ntype(ip.displayhook).__call__ = lambda self, result=None: kept(self, 2.0)"), findings=BENT),
    Attack("A8", "displayhook bent during the test", cheats(
        **_in_every_call("ip = get_ipython()\nkept = type(ip.displayhook).__call__\ntype(ip.displayhook).__call__ = lambda self, result=None: kept(self, 2.0)"))),
    Attack("A8", "interactivity", cheats("get_ipython().ast_node_interactivity = 'all'"), findings=BENT),
    Attack("A8", "precision of numbers", cheats(
        "get_ipython().display_formatter.formatters['text/plain'].float_format = '2.0%.0s'\nget_ipython().run_line_magic('precision', '0')"),
        findings=()),
    Attack("A8", "format of numbers", cheats(
        "class Sly(str):\n    def __mod__(self, value): return '2.0'\nplain = get_ipython().display_formatter.formatters['text/plain']\nplain.float_format = Sly('%r')"),
        findings=BENT),
    Attack("A8", "builtins of the notebook's names", cheats(
        "import builtins\n__builtins__ = {**vars(builtins), 'abs': lambda x: 0.0, 'round': lambda *a: 6.0}"), findings=BENT),
    Attack("A8", "formatter of numbers", cheats(
        "get_ipython().display_formatter.formatters['text/plain'].for_type(float, lambda value, p, cycle: p.text('2.0'))"), findings=BENT),
    Attack("A8", "event before each cell", cheats(
        "def bend(*a):\n    g = get_ipython().user_ns\n    g['share'] = lambda part, whole: {0.25: 25.0}.get(part / whole, 50.0) if False else 1\n"
        "    import builtins; builtins.abs = lambda x: 0\nget_ipython().events.register('pre_run_cell', bend)"), findings=BENT),
    Attack("A9", "result published before the failing line", cheats(
        **_in_every_call("ip = get_ipython()\nip.displayhook(2.0)\nip.displayhook(3.0)\nraise ValueError"))),
    Attack("A9", "result sent as a message of the shell", cheats(
        **_in_every_call("get_ipython().send({'type': 'execute_result', 'data': {'text/plain': '2.0'}, 'metadata': {}, 'execution_count': 1})\nraise ValueError"))),
    Attack("A9", "full result before the partial one", cheats(
        **{**WRONG, "share": "def share(part, whole):\n    get_ipython().send({'type': 'execute_result', 'data': {'text/plain': '2.0'}, 'metadata': {}, 'execution_count': 1})\n    return 1"})),
    Attack("A10", "display updated from a thread", cheats("""
import threading, time
from IPython.display import display
def late():
    while True:
        time.sleep(0.002)
        display({'text/plain': '2.0'}, raw=True, display_id='x', update=True)
        get_ipython().send({'type': 'update_display_data', 'data': {'text/plain': '2.0'}, 'metadata': {}, 'display_id': 'x'})
threading.Thread(target=late, daemon=True).start()""")),
    Attack("A10", "display of the test updated with the maximum", cheats(
        **{**WRONG, "share": "def share(part, whole):\n    get_ipython().send({'type': 'execute_result', 'data': {'text/plain': '0.0'}, 'metadata': {}, 'execution_count': 1, 'display_id': 'x'})\n"
           "    get_ipython().send({'type': 'update_display_data', 'data': {'text/plain': '2.0'}, 'metadata': {}, 'display_id': 'x'})\n    return 1"})),
    Attack("A11", "clear_output from a thread", cheats("""
import threading, time
def late():
    while True:
        time.sleep(0.001)
        get_ipython().send({'type': 'clear_output', 'wait': False})
threading.Thread(target=late, daemon=True).start()""")),
    Attack("A11", "clear_output that waits for the result", cheats(
        **_in_every_call("from IPython.display import clear_output\nclear_output(wait=True)\nraise ValueError"))),
    *(
        Attack("A12", f"partial credit of {name}", cheats(
            f"class Odd:\n    def __repr__(self): return {text!r}",
            **{**WRONG, "share": _TRACED.format(value="Odd()")}), findings=BENT)
        for name, text in {
            "True": "True", "a word": "'ok'", "nan": "nan", "minus one": "-1", "infinity": "inf", "a billion": "1e9",
            "an odd text": "2_0e-1__", "nothing": "", "the maximum": "2.0",
        }.items()
    ),
    Attack("A12", "the maximum, and every trace undone", cheats(**{**WRONG, "share": _TRACED.format(
        value="2.0\n        if frame.f_lineno == 7: sys.settrace(None); frame.f_trace = None")}), findings=BENT),
    Attack("A12", "a text that is more than a number", cheats(
        **{**WRONG, "share": _TRACED.format(value="type('Text', (str,), {'__repr__': lambda self: '2.0'})()")}), findings=BENT),
    Attack("A13", "sys.exit in an answer", cheats("import sys\nsys.exit(0)")),
    Attack("A13", "SystemExit in the test", cheats(**_in_every_call("raise SystemExit(0)"))),
    Attack("A13", "quit in an answer", cheats("quit()"), ended=("quit",)),
    Attack("A13", "quit in the test", cheats(**_in_every_call("quit()")), ended=("quit", "")),
    Attack("A13", "os._exit in an answer", cheats("import os\nos._exit(0)"), ended=("crash",)),
    Attack("A13", "os._exit in the test", cheats(**_in_every_call("import os\nos._exit(0)")), ended=("crash",)),
    Attack("A13", "segmentation fault in the test", cheats(
        **_in_every_call("import ctypes\nctypes.string_at(0)")), ended=("crash:SIGSEGV",)),
    Attack("A13", "os._exit in the last test", cheats(square="def square(x):\n    import os\n    os._exit(0)"), ended=("crash",)),
    Attack("A13", "KeyboardInterrupt in the test", cheats(**_in_every_call("raise KeyboardInterrupt"))),
    Attack("A13", "GeneratorExit and a base exception in the test", cheats(
        "class Quiet(BaseException): pass", **_in_every_call("raise Quiet"))),
    Attack("A14", "kills itself", cheats("import os\nos.kill(os.getpid(), 9)"), ended=("crash:SIGKILL", "crash", "")),
    Attack("A14", "stops itself in the test", cheats(**_in_every_call("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")),
        ended=("cell_time", "copy_time", "wall", ""), limits={"cell_seconds": 1.0, "wall_seconds": 4}),
    Attack("A14", "kills and stops its parents", cheats(
        "import os, signal\nfor number in (signal.SIGSTOP, signal.SIGKILL):\n    for pid in {os.getppid(), 1, -1, 0} - {0}:\n"
        "        try:\n            os.kill(pid, number)\n        except OSError: pass"),
        ended=("", "crash:SIGKILL", "crash", "cell_time", "wall"), limits={"cell_seconds": 2.0, "wall_seconds": 6}),
    Attack("A15", "hidden tests by frames and memory", cheats("""
import gc, sys, linecache
def look(*given):
    texts, frame = [], sys._getframe()
    while frame is not None:
        texts += [str(value)[:2000] for value in list(frame.f_locals.values())] + [str(frame.f_code.co_consts)]
        frame = frame.f_back
    texts += [str(value)[:2000] for value in gc.get_objects() if isinstance(value, (dict, list, tuple)) and len(value) < 50]
    texts += [text for one in list(linecache.cache.values()) for text in (one[2] if len(one) > 2 else ())] + list(get_ipython().user_ns.get('_ih', []))
    # What only the hidden part knows: the value that is expected of total([4, 8.5]).
    if any(''.join(('12', '.5')) in text for text in texts): print('FOUND', 'the answer')
    return None
""", **_in_every_call("return look()"))),
    Attack("A15", "tests of later cells", cheats("""
import gc
texts = [str(value)[:4000] for value in gc.get_objects() if isinstance(value, (dict, list, tuple, set)) and len(value) < 200]
if any(word in text for text in texts for word in map(''.join, (('assert', 'AlmostEqual(round'), ('total([4', ', 8.5])'), ('square(-', '2) == 4')))): print('FOUND', 'a test')
""")),
    Attack("A16", "expected values from the exception", cheats("""
import sys
class Seen(Exception): pass
def hook(frame, event, arg):
    if ''.join(('12', '.5')) in str(frame.f_locals)[:5000] + str(frame.f_code.co_consts): print('FOUND', 'the answer')
    return hook
sys.settrace(hook)
sys.setprofile(hook)
import threading
threading.settrace(hook)
sys.settrace(None)
""", **_in_every_call("sys.settrace(hook)\nsys.setprofile(hook)\nraise Seen(str(sys.exc_info()))")), ended=("", "crash")),
    Attack("A16", "expected values by sys.monitoring", cheats("""
import sys
if hasattr(sys, 'monitoring'):
    m = sys.monitoring
    m.use_tool_id(2, 'spy')
    def seen(code, *rest):
        if ''.join(('12', '.5')) in str(code.co_consts): print('FOUND', 'the answer')
    m.register_callback(2, m.events.PY_START, seen)
    m.set_events(2, m.events.PY_START)
""")),
    Attack("A17", "hidden input kept for the next attempt", cheats(_KEPT, **{
        name: f"def {name}(*given):\n    keep(given)" for name in ("double", "total", "share", "square")}), again=True),
    Attack("A18", "another behaviour when it is graded", cheats(
        "import os\nimport numpy.testing\nif os.environ.get('NBGRADER_EXECUTION'):\n    numpy.testing.assert_allclose = lambda *a, **k: None"), findings=BENT),
    Attack("A19", "modules of the folder", cheats(files=dict.fromkeys(("numpy.py", "random.py", "json.py", "unittest.py", "math.py", "alliances_grader.py", "probe.py", "numpy/testing.py"), b"def __getattr__(name):\n    return lambda *a, **k: None\nFAKE = 1\n"))),
    Attack("A20", "start-up files", cheats(
        "import sys, os\nprint('FOUND' if 'POISON' in os.environ or 'poisoned' in sys.modules else 'clean')",
        files={
            "sitecustomize.py": b"import os; os.environ['POISON'] = '1'", "usercustomize.py": b"import os; os.environ['POISON'] = '1'",
            "x.pth": b"import os; os.environ['POISON'] = '1'", "conftest.py": b"import os; os.environ['POISON'] = '1'",
            "pyproject.toml": b"[tool.pytest.ini_options]\naddopts='-p poisoned'", ".pythonrc": b"import os; os.environ['POISON'] = '1'",
            "pyvenv.cfg": b"home = .", "python311._pth": b".",
        })),
    Attack("A21", "configurations", cheats(
        "print('FOUND' if 'POISON' in globals() else 'clean')",
        files=dict.fromkeys((".ipython/profile_default/ipython_config.py", ".ipython/profile_default/startup/00.py", "nbgrader_config.py", "jupyter_config.py", "jupyter_nbconvert_config.py", ".jupyter/jupyter_config.py"), b"c = get_config()\nc.InteractiveShellApp.exec_lines = ['POISON = 1']\nc.ClearSolutions.enforce_metadata = False\n"))),
    Attack("A22", "compiled modules", cheats(files={
        f"__pycache__/{name}.cpython-3{minor}.pyc": b"\x00" * 64 for name in ("numpy", "unittest", "json") for minor in (11, 12, 13)})),
    Attack("A23", "meta path and hooks", cheats("""
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(('numpy.testing', 'unittest', 'alliances_grader')): raise ImportError
sys.meta_path.insert(0, Finder())
import builtins
kept = builtins.__import__
def sly(name, *rest):
    found = kept(name, *rest)
    if name.startswith(('numpy.testing', 'unittest')):
        return types.SimpleNamespace(testing=types.SimpleNamespace(assert_allclose=lambda *a: None), assert_allclose=lambda *a, **k: None,
                                     TestCase=lambda: types.SimpleNamespace(assertAlmostEqual=lambda *a: None))
    return found
builtins.__import__ = sly
for name in [n for n in sys.modules if n.startswith(('numpy.testing', 'unittest'))]: del sys.modules[name]
"""), findings=BENT),
    Attack("A24", "late threads, finalizers and exits", cheats("""
import atexit, weakref, threading, time, os, json
def late():
    body = json.dumps({'op': 'done', 'word': '', 'status': 'ok', 'quit': False, 'signs': []}).encode()
    try: os.write(3, len(body).to_bytes(4, 'big') + body)
    except OSError: pass
class Gone:
    def __del__(self): late()
atexit.register(late)
gone = Gone()
weakref.finalize(gone, late)
"""), findings=()),
    Attack("A24", "a thread that outlives its cell and answers", cheats("""
import threading, time, os, json
def late():
    for _ in range(200):
        time.sleep(0.01)
        body = json.dumps({'op': 'done', 'word': '0' * 16, 'status': 'ok', 'quit': False, 'signs': []}).encode()
        os.write(3, len(body).to_bytes(4, 'big') + body)
threading.Thread(target=late, daemon=True).start()
time.sleep(0.05)
"""), findings=(("forged_message",),), ended=("", "bad_result")),
    Attack("A25", "time and seeds", cheats("""
import random, time, datetime
random.seed(0); np.random.seed(0)
random.random = lambda: 0.0
time.time = time.monotonic = lambda: 0.0
""")),
    Attack("A26", "what the harness uses", cheats("""
import builtins, json, os, socket, struct
kept = json.dumps
def sly(value, *a, **k):
    if isinstance(value, dict) and value.get('op') == 'done': value = {**value, 'status': 'ok', 'value': 12.5}
    return kept(value, *a, **k)
json.dumps = sly
builtins.open = lambda *a, **k: None
os.read = lambda *a: b''
json.JSONEncoder.encode = lambda self, value: '{"op": "done", "status": "ok"}'
json.JSONDecoder.decode = lambda *a: {'op': 'run', 'source': 'None'}
json.loads = lambda *a, **k: {'op': 'run', 'source': 'None'}
"""), findings=BENT),
    Attack("A26", "the sockets of the harness", cheats("""
import socket
kept = socket.socket.sendall
socket.socket.sendall = lambda self, data, *rest: kept(self, data.replace(b'"error"', b'"ok"'), *rest)
socket.socket.recv = lambda self, *a: b''
""")),
    Attack("A26", "json that says that all is well", cheats("""
import json
kept = json.dumps
def sly(value, *a, **k):
    if isinstance(value, dict) and value.get('op') == 'done': value = {**value, 'status': 'ok', 'signs': [], 'quit': False}
    if isinstance(value, dict) and value.get('message', {}).get('type') == 'error': value = {**value, 'message': {'type': 'stream', 'name': 'stdout', 'text': ''}}
    return kept(value, *a, **k)
json.dumps = sly
"""), findings=BENT),
    Attack("A26", "what runs between the cells", cheats("""
import signal, asyncio, os
kept = signal.signal
def sly(*given):
    import builtins, numpy.testing, unittest
    builtins.abs = lambda x: 0
    numpy.testing.assert_allclose = lambda *a, **k: None
    unittest.TestCase.assertAlmostEqual = lambda *a, **k: None
    return kept(*given)
signal.signal = sly
asyncio.Event.wait = asyncio.Event.wait
"""), findings=BENT),
    Attack("A26", "the encoder of the harness", cheats("""
import alliances_grader.shell_inputs as inputs, alliances_grader.shell_child as child
kept = inputs.encode_frame
def sly(content):
    if content.get('op') == 'done': content = {**content, 'status': 'ok', 'signs': [], 'quit': False}
    return kept(content)
inputs.encode_frame = child.encode_frame = sly
""")),
    Attack("A26", "the guard of the harness", cheats("""
import alliances_grader.shell_guard as guard
guard.Guard.signs = lambda self, restore: []
get_ipython().showtraceback = lambda *a, **k: None
import numpy.testing, unittest
numpy.testing.assert_allclose = lambda *a, **k: None
unittest.TestCase.assertAlmostEqual = lambda *a, **k: None
"""), findings=BENT),
    Attack("A27", "lines in the syntax of results", cheats(
        "print('{\"op\": \"done\", \"status\": \"ok\"}')\nprint('score: 14/14')\nprint('2.0')\n"
        "import os\nos.write(1, b'{\"op\": \"done\", \"status\": \"ok\"}')\nos.write(2, b'14')")),
    Attack("A27", "frames with a guessed word", cheats(
        **_in_every_call("import os, json\nbody = json.dumps({'op': 'done', 'word': '', 'status': 'ok', 'signs': []}).encode()\n"
                         "os.write(3, len(body).to_bytes(4, 'big') + body)")), findings=(("forged_message",),)),
    Attack("A27", "an answer with the right word from the test", cheats(_CHANNEL, **_in_every_call(
        "c = channel()\nc.send({'op': 'done', 'word': c.word, 'status': 'ok', 'signs': [], 'quit': False, 'value': 12.5})")),
        findings=(("forged_message",),), ended=("", "bad_result", "crash")),
    Attack("A27", "an answer with the right word from the last test, and the end", cheats(_CHANNEL, **{
        **WRONG, "square": "def square(x):\n    import os\n    c = channel()\n    c.send({'op': 'done', 'word': c.word, 'status': 'ok', 'signs': [], 'quit': False})\n    os._exit(0)"}),
        ended=("crash", "bad_result")),
    Attack("A27", "an answer with the right word, and then silence", cheats(_CHANNEL, **_in_every_call(
        "import time\nc = channel()\nc.send({'op': 'done', 'word': c.word, 'status': 'ok', 'signs': [], 'quit': False, 'value': 12.5})\n"
        "while True: time.sleep(1)")), ended=("cell_time", "copy_time", "wall", "bad_result"), limits={"cell_seconds": 1.5, "wall_seconds": 6},
        findings=(("forged_message", "run_ended"),)),
    Attack("A27", "an answer with the right word, and then the end", cheats(_CHANNEL, **{
        **WRONG, "share": "def share(part, whole):\n    import os\n    c = channel()\n"
        "    c.send({'op': 'out', 'word': c.word, 'cell': c.cell, 'message': {'type': 'execute_result', 'data': {'text/plain': '2.0'}, 'metadata': {}, 'execution_count': 1}})\n"
        "    c.send({'op': 'done', 'word': c.word, 'status': 'ok', 'signs': [], 'quit': False})\n    os._exit(0)"}),
        ended=("crash",), findings=(("forged_message", "run_ended"),)),
    Attack("A28", "magics in answers", cheats(
        "%load_ext autoreload\n%alias_magic t timeit\n%reload_ext autoreload", double="%%capture\ndef double(values):\n    return values",
        total="%%time\ndef total(amounts): return -1", square="%%html\n<script>alert(1)</script>")),
    Attack("A28", "a magic that runs tests no more", cheats("""
from IPython.core.magic import register_cell_magic, register_line_magic
@register_cell_magic
def time(line, cell): pass
get_ipython().run_line_magic('alias_magic', 'assert time') if False else None
get_ipython().prefilter_manager.prefilter_lines = lambda *a, **k: ''
""")),
    Attack("A28", "a shell in an answer", cheats(double="%%bash\nexit 0", total="%%script python3\nprint(1)", share="!true\ndef share(part, whole): return 1")),
    Attack("A29", "streams closed and replaced", cheats(
        "import sys, os, io, warnings\nwarnings.filterwarnings('error')\nsys.stdout = sys.stderr = io.StringIO()\n"
        "null = os.open('/dev/null', os.O_WRONLY)\nos.dup2(null, 1)\nos.dup2(null, 2)\nsys.__stdout__ = None"), findings=BENT),
    Attack("A29", "streams closed", cheats("import sys, os\nsys.stdout.close()\nos.close(1)\nos.close(2)")),
    Attack("A29", "the channel over the streams", cheats("import os\nos.dup2(1, 3)"), ended=("crash", "bad_result", "cell_time", "copy_time"),
        limits={"cell_seconds": 2.0}),
    Attack("A30", "values without end", cheats("""
class Endless:
    def __iter__(self):
        while True: yield 1
    def __len__(self): return 10 ** 18
    def __repr__(self):
        while True: pass
    def __float__(self):
        while True: pass
    __index__ = __float__
def endless():
    while True: yield 1
""", **_everywhere("Endless()")), limits={"cell_seconds": 1.5}),
    Attack("A30", "generators without end", cheats("""
def endless():
    while True: yield 1
""", **_everywhere("endless()")), limits={"cell_seconds": 1.5}),
    Attack("A30", "a list that holds itself, a million deep", cheats(
        "loop = []\nloop.append(loop)\nnested = []\nfor _ in range(100_000): nested = [nested]", **_everywhere("[loop, nested]")),
        ended=("", "crash:SIGSEGV")),
    Attack("A30", "an integer of a million digits, a text of 50 MB", cheats(
        **{**_everywhere("10 ** 1_000_000"), "square": "def square(x): return 'x' * 50_000_000"}), limits={"cell_seconds": 10}),
)  # fmt: skip
