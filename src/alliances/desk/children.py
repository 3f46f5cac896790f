"""What the two servers that the desk starts have in common: a private folder, and a session of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["start_child", "write_private"]


def write_private(path: Path, content: str) -> None:
    """Write a file that only this user can read: it holds a token."""
    path.touch(mode=0o600)
    path.write_text(content, encoding="utf-8")


def start_child(
    words: list[str], *, cwd: Path, environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    """Start this Python with ``words`` in a session of its own; what it says goes to ``log``."""
    with log.open("wb") as stream:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
