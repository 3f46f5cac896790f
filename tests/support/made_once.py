"""What takes long to make, made once for all the processes of a test run; each gets a copy of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

__all__ = ["made_once"]


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a new folder with what ``make`` writes into an empty one.

    Args:
        factory: pytest's, whose folder is one for all processes of a run.
        name: what is made; the same name stands for the same content in the whole run.
        make: writes it. What it writes must work from another folder.
    """
    own = factory.mktemp(name)
    if "PYTEST_XDIST_WORKER" not in os.environ or os.name == "nt":
        make(own)
        return own
    # A worker's folder lies in that of the run.
    shared = factory.getbasetemp().parent / f"{name}-made"
    complete = shared.with_suffix(".complete")
    with _one_at_a_time(shared.with_suffix(".lock")):
        if not complete.exists():
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir()
            make(shared)
            complete.touch()
    shutil.copytree(shared, own, dirs_exist_ok=True, symlinks=True)
    return own


@contextlib.contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Keep the other processes waiting."""
    import fcntl

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
