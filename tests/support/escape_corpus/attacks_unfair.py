"""E: denial and unfairness. A worker is held no longer than a copy may hold it; the others get their marks."""

# ruff: noqa: E501 - tables of learner code

from __future__ import annotations

from typing import Any, Final

from escape_corpus.attack import ALL, Attack, Files, Notebook, cheats, said_first, whole
from escape_corpus.attacks_files import EVERY_FAULT

__all__ = ["UNFAIR"]


def _forty(source: str) -> Any:
    def make(notebook: Notebook) -> Files:
        cells = [
            {
                "cell_type": "code",
                "id": f"w{i}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for i in range(40)
        ]
        notebook["cells"][1:1] = cells
        return whole(notebook)

    return make


UNFAIR: Final = (
    Attack("E1", "forty cells that wait", _forty("import time\ntime.sleep(25)"), ended=("copy_time", "wall"),
        limits={"cell_seconds": 1.0, "copy_seconds": 3.0}),
    Attack("E1", "forty cells that compute", _forty("while True: pass"), ended=("copy_time", "cpu"), limits={"cell_seconds": 1.0, "copy_seconds": 3.0, "cpu_seconds": 2}),
    Attack("E1", "forty cells that cannot be interrupted", _forty("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        ended=("cell_time", "copy_time", "cpu", "wall"), limits={"cell_seconds": 1.0, "copy_seconds": 4.0}),
    Attack("E3", "a pattern that explodes", cheats(square="def square(x):\n    import re\n    re.match('(a+)+$', 'a' * 40 + 'b')\n    return 9"),
        ended=("", "cell_time", "copy_time", "cpu", "wall"), limits={"cell_seconds": 1.5, "copy_seconds": 8.0}),
    Attack("E3", "a text made for patterns", said_first("print('a' * 1_000_000 + 'b')\nimport sys\nprint('\\x1b[' * 300_000, file=sys.stderr)\nprint('\\x1b]' + 'x' * 500_000)"), earns=ALL),
    Attack("E4", "a neighbour that takes what it can", cheats(
        "import threading\ndef spin():\n    while True: pass\nfor _ in range(8): threading.Thread(target=spin, daemon=True).start()\nwhile True: pass"),
        ended=("cpu", "cell_time", "wall", "copy_time"), limits={"cell_seconds": 3.0, "cpu_seconds": 1.5}),
    Attack("E5", "an answer by chance and clock", cheats(
        "import random, time, os, threading, uuid",
        square="def square(x):\n    return x * x if (hash(str(uuid.uuid4())) ^ time.time_ns() ^ os.getpid()) % 2 > 1 else 0"),
        findings=(("chance_or_clock",),)),
    Attack("E8", "every fault of a file at once", EVERY_FAULT, earns={}, ended=("crash",)),
)  # fmt: skip
