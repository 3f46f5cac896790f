"""``module.toml``: what a module promises. Frozen dataclasses, read with errors that name the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from alliances.course.toml_source import Bilingual, TomlNode, read_toml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BLOOM_LEVELS", "ModuleManifest", "Outcome", "Section", "Tool", "read_module"]

# The revised taxonomy (Anderson & Krathwohl 2001), from recall to making something new.
BLOOM_LEVELS: Final = ("remember", "understand", "apply", "analyse", "evaluate", "create")

_FIELDS: Final = (
    "slug", "title", "summary", "outcomes", "sections", "tracks", "datasets", "exercise", "prerequisites",
    "sources", "tool",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What a person can do after the module, with one Bloom level."""

    id: str
    bloom: str
    text: Bilingual
    line: int


@dataclass(frozen=True)
class Section:
    """One section of the lesson; ``minutes`` is an estimate, in whole minutes."""

    id: str
    minutes: int
    title: Bilingual
    line: int


@dataclass(frozen=True)
class Tool:
    """The module's tool, and the cases it shows."""

    title: Bilingual
    cases: tuple[str, ...]


@dataclass(frozen=True)
class ModuleManifest:
    """One module, as ``module.toml`` declares it."""

    path: Path
    slug: str
    title: Bilingual
    summary: Bilingual
    outcomes: tuple[Outcome, ...]
    sections: tuple[Section, ...]
    tracks: tuple[str, ...]
    datasets: tuple[str, ...]
    exercise: str | None
    prerequisites: tuple[str, ...]
    sources: tuple[str, ...]
    tool: Tool | None

    @property
    def minutes(self) -> int:
        """Estimated minutes of the whole lesson."""
        return sum(section.minutes for section in self.sections)

    def section(self, name: str) -> Section | None:
        """Return the section of this identifier."""
        return next((section for section in self.sections if section.id == name), None)


def read_module(path: Path) -> ModuleManifest:
    """Read one ``module.toml``.

    Raises:
        SourceError: a field is missing, unknown, of the wrong type, duplicated or not translated.
    """
    root = read_toml(path)
    root.only(_FIELDS)
    slug = root.text("slug")
    if slug != path.parent.name:
        raise root.error("course.slug_differs", "slug", found=slug, expected=path.parent.name)
    outcomes, sections = root.children("outcomes"), root.children("sections")
    _unique(outcomes)
    _unique(sections)
    return ModuleManifest(
        path=path,
        slug=slug,
        title=root.bilingual("title"),
        summary=root.bilingual("summary"),
        outcomes=tuple(map(_outcome, outcomes)),
        sections=tuple(map(_section, sections)),
        tracks=root.texts("tracks"),
        datasets=root.texts("datasets", required=False),
        exercise=root.text("exercise") if "exercise" in root.values else None,
        prerequisites=root.texts("prerequisites", required=False),
        sources=root.texts("sources", required=False),
        tool=_tool(root.child("tool")) if "tool" in root.values else None,
    )


def _outcome(node: TomlNode) -> Outcome:
    node.only(("id", "bloom", "fr", "en"))
    bloom = node.text("bloom")
    if bloom not in BLOOM_LEVELS:
        raise node.error("course.field_type", "bloom", expected=", ".join(BLOOM_LEVELS), found=repr(bloom))
    return Outcome(node.text("id"), bloom, node.bilingual(), node.line())


def _section(node: TomlNode) -> Section:
    node.only(("id", "minutes", "fr", "en"))
    return Section(node.text("id"), node.whole("minutes", least=1), node.bilingual(), node.line())


def _tool(node: TomlNode) -> Tool:
    node.only(("title", "fr", "en", "cases"))
    title = node.bilingual("title" if "title" in node.values else None)
    return Tool(title, node.texts("cases", required=False))


def _unique(nodes: tuple[TomlNode, ...]) -> None:
    seen: dict[str, int] = {}
    for node in nodes:
        name = node.text("id")
        if name in seen:
            raise node.error("course.id_twice", "id", id=name, first=seen[name])
        seen[name] = node.line("id")
