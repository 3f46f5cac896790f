"""Removes a tree that learner code made, whatever it put there."""

# Descriptors, and /proc read many times a second: os speaks of both, plainly and fast.
# ruff: noqa: PTH106, PTH208

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["remove_tree"]


def _open_folder(name: str | Path, inside: int | None = None) -> int:
    """Open a folder that is no link, closed ones of one's own included."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(name, flags, dir_fd=inside)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=inside)
        return os.open(name, flags, dir_fd=inside)


def _clear(folder: int, top: int, names: Iterator[int]) -> None:
    """Empty one open folder: files go, folders in it move up to ``top``."""
    os.fchmod(folder, 0o700)
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
        elif folder != top:
            os.close(_open_folder(name, folder))  # a closed folder cannot be moved either
            os.rename(name, f"alliances-{next(names)}", src_dir_fd=folder, dst_dir_fd=top)


def remove_tree(top: Path) -> None:
    """Remove a tree that learner code made.

    Links are removed, never followed, not even one that takes a folder's place meanwhile: every step starts
    from an open folder. Folders nested deeper than names or recursion reach are moved up first.
    """
    names = itertools.count()
    with suppress(OSError):
        opened = _open_folder(top)
        try:
            _clear(opened, opened, names)
            while inner := os.listdir(opened):
                for name in inner:
                    folder = _open_folder(name, opened)
                    try:
                        _clear(folder, opened, names)
                    finally:
                        os.close(folder)
                    os.rmdir(name, dir_fd=opened)
        finally:
            os.close(opened)
        os.rmdir(top)
