"""The item bank: every module's items in one stable order, and those that somebody looks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from alliances.errors import AlliancesError
from alliances.questions.spec import DIFFICULTIES, load_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["DIFFICULTIES", "Item", "load_bank", "select", "with_names"]

_FILE: Final = "items.yaml"


@dataclass(frozen=True)
class Item:
    """One item: ``raw`` holds both languages and the key, ``line`` is where it starts in ``path``."""

    module: str
    id: str
    raw: dict[str, Any] = field(hash=False)
    path: Path
    line: int

    @property
    def name(self) -> str:
        """The item as people name it: ``alliance_models.p01``."""
        return f"{self.module}.{self.id}"

    @property
    def type(self) -> str:
        """Its question type."""
        return str(self.raw["type"])

    @property
    def use(self) -> str:
        """``practice`` (shown with its reasons) or ``test`` (never published)."""
        return str(self.raw["use"])

    @property
    def outcome(self) -> str:
        """The outcome of the module that it shows."""
        return str(self.raw["outcome"])

    @property
    def bloom(self) -> str:
        """The Bloom level, one of ``spec.BLOOM``."""
        return str(self.raw["bloom"])

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that it suits."""
        return tuple(self.raw["tracks"])

    @property
    def difficulty(self) -> str:
        """The author's guess, one of ``DIFFICULTIES``; empty when there is none."""
        return str(self.raw.get("difficulty") or "")


def load_bank(folder: Path, order: Sequence[str] = ()) -> tuple[Item, ...]:
    """Read and check every ``<module>/items.yaml`` of a folder.

    Args:
        folder: ``modules/`` of a checkout, or any folder of the same shape.
        order: modules in the course's order; those it does not name come last, by name.

    Returns:
        The items, module by module, in the order of their files: the same at every call, on every machine.

    Raises:
        SourceError: a file is malformed (file, line, field), or a module's file names another module.
        AlliancesError: the folder has no such file.
    """
    places = {slug: place for place, slug in enumerate(order)}
    paths = sorted(folder.glob(f"*/{_FILE}"), key=lambda path: path.parent.name)
    if not paths:
        raise AlliancesError("bank.no_items_here", folder=folder)
    paths.sort(key=lambda path: places.get(path.parent.name, len(places)))
    found: list[Item] = []
    for path in paths:
        bank = load_items(path)
        found += [Item(bank.module, entry.id, entry.raw, path, entry.line) for entry in bank.items]
    return tuple(found)


def select(  # noqa: PLR0913 - one argument a column that people filter by
    items: Iterable[Item],
    *,
    module: Sequence[str] = (),
    outcome: Sequence[str] = (),
    bloom: Sequence[str] = (),
    track: Sequence[str] = (),
    use: Sequence[str] = (),
    difficulty: Sequence[str] = (),
    type: Sequence[str] = (),  # noqa: A002 - the field is called so
) -> tuple[Item, ...]:
    """Return the items that match every filter, in the order given; an empty filter lets everything through.

    Within one filter any of its values will do. An outcome is ``families`` or ``alliance_models.families``.
    """

    def kept(item: Item) -> bool:
        return (
            (not module or item.module in module)
            and (not outcome or item.outcome in outcome or f"{item.module}.{item.outcome}" in outcome)
            and (not bloom or item.bloom in bloom)
            and (not track or bool(set(track) & set(item.tracks)))
            and (not use or item.use in use)
            and (not difficulty or item.difficulty in difficulty)
            and (not type or item.type in type)
        )

    return tuple(item for item in items if kept(item))


def with_names(items: Iterable[Item], names: Sequence[str]) -> tuple[Item, ...]:
    """Return the items called ``names`` (``module.id``), in the order of the names.

    Raises:
        AlliancesError: there is no such item; the message names it.
    """
    known = {item.name: item for item in items}
    for name in names:
        if name not in known:
            raise AlliancesError("bank.no_such_item", name=name, count=len(known))
    return tuple(known[name] for name in dict.fromkeys(names))
