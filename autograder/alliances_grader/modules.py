"""What an assignment's own programs import, read from the course's notebooks and never run."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from alliances.errors import AlliancesError
from alliances_grader.files import MAX_NOTEBOOK, parse_without_outputs, read_bounded

__all__ = ["modules_of", "plain_notebook", "programs_of", "released_notebooks"]


def released_notebooks(root: Path, assignment: str) -> list[Path]:
    """Return the notebooks that learners received, in order of name.

    Raises:
        AlliancesError: the assignment was not released.
    """
    release = root / "release" / assignment
    found = sorted(release.glob("*.ipynb")) if release.is_dir() else []
    if not found:
        raise AlliancesError("course_folder.no_release", name=assignment, path=root)
    return found


def plain_notebook(path: Path) -> dict[str, Any]:
    """Return a notebook of the course, without outputs.

    Raises:
        AlliancesError: it cannot be read.
    """
    # Not by nbformat where it can be helped: importing it takes as long as grading a hundred forms.
    return parse_without_outputs(read_bounded(path, MAX_NOTEBOOK), path)


def programs_of(root: Path, assignment: str) -> list[str]:
    """Return the code of each notebook of an assignment, as its author wrote it.

    Raises:
        AlliancesError: the assignment was not released, or a notebook cannot be read.
    """
    authored = [root / "source" / assignment / path.name for path in released_notebooks(root, assignment)]
    places = [path if path.is_file() else root / "release" / assignment / path.name for path in authored]
    return [
        "\n".join(cell["source"] for cell in plain_notebook(path)["cells"] if cell["cell_type"] == "code")
        for path in places
    ]


def modules_of(programs: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that programs import and that are installed here, in order of name.

    Cells are read line by line, so that a magic or a stub between imports does not hide them.
    """
    found: set[str] = set()
    for program in programs:
        for line in program.split("\n"):
            words = line.strip()
            if words.startswith(("import ", "from ")):
                found.update(_imported(words))
    return tuple(sorted(name for name in found if _is_installed(name)))


def _imported(line: str) -> Iterator[str]:
    try:
        body = ast.parse(line).body
    except SyntaxError:
        return
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            # What is taken from a package may be a module of it.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_installed(name: str) -> bool:
    """Say whether a module can be imported, without importing its packages here."""
    top, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None or not rest:
        return spec is not None
    for folder in spec.submodule_search_locations or ():
        place = Path(folder).joinpath(*rest)
        if (place / "__init__.py").is_file() or any(
            place.with_name(place.name + ending).is_file() for ending in (".py", ".so", ".pyd")
        ):
            return True
    return False
