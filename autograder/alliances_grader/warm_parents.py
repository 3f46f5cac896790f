"""The warm parents of one process: one does for all the assignments whose modules it has."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from alliances_grader.warm_parent import Wanted, WarmParent

__all__ = ["WarmParents"]


class WarmParents:
    """Starts a warm parent for the first copy that needs one, and lends it to every assignment it fits.

    Make it, and use it, from one thread: a box ends with the thread that started it.
    """

    def __init__(self, early: WarmParent | None = None) -> None:
        """Make ready; ``early`` was started before it was known what is wanted, and is closed with this."""
        self._held: list[WarmParent] = [] if early is None else [early]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End them all, and their boxes."""
        while self._held:
            self._held.pop().close()

    def known(self, wanted: Wanted) -> WarmParent | None:
        """Return the one that fits, if it was started."""
        return next((parent for parent in self._held if parent.wanted.covers(wanted)), None)

    def one(self, wanted: Wanted) -> WarmParent:
        """Return one that fits; another one of the same sandbox that does not gives way.

        Raises:
            EnvironmentFault: the sandbox cannot be opened.
            OSError: there is no room for its folder, or nothing can be started.
        """
        found = self.known(wanted)
        if found is not None:
            return found
        for parent in [one for one in self._held if one.wanted.sandbox == wanted.sandbox]:
            # Two at once would double what a worker keeps in memory.
            self._held.remove(parent)
            parent.close()
        self._held.append(WarmParent(wanted))
        return self._held[-1]
