"""Where the cells of a copy are run: nowhere, in a boxed child of a warm parent, or in a kernel of their own.

Form copies hold nothing but values: they are marked without a process. Everything else runs in the sandbox
that the kit names.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

from alliances.errors import AlliancesError, EnvironmentFault
from alliances.storage import write_fault
from alliances_grader.box import Box
from alliances_grader.form_run import NeedsProcessError, run_form
from alliances_grader.kernel_choice import InstalledKernel, kernel_of
from alliances_grader.kit import Kit, NotebookKit
from alliances_grader.shell_inputs import CellSource, CopyRequest
from alliances_grader.verdicts import CopyRun
from alliances_grader.warm_parent import Wanted
from alliances_grader.warm_parents import WarmParents

__all__ = ["CopyRunner"]

_PARENT_DIED: Final = "parent_died"
_DISK: Final = frozenset(
    {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EROFS, errno.EMFILE, errno.ENFILE}
)
"""What writing a copy's folder fails with when the machine is at fault, and not the names of the copy."""


class CopyRunner:
    """Runs the copies of one assignment one by one; the sandbox is opened for the first that needs it.

    Make it, and use it, from one thread: a box ends with the thread that started it.
    """

    def __init__(self, kit: Kit, parents: WarmParents | None = None) -> None:
        """Make ready.

        Args:
            kit: the assignment.
            parents: shared with other assignments, and closed by whoever made them; None for its own.
        """
        self._kit = kit
        self._open = ExitStack()
        self._wanted = Wanted.of(kit)
        self._parents = parents if parents is not None else self._open.enter_context(WarmParents())
        self._kernels: dict[str, InstalledKernel | None] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the warm parent and its box, if they are its own."""
        self._open.close()

    def run(
        self, notebook: NotebookKit, cells: tuple[CellSource, ...], files: Mapping[str, bytes], seed: int
    ) -> CopyRun:
        """Run the cells of one copy in a fresh folder that holds ``files``.

        Raises:
            AlliancesError: the notebook asks for a kernel that cannot be held in the sandbox here, or that
                does not start among these files; or the warm parent was killed twice during this copy.
            EnvironmentFault: the sandbox or the kernel does not start, or lacks a module of the exercise; the
                disk is full.
        """
        if self._kit.door == "form":
            try:
                return run_form(cells, self._kit.run_limits)
            except NeedsProcessError:
                # The course's own code, and nothing of the learner's but values.
                pass
        files = _without_clashes(files, self._kit.files)
        if notebook.kernel not in self._kernels:
            self._kernels[notebook.kernel] = kernel_of(notebook)
        kernel = self._kernels[notebook.kernel]
        if kernel is not None:
            return self._in_kernel(kernel, self._request(cells, "", seed), files)
        for _ in range(2):
            parent = self._parents.one(self._wanted)
            with self._folder(parent.box, files) as folder:
                run = parent.client.run(self._request(cells, str(folder), seed, boxed=parent.box is not None))
            if run.ended != _PARENT_DIED:
                return run
        # No fault of the learner's that marks should tell of: whoever killed it is outside the box.
        raise AlliancesError("grading_run.worker_died")

    def _request(
        self, cells: tuple[CellSource, ...], folder: str, seed: int, *, boxed: bool = False
    ) -> CopyRequest:
        box = self._kit.box_limits.as_json() if boxed else {}
        modules = self._wanted.modules
        return CopyRequest(cells, folder, seed, self._kit.mode, self._kit.run_limits, box, modules)

    def _in_kernel(
        self, kernel: InstalledKernel, request: CopyRequest, files: Mapping[str, bytes]
    ) -> CopyRun:
        if self._kit.sandbox == "landlock":
            raise AlliancesError("execution.kernel_not_held", kernel=kernel.name)
        try:
            return self._kernel_run(kernel, request, files)
        except AlliancesError as failed:
            if failed.key != "execution.kernel_failed":
                raise
            try:
                # Is it the machine, or what the copy brought to where a kernel starts?
                self._kernel_run(kernel, replace(request, cells=()), {})
            except AlliancesError as again:
                raise EnvironmentFault("execution.kernel_never_starts", **again.values) from None
            raise

    def _kernel_run(
        self, kernel: InstalledKernel, request: CopyRequest, files: Mapping[str, bytes]
    ) -> CopyRun:
        # Imported late: not every system has what they stand on, and forms need neither.
        if self._kit.sandbox == "namespaces":
            from alliances_grader.kernel_box import run_in_boxed_kernel

            return run_in_boxed_kernel(request, kernel, files, self._kit.box_limits)
        from alliances_grader.kernel_route import run_in_kernel

        with self._folder(None, files) as folder:
            return run_in_kernel(replace(request, folder=str(folder)), kernel.name)

    @contextmanager
    def _folder(self, box: Box | None, files: Mapping[str, bytes]) -> Iterator[Path]:
        if box is not None:
            with _machine_faults(box.root):
                made = box.folder(files)
            try:
                yield made
            finally:
                box.remove(made)
            return
        with _machine_faults(Path(tempfile.gettempdir())):
            made = Path(tempfile.mkdtemp(prefix="alliances-copy-"))
        try:
            with _machine_faults(made):
                for name, content in files.items():
                    path = made / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(content)
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _machine_faults(place: Path) -> Iterator[None]:
    """Tell a disk that is full from a copy whose names cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno in _DISK:
            raise write_fault(place, error) from error
        raise


def _without_clashes(files: Mapping[str, bytes], course: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Leave out a copy's files that stand where the course has a folder, and folders where it has a file."""
    folders = {str(parent) for name in course for parent in PurePosixPath(name).parents}
    return {
        name: content
        for name, content in files.items()
        if name in course
        or not (name in folders or any(str(parent) in course for parent in PurePosixPath(name).parents))
    }
