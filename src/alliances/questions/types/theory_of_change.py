"""A theory of change to build or to repair: elements, links with their reasons, indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, text
from alliances.logic.theory_of_change import (
    BURDENS,
    INDICATOR_FIELDS,
    KINDS,
    MOST_LINKS,
    MOST_NODES,
    Node,
    Theory,
    from_dict,
    vocabulary,
)
from alliances.logic.theory_of_change_findings import RULES, findings
from alliances.questions.artefacts import Artefact, table_schema
from alliances.questions.shapes import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.logic.findings import Finding
    from alliances.questions.source import Field

__all__ = ["TYPE", "TheoryOfChange"]

_OF_LINKS: Final = (
    "unknown_node", "circular", "backward", "not_reached", "leads_nowhere", "straight_to_impact",
    "heroic_step", "no_because", "repeated_link",
)  # fmt: skip
_CHANGES: Final = ("outcome", "impact")


class TheoryOfChange(Artefact):
    """``{"nodes": [...], "links": [...]}`` (shape in ``logic.theory_of_change``).

    ``expects`` lists the kinds of elements asked for, all six by default. How points are given:
    ``questions.artefacts``.
    """

    name: ClassVar[str] = "theory_of_change"
    answer_fields: ClassVar[tuple[str, ...]] = ("nodes", "links")
    optional: ClassVar[tuple[str, ...]] = ("start", "keep", "expects")
    rules: ClassVar[Sequence[str]] = RULES

    def read(self, value: object) -> Theory:
        """Return the theory of a JSON value."""
        return from_dict(value)

    def find(self, artefact: Theory, question: Mapping[str, Any]) -> tuple[Finding, ...]:
        """Return what the rules find, within the kinds expected."""
        return findings(artefact, kinds=question.get("expects") or KINDS)

    def idle(self, artefact: Theory, rule: str, question: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Rules on links need a link, those on indicators an indicator, and so on."""
        if rule in _OF_LINKS:
            return not artefact.links
        if rule == "unmeasured":
            return not artefact.of_kind(*_CHANGES)
        if rule in {"no_text", "unlinked", "missing_kind"}:
            return not artefact.nodes
        return all(node.indicator is None for node in artefact.nodes)

    def elements(self, artefact: Theory) -> dict[str, str]:
        """Return the text of each element."""
        return {node.id: node.text for node in artefact.nodes}

    def completeness(self, artefact: Theory, question: Mapping[str, Any]) -> float:
        """Return the part of the expected kinds that have an element."""
        expected = set(question.get("expects") or KINDS)
        return len(expected & {node.kind for node in artefact.nodes}) / len(expected)

    def vocabulary(self, question: Mapping[str, Any], lang: Language) -> dict[str, Any]:  # noqa: ARG002
        """Return kinds, fields of an indicator and levels of burden."""
        return dict(vocabulary(lang))

    def lines(self, artefact: Theory, lang: Language) -> list[tuple[str, str]]:
        """Return elements by kind, each with its indicator, then links with their reasons."""
        nodes = [
            (text(f"theory_of_change.kind_{kind}", lang), _said_node(node, lang))
            for kind in KINDS
            for node in artefact.nodes
            if node.kind == kind
        ]
        because = text("marking_theory_of_change.because", lang)
        links = [
            (
                text("marking_theory_of_change.link", lang),
                f"{_name(artefact, link.start)} → {_name(artefact, link.end)}"
                + (f"{because}{link.because}" if link.because else ""),
            )
            for link in artefact.links
        ]
        return nodes + links

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG002
        """Return kinds, fields of an indicator and levels of burden."""
        words = vocabulary(lang)
        return [
            (
                text(f"marking_theory_of_change.codes_{name}", lang),
                [(entry["id"], entry["text"]) for entry in words[name]],
            )
            for name in ("kinds", "indicator_fields", "burdens")
        ]

    def artefact_schema(self) -> dict[str, Any]:
        """Return the schema of nodes and links."""
        name = {"type": "string", "minLength": 1, "maxLength": 60}
        indicator = table_schema((), dict.fromkeys(INDICATOR_FIELDS, "text"))
        node = table_schema(
            ("id", "kind", "text"),
            {
                "id": name,
                "kind": {"enum": list(KINDS)},
                "text": "text",
                "indicator": {"anyOf": [indicator, {"type": "null"}]},
            },
        )
        link = table_schema(("from", "to"), {"from": name, "to": name, "because": "text"})
        return table_schema(
            (),
            {
                "nodes": {"type": "array", "maxItems": MOST_NODES, "items": node},
                "links": {"type": "array", "maxItems": MOST_LINKS, "items": link},
            },
        )

    def properties(self) -> dict[str, Any]:
        """Return the schema of its fields."""
        kinds = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(KINDS)}}
        return {**super().properties(), "expects": kinds}

    def check_more(self, fields: Mapping[str, Field]) -> None:
        """Check the kinds expected."""
        for one in distinct(fields["expects"].entries(minimum=1)) if "expects" in fields else ():
            one.word(KINDS)


def _name(artefact: Theory, identifier: str) -> str:
    node = artefact.by_id.get(identifier)
    return node.text if node and node.text else identifier


def _said_node(node: Node, lang: Language) -> str:
    said = node.text or "–"
    if node.indicator is None:
        return said
    fields = [
        f"{text(f'theory_of_change.field_{name}', lang)}{text('marking_theory_of_change.colon', lang)}"
        + (_burden(value, lang) if name == "burden" else value)
        for name in INDICATOR_FIELDS
        if (value := getattr(node.indicator, name))
    ]
    return f"{said} ({'; '.join(fields)})" if lang == "en" else f"{said} ({' ; '.join(fields)})"


def _burden(value: str, lang: Language) -> str:
    return text(f"theory_of_change.burden_{value}", lang) if value in BURDENS else value


TYPE = TheoryOfChange()
