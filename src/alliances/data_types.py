"""How a cell of a table is read, by the type that the descriptor declares."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["KINDS", "cell_of", "pandas_type"]

# The pandas types exist under the same names in pandas 2.2 and 3; seconds suit dates in both.
KINDS: Final[dict[str, tuple[Callable[[str], object], str]]] = {
    "string": (str, "string"),
    "integer": (int, "Int64"),
    "number": (float, "float64"),
    "boolean": ({"true": True, "false": False}.__getitem__, "boolean"),
    "date": (date.fromisoformat, "datetime64[s]"),
}


def pandas_type(kind: str) -> Any:  # noqa: ANN401 - what pandas takes for a dtype
    """Return the pandas type of a column of this kind."""
    import pandas as pd  # late: a browser takes seconds to load it

    dtype = KINDS[kind][1]
    # "python" storage: the same with and without pyarrow, which a browser lacks.
    return pd.StringDtype("python") if dtype == "string" else dtype


def cell_of(value: object, kind: str) -> str:
    """Return a value of a data frame as the file writes it; a missing one is ``""``."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - not a number
        return ""
    if isinstance(value, str):
        return value
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "date":
        return str(value)[:10]
    if isinstance(value, float) or hasattr(value, "is_integer"):
        plain = float(str(value))
        return str(int(plain)) if plain.is_integer() else repr(plain)
    return str(value)
