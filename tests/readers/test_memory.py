"""Reading a register piece by piece needs the memory of a piece, whatever the size of the file.

The figure for a file of 2 GB: ``python tests/bench/readers.py --megabytes 2000``.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.checkout
BENCH = Path(__file__).resolve().parents[1] / "bench" / "readers.py"


@pytest.fixture(scope="module")
def bench():
    """The bench, whose generated file has the shape of the real one."""
    spec = importlib.util.spec_from_file_location("bench_readers", BENCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is told by Unix only")
def test_memory_does_not_grow_with_the_file(bench, tmp_path):
    """Twice the rows take less than 25 MB more, and far less than 500 MB in all."""
    whole, half = tmp_path / "rna_whole.csv", tmp_path / "rna_half.csv"
    rows = bench.write(whole, 64)
    content = whole.read_bytes()
    half.write_bytes(content[: content.index(b"\n", len(content) // 2) + 1])
    running = [
        subprocess.Popen(
            [sys.executable, str(BENCH), "--measure", str(path), "stream"], stdout=subprocess.PIPE
        )
        for path in (half, whole)
    ]
    first, second = [json.loads(process.communicate()[0]) for process in running]
    assert second["read"] == rows
    assert 0 < second["refused"] < 0.02 * rows
    assert second["peak_mb"] - first["peak_mb"] < 25
    assert second["peak_mb"] < bench.LIMIT_MB
