"""What libraries put off until their first use, done once in the warm parent instead of in each copy.

Only libraries are used here, on values of our own: nothing of a course is run, and nothing is left behind but
modules that are loaded and caches that are filled.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from alliances_grader.warm_traceback import quicken

__all__ = ["warm_up"]

# Seen to be imported by the first cell, the first error, the first table.
_PUT_OFF: Final = (
    "IPython.core.logger",
    "bdb",
    "encodings.utf_8_sig",
    "importlib.readers",
    "importlib.resources.readers",
)
# The libraries of tests are loaded so that the guard knows what they were.
_TESTS: Final = ("unittest", "numpy.testing", "pandas.testing")
_PANDAS: Final = (
    "pandas.core.methods.describe",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
)


def warm_up() -> None:
    """Use what is loaded already as exercises do; a library that fails here will say so in its own place."""
    for name in (*_PUT_OFF, *_TESTS):
        package = name.partition(".")[0]
        if "." not in name or package in sys.modules or package == "importlib":
            _import(name)
    for package, use in _USES.items():
        if package in sys.modules:
            with suppress(Exception):
                use()


def _import(name: str) -> None:
    with suppress(Exception):
        importlib.import_module(name)


def _pandas() -> None:
    for name in _PANDAS:
        _import(name)
    pandas: Any = sys.modules["pandas"]
    table = pandas.read_csv(io.StringIO("a,b,c\n1.5,x,1\n2.5,y,2\n3.5,x,3\n"))
    table.info(buf=io.StringIO())
    table._repr_html_()
    repr(table)
    table.groupby("b").mean(numeric_only=True).describe()
    table.groupby("b")["a"].agg(["sum", "mean"]).reset_index().sort_values("sum")
    table.merge(table[["b", "c"]], on="b").drop_duplicates().to_dict("records")
    table.pivot_table(index="b", columns="c", values="a").fillna(0).stack()
    table.pivot(index="c", columns="b", values="a").dropna()
    wide = pandas.crosstab(table["b"], table["c"])
    wide.loc["x"].sum()
    texts = table["b"].astype("string")
    (texts.value_counts(normalize=True) * texts.value_counts(normalize=True)).sum()
    (texts == table["b"]).mean()
    texts.str.upper().map({"X": 1}).isna().any()
    table.loc[(table["c"] > 1) & (table["b"] == "x"), "a"].apply(str)
    table.assign(d=table["a"] * 2).iloc[0]
    pandas.concat([table, table]).nlargest(2, "a")
    repr(table["a"])


def _pyplot() -> None:
    pyplot: Any = sys.modules["matplotlib.pyplot"]
    pyplot.switch_backend(os.environ["MPLBACKEND"])
    figure, axes = pyplot.subplots()
    axes.plot([0, 1], [0, 1], label="x")
    axes.bar(["a", "b"], [1, 2])
    axes.set(title="t", xlabel="x", ylabel="y")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close(figure)


def _tables() -> None:
    """Use two of the course's tables, where pandas is there: a learner's first one is then quick."""
    from alliances.data import load

    if "pandas" not in sys.modules:
        return
    # Many columns of all types, read row by row; and from long to wide, shown as a page and as text.
    load("cases").to_dict("records")
    wide: Any = load("syn_readings").pivot(index="case_id", columns="rater", values="family")
    wide._repr_html_()
    repr(wide)
    list(wide[wide.columns[0]])


_USES: Final[dict[str, Callable[[], None]]] = {
    "IPython": quicken,
    "pandas": _pandas,
    "matplotlib.pyplot": _pyplot,
    "alliances": _tables,
}
