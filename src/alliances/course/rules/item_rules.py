"""The items of a module: enough of them, each outcome covered, each wrong answer named, each step linked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from alliances.course.rules.finding import Finding, error, warning
from alliances.course.rules.link_rules import anchors_of, links_of_item
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.rules.inspected import Inspected
    from alliances.questions.spec import Bank, Entry

__all__ = ["item_rules", "next_steps"]

_LEAST_PRACTICE: Final = 12
_LEAST_AN_OUTCOME: Final = 3


def item_rules(course: Inspected) -> Iterator[Finding]:
    """Yield what is to mend in the items."""
    for module in course.modules:
        path = course.tree.modules / module.slug / "items.yaml"
        bank = course.bank(module.slug)
        if bank is None:
            continue
        if bank.module != module.slug:
            yield error("item_module", path, 1, found=bank.module, expected=module.slug)
        yield from _counts(bank, module, path)
        yield from _misconceptions(bank, path)
        yield from _linked_steps(bank, path)
        yield from next_steps(bank.items, module, path)


def _counts(bank: Bank, module: ModuleManifest, path: Path) -> Iterator[Finding]:
    practice = sum(item.raw["use"] == "practice" for item in bank.items)
    if practice < _LEAST_PRACTICE:
        yield error("few_items", path, 0, found=practice, expected=_LEAST_PRACTICE)
    covered = Counter(item.raw["outcome"] for item in bank.items)
    known = {outcome.id for outcome in module.outcomes}
    for item in bank.items:
        if item.raw["outcome"] not in known:
            yield error(
                "unknown_outcome",
                path,
                item.line,
                outcome=item.raw["outcome"],
                known=", ".join(sorted(known)),
            )
        for track in item.raw["tracks"]:
            if track not in module.tracks:
                yield error("item_track", path, item.line, track=track, known=", ".join(module.tracks))
    for outcome in module.outcomes:
        if covered[outcome.id] < _LEAST_AN_OUTCOME:
            yield error(
                "outcome_uncovered",
                path,
                0,
                outcome=outcome.id,
                found=covered[outcome.id],
                expected=_LEAST_AN_OUTCOME,
            )


def _misconceptions(bank: Bank, path: Path) -> Iterator[Finding]:
    named: set[str] = set()
    for item in bank.items:
        for option in item.raw.get("options", ()):
            if not option["correct"] and "misconception" not in option:
                yield error("no_misconception", path, item.line, item=item.id, option=option["id"])
            named.add(option.get("misconception", ""))
        named.update(known.get("misconception", "") for known in item.raw.get("known_errors", ()))
    for name in bank.misconceptions:
        if name not in named:
            yield warning("idle_misconception", path, 0, misconception=name)


def _linked_steps(bank: Bank, path: Path) -> Iterator[Finding]:
    """Practice happens in the lesson: its next step can lead back to a place of it."""
    for item in bank.items:
        for language in LANGUAGES:
            if not links_of_item(item.raw["next_step"][language]):
                yield error("step_without_link", path, item.line, question=item.id, language=language)


def next_steps(entries: Iterable[Entry], module: ModuleManifest | None, path: Path) -> Iterator[Finding]:
    """Yield the next steps that lead nowhere; without a module its anchors cannot be told."""
    anchors = anchors_of(module) if module is not None else None
    for entry in entries:
        step = entry.raw.get("next_step")
        if not step:
            continue
        for language in LANGUAGES:
            targets = links_of_item(step[language])
            for target in targets:
                if anchors is not None and target.startswith("#") and target not in anchors:
                    yield error(
                        "dead_anchor", path, entry.line, target=target, known=", ".join(sorted(anchors))
                    )
        if set(links_of_item(step["fr"])) != set(links_of_item(step["en"])):
            yield error("step_links_differ", path, entry.line, question=entry.id)
