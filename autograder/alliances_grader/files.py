"""Reading with a limit, writing whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import Any, Final

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_safely
from alliances_grader.verdicts import Finding, Mode

__all__ = [
    "MAX_NOTEBOOK",
    "compact_bytes",
    "notebook_bytes",
    "parse_copy",
    "parse_notebook",
    "parse_without_outputs",
    "read_bounded",
    "read_notebook",
    "write_notebook",
]

MAX_NOTEBOOK: Final = 20_000_000
"""Bytes of the largest notebook that is read."""
_MINOR: Final = 5
_TOP: Final = frozenset({"cells", "metadata", "nbformat", "nbformat_minor"})
_USUAL_METADATA: Final = frozenset({"alliances", "kernelspec", "language_info", "title"})
_KEYS: Final = {
    "code": frozenset({"cell_type", "execution_count", "id", "metadata", "outputs", "source"}),
    "markdown": frozenset({"cell_type", "id", "metadata", "source"}),
    "raw": frozenset({"cell_type", "id", "metadata", "source"}),
}
_OF_ANOTHER_KIND: Final = {
    "code": ("attachments",),
    "markdown": ("execution_count", "outputs"),
    "raw": ("execution_count", "outputs"),
}
"""What some editors leave in a cell whose kind was changed, and the format then refuses."""
_CELL_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_bounded(path: Path, limit: int) -> bytes:
    """Return a file's bytes.

    Raises:
        AlliancesError: it is longer than ``limit`` bytes.
        EnvironmentFault: it is a link or no plain file, or it cannot be read.
    """
    try:
        # No link is followed and no pipe waited for: the last part of the name may be somebody else's.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        content = _read(handle, limit + 1)
    except OSError as error:
        raise EnvironmentFault("grader.cannot_read", path=path, reason=error.strerror or error) from error
    if len(content) > limit:
        raise AlliancesError("grader.too_large", path=path, limit=limit // 1000)
    return content


def _read(handle: int, most: int) -> bytes:
    """Read from a descriptor and close it, whatever it is of: ``fdopen`` leaves that of a folder open."""
    try:
        kind = os.fstat(handle).st_mode
        if not stat.S_ISREG(kind):
            code = errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL
            raise OSError(code, os.strerror(code))
        with os.fdopen(handle, "rb", closefd=False) as stream:
            return stream.read(most)
    finally:
        os.close(handle)


def parse_notebook(content: bytes, path: Path) -> Any:  # noqa: ANN401 - nbformat nodes have no type
    """Return a notebook of format 4 from its bytes, with an id for each cell.

    Raises:
        AlliancesError: it is not UTF-8, not JSON, or not a notebook; the message names the line where it can.
    """
    import json

    import nbformat

    try:
        data = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise AlliancesError(
            "grader.notebook_not_json", path=path, line=error.lineno, column=error.colno
        ) from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise AlliancesError("grader.notebook_not_json", path=path, line=1, column=1) from None
    try:
        found = data["nbformat"]
        notebook = _normalised(data) if found == nbformat.current_nbformat else None
    except (
        nbformat.ValidationError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise AlliancesError("grader.notebook_invalid", path=path, reason=reason) from None
    if notebook is None:
        raise AlliancesError("grader.notebook_format", path=path, found=str(found)[:20])
    return notebook


def parse_without_outputs(content: bytes, path: Path) -> dict[str, Any]:
    """Return a notebook as plain values, its outputs dropped: what is going to be run again.

    The usual form, version 4.5 with nothing unknown in it, is told by its fields; whatever looks otherwise is
    read by ``nbformat``, which takes ten times as long and knows how to mend.

    Raises:
        AlliancesError: as ``parse_notebook``.
    """
    import json

    try:
        data = json.loads(content)
        if _is_usual(data):
            return _plain(data)  # type: ignore[no-any-return]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        # Something is odd: nbformat says what, or mends it.
        pass
    found: dict[str, Any] = json.loads(json.dumps(parse_notebook(content, path)))
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return found


def parse_copy(
    content: bytes, path: Path, mode: Mode = "strict", *, outputs: bool = False
) -> tuple[Any, tuple[Finding, ...]]:
    """Return a learner's notebook, and what had to be taken out to read it.

    A cell that was code once may keep outputs when it has become a text, and a text its pictures when it has
    become code: nbformat, and stock nbgrader with it, then refuse the whole notebook.

    Args:
        content: the file.
        path: where it lies, for messages.
        mode: ``nbgrader`` says of each such cell that nbgrader stops there.
        outputs: read as ``parse_notebook`` does, outputs kept, and not as ``parse_without_outputs``.

    Raises:
        AlliancesError: as ``parse_notebook``.
    """
    import json

    parse = parse_notebook if outputs else parse_without_outputs
    try:
        return parse(content, path), ()
    except AlliancesError as refused:
        if refused.key != "grader.notebook_invalid":
            raise
        data = json.loads(content.decode("utf-8-sig"))
        noticed = _without_leftovers(data, mode)
        if not noticed:
            raise
    return parse(json.dumps(data).encode(), path), noticed


def _without_leftovers(data: Any, mode: Mode) -> tuple[Finding, ...]:  # noqa: ANN401 - decoded JSON
    """Take out of each cell the fields of another kind of cell; say of which, by its place from 1."""
    noticed = []
    key = "stops_fields" if mode == "nbgrader" else "fields_dropped"
    cells = data.get("cells") if isinstance(data, dict) else None
    for place, cell in enumerate(cells if isinstance(cells, list) else (), start=1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        found = [name for name in _OF_ANOTHER_KIND.get(str(kind), ()) if name in cell]
        for name in found:
            del cell[name]
        if found:
            values = {"place": place, "fields": ", ".join(found)}
            noticed.append(Finding(key, values=values))
    return tuple(noticed)


def _is_usual(data: Any) -> bool:  # noqa: ANN401 - decoded JSON
    """Say whether nbformat would find nothing to say; outputs and counts are dropped on the way."""
    metadata = data["metadata"]
    kernel = metadata.get("kernelspec", {})
    names = [metadata.get("title", ""), kernel.get("name", ""), kernel.get("display_name", "")]
    return (
        (data["nbformat"], data["nbformat_minor"]) == (4, _MINOR)
        and len(data) == len(_TOP)
        and metadata.keys() <= _USUAL_METADATA
        and all(isinstance(name, str) for name in names)
        and all(map(_is_usual_cell, data["cells"]))
        and len({cell["id"] for cell in data["cells"]}) == len(data["cells"])
    )


def _is_usual_cell(cell: Any) -> bool:  # noqa: ANN401 - decoded JSON
    kind, source, metadata = cell["cell_type"], cell["source"], cell["metadata"]
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
    return (
        kind in _KEYS
        and cell.keys() == _KEYS[kind]
        and isinstance(metadata, dict)
        and (isinstance(source, str) or all(isinstance(line, str) for line in source))
        and _CELL_ID.fullmatch(cell["id"]) is not None
        and all(isinstance(tag, str) for tag in metadata.get("tags", []))
    )


def _normalised(data: Any) -> Any:  # noqa: ANN401 - decoded JSON
    import nbformat

    data["nbformat_minor"] = min(int(data["nbformat_minor"]), nbformat.current_nbformat_minor)
    _give_ids(data["cells"])
    notebook = nbformat.from_dict(_plain(data))  # type: ignore[no-untyped-call]
    _, notebook = nbformat.validator.normalize(
        notebook, version=4, version_minor=5, strip_invalid_metadata=True
    )
    notebook["nbformat_minor"] = 5
    nbformat.validate(notebook)
    return notebook


def _give_ids(cells: list[Any]) -> None:
    """Give an id to each cell that has none of its own.

    nbformat would do it too, with a warning on the error output, and at random: two readings would differ.
    """
    taken = {cell["id"] for cell in cells if isinstance(cell.get("id"), str)}
    seen: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        name = cell.get("id")
        if "id" not in cell or (isinstance(name, str) and name in seen):
            number = place
            while (name := f"cell-{number}") in taken:
                number += len(cells)
            taken.add(name)
            cell["id"] = name
        if isinstance(name, str):
            seen.add(name)


def _plain(data: Any) -> Any:  # noqa: ANN401 - decoded JSON
    # The file's form keeps sources as lists of lines; everything here works on one text.
    for cell in data["cells"]:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
        cell["metadata"] = cell["metadata"] if isinstance(cell.get("metadata"), dict) else {}
        for output in cell.get("outputs") or []:
            if isinstance(output.get("text"), list):
                output["text"] = "".join(output["text"])
    return data


def read_notebook(path: Path) -> Any:  # noqa: ANN401 - nbformat nodes have no type
    """Read a notebook file of at most ``MAX_NOTEBOOK`` bytes.

    Raises:
        AlliancesError: as ``read_bounded`` and ``parse_notebook``.
    """
    return parse_notebook(read_bounded(path, MAX_NOTEBOOK), path)


def notebook_bytes(notebook: Any) -> bytes:  # noqa: ANN401 - nbformat nodes have no type
    """Return a notebook as nbformat writes it, with one end of line at the end."""
    import nbformat

    content: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    # Half of a surrogate pair, which JSON can carry, must not stop a copy.
    return (content.rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def compact_bytes(notebook: Any) -> bytes:  # noqa: ANN401 - decoded JSON
    """Return a notebook with one line a cell: ten times as fast to write as with one line a value."""
    import json

    def short(value: Any) -> str:  # noqa: ANN401 - decoded JSON
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    cells = ",\n".join(map(short, notebook["cells"]))
    rest = ",\n".join(
        f"{short(name)}: {short(value)}" for name, value in sorted(notebook.items()) if name != "cells"
    )
    return f'{{"cells": [\n{cells}\n],\n{rest}}}\n'.encode("utf-8", "backslashreplace")


def write_notebook(path: Path, notebook: Any) -> None:  # noqa: ANN401 - nbformat nodes have no type
    """Write a notebook as nbformat does.

    Raises:
        EnvironmentFault: the folder cannot be written, or the disk is full.
    """
    write_safely(path, notebook_bytes(notebook))
