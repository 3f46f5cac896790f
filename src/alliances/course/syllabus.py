"""``modules/syllabus.toml``: the order of modules and tracks, the only place where order is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from alliances.course.module_manifest import ModuleManifest, read_module
from alliances.course.toml_source import Bilingual, TomlNode, read_toml

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree

__all__ = ["Syllabus", "Track", "read_syllabus"]

_FIELDS: Final = ("order", "titles", "functions", "tracks")


@dataclass(frozen=True)
class Track:
    """One public's way through the course: its modules in its own order."""

    id: str
    title: Bilingual
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Syllabus:
    """The course as ``syllabus.toml`` orders it; a slug without a folder is « à venir »."""

    path: Path
    order: tuple[str, ...]
    titles: dict[str, Bilingual]
    functions: dict[str, Bilingual]
    tracks: tuple[Track, ...]

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Slugs of the modules that have a ``module.toml``, in the course's order."""
        return tuple(slug for slug in self.order if (self.path.parent / slug / "module.toml").is_file())

    def module(self, slug: str) -> ModuleManifest | None:
        """Return the manifest of a written module, None for one to come.

        Raises:
            SourceError: its ``module.toml`` is malformed.
        """
        return read_module(self.path.parent / slug / "module.toml") if slug in self.written else None

    def title(self, slug: str) -> Bilingual:
        """Return a module's title: its own when it is written, else the syllabus's."""
        manifest = self.module(slug)
        return self.titles[slug] if manifest is None else manifest.title


def read_syllabus(tree: CourseTree) -> Syllabus:
    """Read the syllabus of a course.

    Raises:
        SourceError: a field is missing or malformed, a slug stands twice, is not a plain identifier, has
            no title, or a track names one that the order has not.
    """
    root = read_toml(tree.syllabus)
    root.only(_FIELDS)
    order = root.texts("order")
    for slug in order:
        if not _is_slug(slug):
            raise root.error("course.slug_shape", "order", slug=slug)
        if order.count(slug) > 1:
            raise root.error("course.id_twice", "order", id=slug, first=root.line("order"))
    titles = _texts(root.child("titles"), order)
    for slug in order:
        if slug not in titles and not (tree.modules / slug / "module.toml").is_file():
            raise root.child("titles").error("course.field_missing", slug, expected='{ fr = "…", en = "…" }')
    functions = _texts(root.child("functions"), order) if "functions" in root.values else {}
    tracks = root.child("tracks")
    return Syllabus(
        path=tree.syllabus,
        order=order,
        titles=titles,
        functions=functions,
        tracks=tuple(_track(name, tracks.child(name), order) for name in tracks.values),
    )


def _texts(node: TomlNode, order: tuple[str, ...]) -> dict[str, Bilingual]:
    node.only(order)
    return {slug: node.bilingual(slug) for slug in node.values}


def _track(name: str, node: TomlNode, order: tuple[str, ...]) -> Track:
    node.only(("title", "modules"))
    modules = node.texts("modules")
    for slug in modules:
        if slug not in order:
            raise node.error("course.unknown_slug", "modules", slug=slug, known=", ".join(order))
    return Track(name, node.bilingual("title"), modules)


def _is_slug(slug: str) -> bool:
    return slug.isidentifier() and slug.isascii() and slug == slug.lower() and not any(map(str.isdigit, slug))
