"""Whether a feedback page is up to date: each carries a fingerprint of everything that it was made of."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from alliances import __version__
from alliances.storage import write_fault
from alliances_grader.feedback_page import INPUTS
from alliances_grader.fingerprints import fingerprint
from alliances_grader.results import CopyResult

__all__ = ["inputs_of", "is_current", "put_page"]

_HEAD: Final = 2_000
_END: Final = b"</html>\n"
_NOTE: Final = re.compile(rf'<meta name="{INPUTS}" content="([^"]*)">')


def inputs_of(result: CopyResult, *files: bytes) -> str:
    """Return the fingerprint of a page: rows of the gradebook, files, and the program that writes it."""
    # The moment is shown in local time: elsewhere the same moment is another text.
    local = "" if result.handed_in is None else f"{result.handed_in.astimezone().utcoffset()}"
    return fingerprint(_program(), repr(result).encode("utf-8", "backslashreplace"), local.encode(), *files)


@cache
def _program() -> bytes:
    """Return a digest of what decides how a page looks and what it says."""
    digest = hashlib.sha256(__version__.encode())
    grader, texts = resources.files("alliances_grader"), resources.files("alliances.i18n")
    parts = [part for part in grader.iterdir() if part.name.startswith("feedback")]
    parts += [part for part in texts.iterdir() if part.name.endswith(".toml")]
    # Answers are told, and in another language marked, by the types of questions.
    questions = resources.files("alliances.questions")
    for place in (questions, questions / "types"):
        parts += [part for part in place.iterdir() if part.name.endswith(".py")]
    for part in sorted(parts, key=lambda part: part.name):
        digest.update(part.name.encode() + part.read_bytes())
    return digest.digest()


def is_current(path: Path, inputs: str) -> bool:
    """Say whether the page at ``path`` is whole and was made of the same things."""
    try:
        with path.open("rb") as page:
            head = page.read(_HEAD)
            page.seek(-len(_END), 2)
            whole = page.read() == _END
    except OSError:
        return False
    note = _NOTE.search(head.decode("utf-8", "replace"))
    return whole and note is not None and note.group(1) == inputs


def put_page(path: Path, content: bytes) -> None:
    """Write a page whole or not at all, readable as the system's mask allows.

    It is not waited for until the disk has it, which costs more than making it: a page that a power cut
    takes is not whole, and written again by the next run.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise write_fault(path, error) from error
