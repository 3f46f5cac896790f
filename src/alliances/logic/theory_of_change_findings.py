"""What rules find in a theory of change: missing, circular, unmeasured, heroic.

The thresholds are the course's own: a step that skips two kinds of the chain is called heroic, and an
owner's collecting is called heavy from 6 points (light 1, moderate 2, heavy 3; free text counts 1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from alliances.logic.directed_graph import cycles, reachable, reversed_arrows
from alliances.logic.findings import Finding, Severity, Term, Trail, Value, by_id, in_order, name_of
from alliances.logic.theory_of_change import INDICATOR_FIELDS, KINDS, Link, Node, Theory

__all__ = ["HEAVY_OWNER", "RULES", "findings"]

HEAVY_OWNER: Final = 6  # points of burden on one owner
_HEROIC: Final = 3  # levels climbed by one step: two kinds skipped
_MEASURED: Final = ("outcome", "impact")
_DONE: Final = ("resource", "activity", "output")

# By name; the order is that in which a reader should take them up.
RULES: Final = (
    "unknown_node",
    "circular",
    "backward",
    "missing_kind",
    "no_text",
    "unlinked",
    "not_reached",
    "leads_nowhere",
    "straight_to_impact",
    "heroic_step",
    "no_because",
    "repeated_link",
    "unmeasured",
    "activities_only",
    *(f"no_{name}" for name in INDICATOR_FIELDS),
    "heavy_owner",
)


def findings(theory: Theory, *, kinds: Collection[str] = KINDS) -> tuple[Finding, ...]:
    """Return what the rules find, in an order that does not depend on the order of the elements.

    ``kinds`` are those that the chain is asked to hold; the others are welcome and not missed.
    """
    found = [
        *_kinds(theory, kinds),
        *_elements(theory),
        *_links(theory),
        *_paths(theory),
        *_measures(theory),
        *_owners(theory),
    ]
    return in_order(found, RULES)


def _finding(rule: str, severity: Severity, *where: str, **values: Value) -> Finding:
    return Finding(f"theory_of_change.{rule}", where, severity, values)


def _kind(name: str) -> Term:
    return Term(f"theory_of_change.kind_{name}")


def _kinds(theory: Theory, kinds: Collection[str]) -> Iterator[Finding]:
    present = {node.kind for node in theory.nodes}
    for name in KINDS:
        if name in kinds and name not in present:
            helped = Term(f"theory_of_change.kind_{name}_help")
            yield _finding("missing_kind", "missing", kind=_kind(name), help=helped)


def _elements(theory: Theory) -> Iterator[Finding]:
    linked = {end for link in theory.sound_links for end in (link.start, link.end)}
    for node in theory.nodes:
        if not node.text:
            yield _finding("no_text", "missing", node.id, kind=_kind(node.kind))
        # A lone element needs others first, and the missing kinds already say so.
        if node.id not in linked and len(theory.nodes) > 1:
            yield _finding("unlinked", "missing", node.id, kind=_kind(node.kind), element=name_of(node.text))


def _links(theory: Theory) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for link in theory.links:
        pair = (link.start, link.end)
        known = [theory.by_id[end] for end in pair if end in theory.by_id]
        if pair in seen:
            continue
        seen.add(pair)
        if len(known) < len(pair):
            other = name_of(known[0].text) if known else Term("theory_of_change.nothing_known")
            yield _finding("unknown_node", "error", *pair, element=other)
        elif [(one.start, one.end) for one in theory.links].count(pair) > 1:
            yield _finding("repeated_link", "warning", *pair, **_ends(theory, link))
    for link in theory.sound_links:
        yield from _step(theory, link)
    for circle in cycles(theory.arrows):
        names = tuple(name_of(theory.by_id[one].text) for one in (*circle, circle[0]))
        yield _finding("circular", "error", *circle, cycle=Trail(names))


def _ends(theory: Theory, link: Link) -> dict[str, str | Term]:
    return {
        "start": name_of(theory.by_id[link.start].text),
        "end": name_of(theory.by_id[link.end].text),
    }


def _step(theory: Theory, link: Link) -> Iterator[Finding]:
    start, end = theory.by_id[link.start], theory.by_id[link.end]
    pair, names = (link.start, link.end), _ends(theory, link)
    if end.level < start.level:
        kinds = {"start_kind": _kind(start.kind), "end_kind": _kind(end.kind)}
        yield _finding("backward", "error", *pair, **names, **kinds)
    elif end.level - start.level >= _HEROIC:
        rule = "straight_to_impact" if end.kind == "impact" else "heroic_step"
        skipped = tuple(_kind(name) for name in KINDS[start.level + 1 : end.level])
        yield _finding(rule, "warning", *pair, **names, skipped=skipped)
    if not link.because:
        yield _finding("no_because", "missing", *pair, **names)


def _paths(theory: Theory) -> Iterator[Finding]:
    """Say where a chain breaks, unless an unlinked element or a missing kind already says it."""
    arrows = theory.arrows
    back = reversed_arrows(arrows)
    acts, changes = theory.of_kind("activity"), theory.of_kind(*_MEASURED)
    if not acts or not changes:
        return
    reached = reachable([node.id for node in acts], arrows)
    for node in changes:
        before = {theory.by_id[one].kind for one in back[node.id]}
        # The first effect that nothing leads to is the break; those behind it only follow.
        if node.id not in reached and (arrows[node.id] or before) and not before & set(_MEASURED):
            yield _finding(
                "not_reached", "missing", node.id, kind=_kind(node.kind), element=name_of(node.text)
            )
    useful = reachable([node.id for node in changes], back)
    for node in acts:
        if node.id not in useful and (arrows[node.id] or back[node.id]):
            yield _finding("leads_nowhere", "missing", node.id, element=name_of(node.text))


def _measures(theory: Theory) -> Iterator[Finding]:
    changes = theory.of_kind(*_MEASURED)
    for node in changes:
        if node.indicator is None:
            yield _finding(
                "unmeasured", "missing", node.id, kind=_kind(node.kind), element=name_of(node.text)
            )
    for node in theory.nodes:
        for name in INDICATOR_FIELDS:
            if node.indicator is not None and not getattr(node.indicator, name):
                yield _finding(f"no_{name}", "missing", node.id, element=name_of(node.text))
    counted = [node for node in theory.of_kind(*_DONE) if node.indicator is not None]
    if counted and changes and all(node.indicator is None for node in changes):
        elements = tuple(name_of(node.text) for node in counted)
        yield _finding("activities_only", "warning", *(node.id for node in counted), elements=elements)


def _owners(theory: Theory) -> Iterator[Finding]:
    held: dict[str, list[Node]] = {}
    for node in sorted(theory.nodes, key=lambda node: by_id(node.id)):
        if node.indicator is not None and node.indicator.owner:
            held.setdefault(" ".join(node.indicator.owner.casefold().split()), []).append(node)
    for nodes in held.values():
        indicators = [node.indicator for node in nodes if node.indicator is not None]
        points = sum(indicator.burden_level or 1 for indicator in indicators if indicator.burden)
        if points >= HEAVY_OWNER:
            yield _finding(
                "heavy_owner", "warning", *(node.id for node in nodes),
                owner=name_of(indicators[0].owner), count=len(nodes), points=points, limit=HEAVY_OWNER,
            )  # fmt: skip
