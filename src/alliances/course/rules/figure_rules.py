"""Every real number can be traced: a lesson cites it by ``{fact}``, an item repeats one or is made up.

A number counts when it carries a unit (per cent, euros, millions, people…) or is written with thousands.
What is left is printed as an orphan, with the facts of the same value where there are any: it deserves a
look. A share that the lesson works out (its code or formulas hold it) and the usual 50, 95, 99 and 100 per
cent need no source. What is quoted from memory never enters graded work.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from alliances.course.markup import ROLE
from alliances.course.rules.finding import Finding, error, warning
from alliances.i18n import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from alliances.course.csv_source import CsvRow
    from alliances.course.rules.inspected import Inspected
    from alliances.course.rules.text_view import TextView

__all__ = ["figure_rules", "figures"]

_SPACES: Final = "  \u202f"
_NUMBER: Final = rf"\d{{1,3}}(?:[{_SPACES},]\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_SCALES: Final = {
    "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e9, "bn": 1e9, "Md€": 1e9,
    "M€": 1e6,
}  # fmt: skip
_FIGURE: Final = re.compile(
    rf"(?P<euro>€)?(?<![\w.,-])(?P<number>{_NUMBER})(?P<after>[{_SPACES}]?(?:%|per cent|pour cent|€|M€|Md€"
    r"|euros?\b|millions?\b|milliards?\b|billion\b|bn\b|people\b|personnes\b|jobs\b|emplois\b|tonnes\b))?"
)
_THOUSANDS: Final = re.compile(rf"\d[{_SPACES},]\d{{3}}(?!\d)")
_INVENTED: Final = re.compile(
    r"Val-Commun|ficti|invent|imagin|suppos|exemple|example|say,|disons|tir(?:é|age|ez)|drawn", re.IGNORECASE
)
_CODE: Final = re.compile(r"`[^`]*`|\$[^$]*\$|<[^>]+>|\]\([^)]*\)")
_MEMORY: Final = "memory_unverified"
_SHOWN: Final = 3

_SHARE: Final = re.compile(r"\b0(?:\.|,|\{,\})(\d+)")  # LaTeX writes a French comma in braces
_USUAL: Final = frozenset({0.0, 50.0, 95.0, 99.0, 100.0})
_PERCENTS: Final = frozenset({"percent", "percent_change"})

# A value in plain units, and whether it is a percentage.
Value = tuple[float, bool]
Values = dict[Value, list[str]]


def figures(prose: str, language: Language) -> list[tuple[str, Value]]:
    """Return the numbers of a text that claim something, as written, with value and whether a percentage.

    ``113,3 milliards`` is 113 300 000 000, ``12 %`` is 12, a percentage; a year or a bare count is no claim.
    """
    found = []
    for match in _FIGURE.finditer(prose):
        written, after = match["number"], (match["after"] or "").strip()
        if not after and not match["euro"] and not _THOUSANDS.search(written):
            continue
        tail = prose[match.end() :].lstrip(_SPACES)
        scale = _SCALES.get(after, 1.0)
        if match["euro"] and (word := re.match(r"(?:million|billion|bn)\b", tail)):
            scale = _SCALES[word[0]]
        percent = after in {"%", "per cent", "pour cent"}
        found.append((match[0].strip(), (round(_plain(written, language) * scale, 6), percent)))
    return found


def _plain(written: str, language: Language) -> float:
    digits = re.sub(rf"[{_SPACES}]", "", written)
    if language == "en":
        return float(digits.replace(",", ""))
    return float(digits.replace(",", "."))


def figure_rules(course: Inspected) -> Iterator[Finding]:
    """Yield the numbers that no fact backs, and what was quoted from memory in graded work."""
    if course.references is None:
        return
    facts = course.references.facts
    values = _values(facts)
    for module in course.modules:
        for language in LANGUAGES:
            lesson = course.lesson(module.slug, language)
            if lesson is not None:
                yield from _lesson(lesson, language, facts, values)
        yield from _items(course, module.slug, values)
    yield from _graded(course, facts)


def _values(facts: Mapping[str, CsvRow]) -> Values:
    """Return the facts by value in plain units."""
    found: Values = defaultdict(list)
    for name, row in facts.items():
        scale = 1e6 if row["unit"] == "MEUR" else 1.0
        for column in ("value", "value_max"):
            if row[column]:
                value = abs(round(float(row[column]) * scale, 6))
                found[value, row["unit"] in _PERCENTS].append(name)
    return found


def _lesson(
    lesson: TextView, language: Language, facts: Mapping[str, CsvRow], values: Values
) -> Iterator[Finding]:
    cited = {name for cell in lesson.cells for name in cell.named("fact") if name in facts}
    worked_out = _worked_out(lesson)
    for cell in lesson.cells:
        if cell.kind == "code":
            continue
        invented = False
        for number, line in enumerate(cell.cell.source.split("\n"), start=cell.line):
            if not line.strip():
                invented = False  # a paragraph ends
            invented = invented or bool(_INVENTED.search(line))
            if invented or line.startswith("#"):
                continue
            for written, value in figures(_CODE.sub(" ", ROLE.sub(" ", line)), language):
                known = values.get(value, [])
                usual = value[1] and (value[0] in _USUAL or value[0] in worked_out)
                if not usual and not cited.intersection(known):
                    yield _orphan(lesson.path, number, written, known)


def _worked_out(lesson: TextView) -> set[float]:
    """Return, in per cent, the numbers below one that the lesson's code and formulas hold."""
    sources = [cell.cell.source for cell in lesson.cells if cell.kind == "code" or "$" in cell.cell.source]
    found = (share for source in sources for share in _SHARE.findall(source))
    return {round(100 * float(f"0.{digits}"), 6) for digits in found}


def _orphan(path: Path, line: int, written: str, known: list[str]) -> Finding:
    if known:
        return warning("figure_uncited", path, line, figure=written, facts=", ".join(known[:_SHOWN]))
    return warning("figure_orphan", path, line, figure=written)


def _items(course: Inspected, slug: str, values: Values) -> Iterator[Finding]:
    """An item cannot cite: its numbers are those of facts, or the item says that it is invented."""
    bank = course.bank(slug)
    for item in bank.items if bank else ():
        texts = list(_texts(item.raw))
        if "parameters" in item.raw or any(
            _INVENTED.search(told[language]) for told in texts for language in told
        ):
            continue
        told_once: set[Value] = set()
        for told in texts:
            for written, value in figures(_CODE.sub(" ", told["fr"]), "fr"):
                usual = value[1] and value[0] in _USUAL
                if not usual and value not in values and value not in told_once:
                    told_once.add(value)
                    path = course.tree.modules / slug / "items.yaml"
                    yield warning("figure_orphan", path, item.line, figure=written)


def _texts(value: object) -> Iterator[dict[str, Any]]:
    """Yield every text of an item, both languages."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES) and all(isinstance(told, str) for told in value.values()):
            yield value
        else:
            for inner in value.values():
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _graded(course: Inspected, facts: Mapping[str, CsvRow]) -> Iterator[Finding]:
    """What a learner is marked on rests on nothing quoted from memory."""
    recalled = {name for name, row in facts.items() if row["status"] == _MEMORY}
    for exercise in course.exercises:
        folder = course.tree.exercises / exercise.slug
        for path in [*(folder / f"code.{language}.md" for language in LANGUAGES), folder / "form.yaml"]:
            if not path.is_file():
                continue
            source = course.attempt(path, lambda path=path: path.read_text(encoding="utf-8"))  # type: ignore[misc]
            for number, line in enumerate((source or "").split("\n"), start=1):
                for name in sorted(recalled):
                    if re.search(rf"[\"'`]{re.escape(name)}[\"'`]", line):
                        yield error("memory_graded", path, number, fact=name)
