"""The one remover of marked regions: solutions, hidden tests and mark schemes, as nbgrader delimits them.

Line for line what nbgrader 0.9's ``ClearSolutions``, ``ClearHiddenTests`` and ``ClearMarkScheme`` do, errors
included; a test releases the same notebooks with both and compares.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["HIDDEN_TESTS", "MARK_SCHEME", "SOLUTION", "Region", "RegionError", "remove_region"]


class RegionError(ValueError):
    """A region opens twice or never closes; ``line`` counts from 0 in the cell."""

    def __init__(self, region: Region, line: int, *, nested: bool) -> None:
        super().__init__(f"{region.name}: {'nested' if nested else 'no end'}")
        self.region = region
        self.line = line
        self.nested = nested


@dataclass(frozen=True)
class Region:
    """Two delimiters: a line that holds ``begin`` opens, one that holds ``end`` closes."""

    name: str

    @property
    def begin(self) -> str:
        """Return the opening delimiter."""
        return f"BEGIN {self.name}"

    @property
    def end(self) -> str:
        """Return the closing delimiter."""
        return f"END {self.name}"


SOLUTION: Final = Region("SOLUTION")
HIDDEN_TESTS: Final = Region("HIDDEN TESTS")
MARK_SCHEME: Final = Region("MARK SCHEME")


def remove_region(source: str, region: Region, stub: str | None = None) -> tuple[str, bool]:
    """Take the regions out of a cell's source.

    Args:
        source: text of the cell.
        region: which delimiters.
        stub: lines put in the place of each region, indented like its first delimiter.

    Returns:
        The source without its regions, and whether there was one.

    Raises:
        RegionError: a region opens inside another, or does not close.
    """
    kept: list[str] = []
    opened: int | None = None
    found = False
    for number, line in enumerate(source.split("\n")):
        if region.begin in line:
            if opened is not None:
                raise RegionError(region, number, nested=True)
            opened, found = number, True
            if stub is not None:
                indent = re.match(r"\s*", line)
                kept += [(indent[0] if indent else "") + stub_line for stub_line in stub.split("\n")]
        elif region.end in line:
            opened = None
        elif opened is None:
            kept.append(line)
    if opened is not None:
        raise RegionError(region, opened, nested=False)
    return "\n".join(kept), found
