"""Where the cells of a copy are run: nowhere, in a boxed child of a warm parent, or in a kernel of their own.

Form copies hold nothing but values: they are marked without a process. Everything else runs in the sandbox
that the kit names.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from alliances.data import data_folder
from alliances.errors import AlliancesError
from alliances_grader.box import Box, open_box
from alliances_grader.form_run import NeedsProcessError, run_form
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.shell_inputs import CellSource, CopyRequest
from alliances_grader.verdicts import CopyRun
from alliances_grader.zygote_client import ZygoteClient, boxed_client

__all__ = ["CopyRunner", "is_python"]

_PYTHON = frozenset({"", "python", "python3"})


def is_python(notebook: NotebookKit) -> bool:
    """Say whether a notebook's kernel is plain Python, which the warm parent stands in for."""
    return notebook.kernel in _PYTHON


class CopyRunner:
    """Runs the copies of one assignment one by one; the sandbox is opened for the first that needs it.

    Make it, and use it, from one thread: a box ends with the thread that started it.
    """

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._open = ExitStack()
        self._box: Box | None = None
        self._client: ZygoteClient | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the warm parent and its box."""
        self._open.close()

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells of one copy in a fresh folder that holds ``files``.

        Raises:
            AlliancesError: the notebook asks for a kernel that cannot be held in the sandbox here.
            EnvironmentFault: the sandbox does not start, or lacks a module of the exercise.
        """
        if self._kit.door == "form":
            try:
                return run_form(cells, self._kit.run_limits)
            except NeedsProcessError:
                # The course's own code, and nothing of the learner's but values.
                pass
        if not is_python(notebook):
            raise AlliancesError("execution.kernel_not_held", kernel=notebook.kernel)
        client = self._warm()
        with self._folder(files) as folder:
            request = CopyRequest(
                cells,
                str(folder),
                seed,
                self._kit.mode,
                self._kit.run_limits,
                self._kit.box_limits.as_json() if self._box is not None else {},
            )
            return client.run(request)

    def _warm(self) -> ZygoteClient:
        if self._client is None:
            if self._kit.sandbox in ("namespaces", "landlock") and self._kit.door != "form":
                tables = data_folder()
                self._box = self._open.enter_context(open_box(self._kit.sandbox, readable=[tables]))
                # In a checkout the tables lie beside sources that no box may see.
                told = {"ALLIANCES_DATA": str(tables)}
                self._client = self._open.enter_context(boxed_client(self._box, self._kit.modules, told))
            else:
                self._client = self._open.enter_context(ZygoteClient(self._kit.modules))
        return self._client

    @contextmanager
    def _folder(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        if self._box is not None:
            made = self._box.folder(files)
            try:
                yield made
            finally:
                self._box.remove(made)
            return
        made = Path(tempfile.mkdtemp(prefix="alliances-copy-"))
        try:
            for name, content in files.items():
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)
