"""A lesson keeps the contract: sections and minutes as declared, questions, boxes, pictures, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alliances.course.notebooks import SOURCES_HEADING
from alliances.course.rules.code_shape import code_shape
from alliances.course.rules.finding import Finding, error, warning
from alliances.i18n import LANGUAGES, Language, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alliances.course.module_manifest import ModuleManifest
    from alliances.course.rules.inspected import Inspected
    from alliances.course.rules.text_view import Heading, TextView

__all__ = ["code_syntax", "lesson_rules"]

_SECTION: Final = 2
_LEAST_MINUTES: Final = 7
_MOST_MINUTES: Final = 12


def lesson_rules(course: Inspected) -> Iterator[Finding]:
    """Yield what is to mend in the lessons."""
    for module in course.modules:
        yield from _minutes(module)
        for language in LANGUAGES:
            lesson = course.lesson(module.slug, language)
            if lesson is not None:
                yield from _headings(lesson, module, language)
                yield from _questions(lesson, module, course)
                yield from _ending(lesson, language)
                yield from _markup(lesson)
                yield from code_syntax(lesson)


def _minutes(module: ModuleManifest) -> Iterator[Finding]:
    # The first section shows the result, the last takes stock: they may be shorter.
    for section in module.sections[1:-1]:
        if not _LEAST_MINUTES <= section.minutes <= _MOST_MINUTES:
            yield error(
                "section_minutes",
                module.path,
                section.line,
                section=section.id,
                minutes=section.minutes,
                least=_LEAST_MINUTES,
                most=_MOST_MINUTES,
            )


def _headings(lesson: TextView, module: ModuleManifest, language: Language) -> Iterator[Finding]:
    above = 1
    for heading in lesson.headings:
        if heading.level == 1:
            yield error("title_twice", lesson.path, heading.line)
        elif heading.level > above + 1:
            yield error("heading_skips", lesson.path, heading.line, level=heading.level, above=above)
        above = heading.level
    sections = [h for h in lesson.headings if h.level == _SECTION and h.title not in _unnumbered(language)]
    for section, heading in zip(module.sections, sections, strict=False):
        if heading.title != section.title[language]:
            yield error(
                "section_title",
                lesson.path,
                heading.line,
                found=heading.title,
                expected=section.title[language],
            )
        if heading.minutes != section.minutes:
            yield error(
                "section_told",
                lesson.path,
                heading.line,
                found=heading.minutes or "—",
                expected=section.minutes,
            )
    if len(sections) != len(module.sections):
        yield error("section_count", lesson.path, 0, found=len(sections), expected=len(module.sections))


def _unnumbered(language: Language) -> tuple[str, ...]:
    """Headings that are no section of the manifest."""
    return (SOURCES_HEADING, text("course.box_service", language))


def _by_section(lesson: TextView) -> Iterator[tuple[Heading | None, list[tuple[str, int]]]]:
    """Yield each section's heading with the items that it shows."""
    heading: Heading | None = None
    shown: list[tuple[str, int]] = []
    for cell in lesson.cells:
        for found in cell.headings:
            if found.level == _SECTION:
                yield heading, shown
                heading, shown = found, []
        shown = shown + cell.practices
    yield heading, shown


def _questions(lesson: TextView, module: ModuleManifest, course: Inspected) -> Iterator[Finding]:
    middle = {title for section in module.sections[1:-1] for title in (section.title.fr, section.title.en)}
    bank = course.bank(module.slug)
    uses = {f"{module.slug}.{item.id}": item.raw["use"] for item in bank.items} if bank else None
    for heading, shown in _by_section(lesson):
        if heading is not None and heading.title in middle and not shown:
            yield error("no_question", lesson.path, heading.line, section=heading.title)
        for name, line in shown:
            if uses is not None and name not in uses:
                yield error("unknown_item", lesson.path, line, item=name)
            elif uses is not None and uses[name] != "practice":
                yield error("test_item_shown", lesson.path, line, item=name)


def _ending(lesson: TextView, language: Language) -> Iterator[Finding]:
    sections = [heading for heading in lesson.headings if heading.level == _SECTION]
    if not sections or sections[-1].title != SOURCES_HEADING:
        yield error("no_sources", lesson.path, 0, heading=SOURCES_HEADING)
    boxes = [kind for cell in lesson.cells for kind, _ in cell.boxes]
    label = text("course.box_service", language)
    if "service" not in boxes and not any(heading.title == label for heading in sections):
        yield error("no_service", lesson.path, 0, label=label)


def _markup(lesson: TextView) -> Iterator[Finding]:
    for cell in lesson.cells:
        for language, line in cell.fences:
            if language.startswith("{"):
                yield error("directive", lesson.path, line, directive=language)
        for tag, line in cell.html:
            if tag != "img":
                yield error("html", lesson.path, line, tag=tag)


def code_syntax(lesson: TextView) -> Iterator[Finding]:
    """Yield the code cells of a text that are empty, or no Python."""
    for cell in lesson.cells:
        if cell.kind != "code":
            continue
        try:
            code_shape(cell.cell.source)
        except SyntaxError as problem:
            line = cell.line + (problem.lineno or 1) - 1
            yield error("code_syntax", lesson.path, line, reason=problem.msg)
        if not cell.cell.source.strip():
            yield warning("code_empty", lesson.path, cell.line)
