"""French and English say the same: same cells, same code, same headings, boxes, facts and pictures."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from alliances.course.rules.code_shape import code_shape
from alliances.course.rules.finding import Finding, error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alliances.course.rules.inspected import Inspected
    from alliances.course.rules.text_view import CellView, TextView

__all__ = ["parity_rules"]

_ROLES: Final = ("fact", "source", "minutes")


def parity_rules(course: Inspected) -> Iterator[Finding]:
    """Yield where the two languages of a text part; the English file is the one named."""
    tree = course.tree
    for module in course.modules:
        for name in ("lesson", "trainer"):
            yield from _pair(course, tree.modules / module.slug, name)
    for exercise in course.exercises:
        if "code" in exercise.doors:
            yield from _pair(course, tree.exercises / exercise.slug, "code")


def _pair(course: Inspected, folder: Path, name: str) -> Iterator[Finding]:
    french, english = (course.text(folder / f"{name}.{language}.md") for language in ("fr", "en"))
    if french is not None and english is not None:
        yield from _texts(french, english)


def _texts(french: TextView, english: TextView) -> Iterator[Finding]:
    for number, (left, right) in enumerate(zip_longest(french.cells, english.cells), start=1):
        if left is None or right is None or left.kind != right.kind:
            # From here on nothing lines up: one finding is worth more than fifty.
            yield error(
                "parity_cells",
                english.path,
                right.line if right else 0,
                number=number,
                fr=_named(left),
                en=_named(right),
                line=left.line if left else "—",
            )
            return
        yield from (
            _code(left, right, english.path) if left.kind == "code" else _prose(left, right, english.path)
        )


def _named(cell: CellView | None) -> str:
    return "—" if cell is None else cell.kind


def _code(left: CellView, right: CellView, path: Path) -> Iterator[Finding]:
    try:
        same = code_shape(left.cell.source) == code_shape(right.cell.source)
    except SyntaxError:
        return  # said elsewhere, with its line
    if not same:
        yield error("parity_code", path, right.line, line=left.line)
    if left.cell.options != right.cell.options:
        yield error("parity_options", path, right.line, line=left.line)


def _prose(left: CellView, right: CellView, path: Path) -> Iterator[Finding]:
    pairs = {
        "parity_headings": ([h.level for h in left.headings], [h.level for h in right.headings]),
        "parity_boxes": ([kind for kind, _ in left.boxes], [kind for kind, _ in right.boxes]),
        "parity_images": (
            [source for _, source, _ in left.images],
            [source for _, source, _ in right.images],
        ),
        "parity_links": (
            sorted(target for target, _ in left.links if target.startswith("#")),
            sorted(target for target, _ in right.links if target.startswith("#")),
        ),
    }
    for rule, (fr, en) in pairs.items():
        if fr != en:
            yield error(rule, path, right.line, line=left.line, fr=_listed(fr), en=_listed(en))
    for role in _ROLES:
        fr_named, en_named = left.named(role), right.named(role)
        if fr_named != en_named:
            missing, extra = sorted(fr_named - en_named), sorted(en_named - fr_named)
            yield error(
                "parity_roles",
                path,
                right.line,
                line=left.line,
                role=role,
                missing=_listed(missing),
                extra=_listed(extra),
            )
    if left.rows != right.rows:
        yield warning("parity_rows", path, right.line, line=left.line, fr=left.rows, en=right.rows)


def _listed(values: object) -> str:
    return ", ".join(map(str, values)) or "—" if isinstance(values, list) else str(values)
