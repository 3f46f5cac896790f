"""Which kernel a notebook's copies need: the warm parent stands in for plain Python, and for nothing else.

Authors' notebooks carry the name of whatever environment they were written in (``conda-env-x``, ``venv``). A
Python of another name is plain Python when no such kernel is installed here (stock nbgrader would stop the
run), and when the installed one is this very interpreter without settings of its own, as
``python -m ipykernel install --name x`` leaves it. Any other installed kernel is another environment: its
copies run in it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alliances.errors import EnvironmentFault

if TYPE_CHECKING:
    from alliances_grader.kit import NotebookKit

__all__ = ["InstalledKernel", "kernel_of"]

_PLAIN: Final = frozenset({"", "python", "python3"})
_THIS: Final = frozenset({"python", "python3", f"python3.{sys.version_info[1]}"})
_LAUNCH: Final = ("-m", "ipykernel_launcher", "-f", "{connection_file}")
_ISOLATED: Final = "-Xfrozen_modules=off"


@dataclass(frozen=True)
class InstalledKernel:
    """A kernel of this machine that copies have to run in.

    Attributes:
        name: by which Jupyter knows it.
        command: as its specification says, ``{connection_file}`` and ``{resource_dir}`` unfilled.
        environment: variables that it asks for.
        folder: of its specification, which its command may name.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None


def kernel_of(notebook: NotebookKit) -> InstalledKernel | None:
    """Return the kernel that copies of a notebook have to run in; None when the warm parent will do.

    Raises:
        EnvironmentFault: another language's kernel is not installed here.
    """
    if notebook.kernel in _PLAIN:
        return None
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        found = KernelSpecManager().get_kernel_spec(notebook.kernel)
    except NoSuchKernel:
        if _language(notebook.recorded.get("metadata", {})) == "python":
            return None
        raise EnvironmentFault("execution.no_kernel", kernel=notebook.kernel) from None
    if _is_this_python(found.argv, found.env):
        return None
    return InstalledKernel(notebook.kernel, tuple(found.argv), dict(found.env), Path(found.resource_dir))


def _language(metadata: Mapping[str, Any]) -> str:
    said = (metadata.get("kernelspec") or {}).get("language")
    return str(said or (metadata.get("language_info") or {}).get("name") or "").lower()


def _is_this_python(command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Say whether a kernel's command starts this interpreter's own ipykernel and nothing else."""
    if not command or environment:
        return False
    program, *words = command
    words = [word for word in words if word != _ISOLATED]
    # Not resolved: two environments may link to one interpreter.
    same = program in _THIS or Path(program).parent == Path(sys.executable).parent
    return same and tuple(words) == _LAUNCH
