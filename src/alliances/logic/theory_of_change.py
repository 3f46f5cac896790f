"""A theory of change: how an alliance thinks that what it does leads to what it wants, as a checked graph.

The five links from resources to impact are those of the Kellogg Foundation's logic model; the need they
answer is put before them. An arrow says « leads to », and ``because`` says why one thinks so: that is the
part which others can test or object to.

The answer of a learner is this JSON::

    {"nodes": [{"id", "kind", "text", "indicator": {"unit", "source", "baseline", "frequency", "owner",
                "burden"} | null}],
     "links": [{"from", "to", "because"}]}

What rules say about it is in ``theory_of_change_findings``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from alliances.i18n import LANGUAGES, Language, text
from alliances.logic.artefact_reading import entries, identifier, mapping, one_of, unique, words
from alliances.logic.findings import Term, by_id

__all__ = [
    "BURDENS",
    "INDICATOR_FIELDS",
    "KINDS",
    "MOST_LINKS",
    "MOST_NODES",
    "Indicator",
    "Link",
    "Node",
    "Theory",
    "from_dict",
    "vocabulary",
]

KINDS: Final = ("need", "resource", "activity", "output", "outcome", "impact")
INDICATOR_FIELDS: Final = ("unit", "source", "baseline", "frequency", "owner", "burden")
BURDENS: Final = ("light", "moderate", "heavy")
MOST_NODES: Final = 60
MOST_LINKS: Final = 200


@dataclass(frozen=True)
class Indicator:
    """How one will know: six fields, each a text as the learner wrote it, empty when not said.

    ``burden`` is what collecting costs: ``light``, ``moderate``, ``heavy``, or free text.
    """

    unit: str = ""
    source: str = ""
    baseline: str = ""
    frequency: str = ""
    owner: str = ""
    burden: str = ""

    @property
    def burden_level(self) -> int | None:
        """The burden as 1 (light), 2 (moderate) or 3 (heavy), by its id or its label; None for free text."""
        wanted = self.burden.casefold()
        for level, name in enumerate(BURDENS, start=1):
            labels = {text(f"theory_of_change.burden_{name}", lang).casefold() for lang in LANGUAGES}
            if wanted in {name, *labels}:
                return level
        return None

    def to_dict(self) -> dict[str, str]:
        """Return the JSON value."""
        return {name: getattr(self, name) for name in INDICATOR_FIELDS}


@dataclass(frozen=True)
class Node:
    """One element of the chain; ``kind`` is one of ``KINDS``."""

    id: str
    kind: str
    text: str
    indicator: Indicator | None = None

    @property
    def level(self) -> int:
        """Place of its kind in the chain: 0 for a need, 5 for an impact."""
        return KINDS.index(self.kind)


@dataclass(frozen=True)
class Link:
    """« ``start`` leads to ``end``, because … »: two ids and a reason, each empty where not given yet."""

    start: str
    end: str
    because: str = ""


@dataclass(frozen=True)
class Theory:
    """Elements and links as they were written; a link may name an element that is not there."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Elements by their id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def sound_links(self) -> tuple[Link, ...]:
        """Links between elements that are there, each pair once, in the order of their ids.

        Where a pair was linked twice, the link that gives a reason stands.
        """
        pairs: dict[tuple[str, str], Link] = {}
        for link in self.links:
            pair = (link.start, link.end)
            if link.start in self.by_id and link.end in self.by_id:
                pairs[pair] = max(
                    link, pairs.get(pair, link), key=lambda one: (one.because != "", one.because)
                )
        return tuple(pairs[pair] for pair in sorted(pairs, key=lambda pair: (by_id(pair[0]), by_id(pair[1]))))

    @cached_property
    def arrows(self) -> dict[str, tuple[str, ...]]:
        """What each element leads to."""
        return {
            node.id: tuple(link.end for link in self.sound_links if link.start == node.id)
            for node in self.nodes
        }

    def of_kind(self, *kinds: str) -> tuple[Node, ...]:
        """Return the elements of these kinds, in the order of their ids."""
        return tuple(sorted((n for n in self.nodes if n.kind in kinds), key=lambda node: by_id(node.id)))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON value that ``from_dict`` reads."""
        return {
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "text": node.text,
                    "indicator": node.indicator.to_dict() if node.indicator else None,
                }
                for node in self.nodes
            ],
            "links": [{"from": link.start, "to": link.end, "because": link.because} for link in self.links],
        }


def from_dict(data: object) -> Theory:
    """Read a theory of change from JSON that anybody may have written.

    At most 60 elements, 200 links and 2,000 characters a text; unknown fields are left aside. An indicator
    with no field filled in counts as none.

    Raises:
        ArtefactError: (a ``ValueError``) something has another form; the message says where and what to do.
    """
    fields = mapping(data, Term("theory_of_change.artefact"))
    nodes = tuple(_node(entry, place) for place, entry in entries(fields, "nodes", MOST_NODES))
    unique([node.id for node in nodes], "nodes")
    links = tuple(
        Link(
            identifier(entry, "from", place, unset=True),
            identifier(entry, "to", place, unset=True),
            words(entry, "because", place),
        )
        for place, entry in entries(fields, "links", MOST_LINKS)
    )
    return Theory(nodes, links)


def _node(fields: Mapping[str, object], place: str) -> Node:
    indicator = None
    if fields.get("indicator") is not None:
        inside = f"{place}.indicator"
        table = mapping(fields["indicator"], inside)
        written = Indicator(**{name: words(table, name, inside) for name in INDICATOR_FIELDS})
        indicator = None if written == Indicator() else written
    return Node(
        identifier(fields, "id", place),
        one_of(fields, "kind", place, KINDS),
        words(fields, "text", place),
        indicator,
    )


def vocabulary(lang: Language | None = None) -> dict[str, list[dict[str, str]]]:
    """Return the words of the editor: kinds, fields of an indicator, levels of burden.

    Each is a list of ``{"id", "text", "help"}`` (no help for burdens), in the order to show.
    """
    return {
        "kinds": [_entry("kind", name, lang) for name in KINDS],
        "indicator_fields": [_entry("field", name, lang) for name in INDICATOR_FIELDS],
        "burdens": [{"id": name, "text": text(f"theory_of_change.burden_{name}", lang)} for name in BURDENS],
    }


def _entry(group: str, name: str, lang: Language | None) -> dict[str, str]:
    key = f"theory_of_change.{group}_{name}"
    return {"id": name, "text": text(key, lang), "help": text(f"{key}_help", lang)}
