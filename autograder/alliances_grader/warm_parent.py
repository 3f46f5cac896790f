"""A warm parent in its sandbox, as a worker keeps one; it may be started before the assignment is read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from alliances.data import data_folder
from alliances_grader.box import Box, open_box
from alliances_grader.zygote_client import ZygoteClient, boxed_client

if TYPE_CHECKING:
    from alliances_grader.kit import Kit, SandboxName

__all__ = ["Wanted", "WarmParent"]


@dataclass(frozen=True)
class Wanted:
    """What a warm parent is made of.

    Attributes:
        sandbox: how learners' code is held.
        modules: what it imports before any copy.
    """

    sandbox: SandboxName
    modules: tuple[str, ...] = ()

    @classmethod
    def of(cls, kit: Kit) -> Self:
        """Return what the copies of an assignment need; of a form, nothing but values is a learner's."""
        return cls("none" if kit.door == "form" else kit.sandbox, kit.modules)

    @classmethod
    def of_all(cls, kits: Iterable[Kit]) -> Self | None:
        """Return what does for several assignments; None when no learner's code is run in any."""
        found = [cls.of(kit) for kit in kits if kit.door != "form"]
        return cls.together(found[0].sandbox, [one.modules for one in found]) if found else None

    @classmethod
    def together(cls, sandbox: SandboxName, modules: Iterable[Iterable[str]]) -> Self:
        """Return what has the modules of several assignments."""
        return cls(sandbox, tuple(sorted({name for some in modules for name in some})))

    def covers(self, other: Wanted) -> bool:
        """Say whether a parent made of this does for what asks for ``other``."""
        return self.sandbox == other.sandbox and set(other.modules) <= set(self.modules)

    def to_bytes(self) -> bytes:
        """Return this as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return what ``to_bytes`` wrote."""
        data = json.loads(content)
        return cls(data["sandbox"], tuple(data["modules"]))


class WarmParent:
    """A warm parent that imports while this process does something else; its first copy waits for it.

    Make it, and use it, from one thread: a box ends with the thread that started it.

    Attributes:
        wanted: what it was made of.
        box: around it; None where the trainer's own account holds learners' code, or none is run.
        client: gives it copies.
    """

    def __init__(self, wanted: Wanted) -> None:
        """Start it.

        Raises:
            EnvironmentFault: the sandbox cannot be opened.
            OSError: there is no room for its folder, or nothing can be started.
        """
        self.wanted = wanted
        self.box: Box | None = None
        with ExitStack() as opened:
            if wanted.sandbox in ("namespaces", "landlock"):
                tables = data_folder()
                self.box = opened.enter_context(open_box(wanted.sandbox, readable=[tables]))
                # In a checkout the tables lie beside sources that no box may see.
                told = {"ALLIANCES_DATA": str(tables)}
                client = boxed_client(self.box, wanted.modules, told)
            else:
                client = ZygoteClient(wanted.modules)
            self.client = opened.enter_context(client)
            self._open = opened.pop_all()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End it and its box."""
        self._open.close()
