"""The labels of a table's columns, in the form that pandas can carry along at no cost."""

from __future__ import annotations

from typing import Any, Self

__all__ = ["Labels"]


class Labels(dict[str, str]):
    """Names of columns to words; not to be changed.

    pandas copies ``attrs`` to the last value in every operation, which for small tables is a quarter of the
    time. What never changes need not be copied.
    """

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """Return itself."""
        return self
