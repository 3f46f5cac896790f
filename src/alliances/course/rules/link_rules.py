"""Links and pictures lead somewhere, pictures say in words what they show, nothing is left to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from alliances.course.files import read_text
from alliances.course.rules.finding import Finding, error, warning
from alliances.i18n import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.rules.inspected import Inspected
    from alliances.course.rules.text_view import TextView

__all__ = ["anchors_of", "link_rules", "links_of_item"]

_OUTSIDE: Final = re.compile(r"^(https?|mailto):")
_LEFT: Final = re.compile(
    r"\b(TODO|FIXME|XXX|TBD|TBC)\b|(?i:lorem ipsum)|\[(?:à compléter|to be completed)\]"
)
_ITEM_LINK: Final = re.compile(r"\]\(\s*([^)\s]+)\)")
_SUFFIXES: Final = (".md", ".yaml", ".toml", ".csv")


def anchors_of(module: ModuleManifest) -> set[str]:
    """Return the anchors of a lesson: its sections' identifiers, which the builder puts in both languages."""
    return {f"#{section.id}" for section in module.sections}


def link_rules(course: Inspected) -> Iterator[Finding]:
    """Yield dead links, pictures without words, and words that say that something is left to write."""
    for module in course.modules:
        folder = course.tree.modules / module.slug
        for language in LANGUAGES:
            for name in ("lesson", "trainer"):
                text = course.text(folder / f"{name}.{language}.md")
                if text is not None:
                    yield from _links(text, anchors_of(module) if name == "lesson" else None)
                    yield from _images(text)
                    if language == "fr":
                        yield from _quotes(text)
    for folder in (course.tree.modules, course.tree.exercises, course.tree.datasets):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _SUFFIXES:
                yield from _left_to_write(course, path)


def _links(text: TextView, anchors: set[str] | None) -> Iterator[Finding]:
    own = [anchor for cell in text.cells for anchor in cell.anchors]
    if anchors is not None:
        anchors = anchors | {f"#{name}" for name, _ in own}
        for name, line in own:
            if name.startswith("source-"):
                yield warning("source_by_hand", text.path, line, anchor=name)
    for cell in text.cells:
        for target, line in cell.links:
            if _OUTSIDE.match(target):
                continue
            if target.startswith("#"):
                if anchors is not None and target not in anchors:
                    yield error(
                        "dead_anchor", text.path, line, target=target, known=", ".join(sorted(anchors))
                    )
            elif not (text.path.parent / target.partition("#")[0]).exists():
                yield error("dead_link", text.path, line, target=target)


def _images(text: TextView) -> Iterator[Finding]:
    for cell in text.cells:
        for words, source, line in cell.images:
            if not words.strip():
                yield error("no_alternative", text.path, line, image=source)
            if _OUTSIDE.match(source):
                yield error("outside_image", text.path, line, image=source)
            elif not (text.path.parent / source).is_file():
                yield error("dead_link", text.path, line, target=source)


def _quotes(text: TextView) -> Iterator[Finding]:
    for cell in text.cells:
        if '"' in re.sub(r"\"[^\"\n]*\"\)", "", cell.prose):
            yield warning("straight_quotes", text.path, cell.line)


def _left_to_write(course: Inspected, path: Path) -> Iterator[Finding]:
    content = course.attempt(path, lambda: read_text(path))
    for number, line in enumerate((content or "").split("\n"), start=1):
        if found := _LEFT.search(line):
            yield error("left_to_write", path, number, word=found[0])


def links_of_item(words: str) -> list[str]:
    """Return the targets of the links in a question's text."""
    return _ITEM_LINK.findall(words)
