"""What stands in ``autograded/`` for a graded copy: notebooks, receipts, and what stock nbgrader asks for."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from alliances.storage import write_safely
from alliances_grader.copies import TIMESTAMP, Brought
from alliances_grader.graded import Graded
from alliances_grader.receipts_graded import RECEIPT_SUFFIX, Terms, read_receipt, receipt_of, write_receipt

__all__ = ["are_there", "put_graded"]

# By them nbgrader knows when a copy came, and names the feedback that it releases.
_FOR_NBGRADER: Final = (TIMESTAMP, "submission_secret.txt")
_SHORT: Final = 1_000


def are_there(folder: Path, notebooks: tuple[str, ...], source: str, terms: Terms) -> bool:
    """Say whether the graded notebooks are where the gradebook's reader looks for them, by their receipts."""
    with suppress(OSError):
        return all(
            (folder / f"{name}.ipynb").stat().st_size and _is_of(folder, name, source, terms)
            for name in notebooks
        )
    return False


def _is_of(folder: Path, name: str, source: str, terms: Terms) -> bool:
    receipt = read_receipt(folder, name)
    return receipt is not None and (receipt.source, receipt.terms) == (source, terms.to_json())


def put_graded(folder: Path, copy: Brought, graded: Graded, source: str, terms: Terms) -> None:
    """Write the files of one graded copy; other files of the copy are not shown again: they may act.

    None is waited for until the disk has it: the journal, written after them, is; and whoever finds a
    notebook missing grades the copy again.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    for item in graded.notebooks:
        name = item.entry.verdict.notebook
        path = folder / f"{name}.ipynb"
        if item.content is None:
            for old in (path, folder / (name + RECEIPT_SUFFIX)):
                with suppress(FileNotFoundError):
                    old.unlink()
            continue
        write_safely(path, item.content, wait=False)
        write_receipt(
            folder, receipt_of(item.entry, source=source, graded=item.content, terms=terms, run=item.run)
        )
    for name in _FOR_NBGRADER:
        if len(copy.files.get(name, b"")) in range(1, _SHORT):
            write_safely(folder / name, copy.files[name], wait=False)
