"""The sheet of one measure in « Feuille de route 21 »: its example, its table to fill, what the rule says.

The table has one line a field and one column of words; ``logic.measure`` reads a sheet from it as from any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import Language, text
from alliances.logic import measure, measure_findings
from alliances.logic.measure import LEVERS, Sheet
from alliances.logic.theory_of_change import BURDENS, INDICATOR_FIELDS
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.apps.roadmap21_blocks import Block

__all__ = ["COLUMN", "ROWS", "answer_of", "example", "question_of", "sheet_blocks", "sheet_of", "sheet_table"]

COLUMN: Final = "said"
ROWS: Final = (
    "title", "problem", "target", "partners", "lever", "means", "start", "duration",
    *INDICATOR_FIELDS, *measure.STOP_FIELDS,
)  # fmt: skip
_WHOLE: Final = ("start", "duration", "month")
_EXAMPLE: Final = (
    "title", "problem", "target", "partners", "means", "unit", "source", "baseline", "frequency", "threshold",
    "decider", "after",
)  # fmt: skip


def _say(key: str, lang: Language, **values: object) -> str:
    return typographic(text(f"roadmap21_sheet.{key}", lang, **values), lang)


def _levers(lang: Language) -> dict[str, str]:
    return {name: text(f"measure.lever_{name}", lang) for name in LEVERS}


def _burdens(lang: Language) -> dict[str, str]:
    return {name: text(f"theory_of_change.burden_{name}", lang) for name in BURDENS}


def labels(lang: Language) -> dict[str, str]:
    """Return the name of each line."""
    named = {}
    for name in ROWS:
        if name in INDICATOR_FIELDS:
            group, field = text("measure.field_indicator", lang), text(f"theory_of_change.field_{name}", lang)
        elif name in measure.STOP_FIELDS:
            group, field = text("measure.field_stop", lang), text(f"measure.stop_{name}", lang)
        else:
            group, field = "", text(f"measure.field_{name}", lang)
        named[name] = _say("row_group", lang, group=group, field=field.lower()) if group else field
    named["partners"] = _say("row_partners", lang)
    named["lever"] = _say("row_lever", lang, levers=", ".join(_levers(lang).values()))
    return named


def question_of(lang: Language) -> dict[str, Any]:
    """Return the table to fill, as a question without a key."""
    return {
        "id": "roadmap21_sheet",
        "type": "table",
        "lang": lang,
        "prompt": _say("prompt", lang),
        "columns": [{"id": COLUMN, "text": _say("column", lang), "kind": "text"}],
        "rows": [{"id": name, "text": words} for name, words in labels(lang).items()],
    }


def example(lang: Language) -> Sheet:
    """Return the sheet that the tool opens on, that of the lesson: VC-03, fictional."""
    written = {name: text(f"roadmap21_sheet.example_{name}", lang) for name in _EXAMPLE}
    more = {
        "lever": _levers(lang)["organise"],
        "start": "3",
        "duration": "4",
        "owner": "En route",
        "burden": _burdens(lang)["light"],
        "month": "6",
    }
    return sheet_of({"rows": {name: {COLUMN: words} for name, words in {**written, **more}.items()}}, lang)


def sheet_of(answer: Mapping[str, Any] | None, lang: Language) -> Sheet:
    """Read a sheet from the table; an empty one where nothing was written.

    Raises:
        ArtefactError: a text is too long, a month too late, or there are too many partners.
    """
    rows = (answer or {}).get("rows")
    table = rows if isinstance(rows, dict) else {}
    said = {name: _cell(table.get(name)) for name in ROWS}
    whole = {name: int(said[name]) if re.fullmatch(r"[0-9]{1,3}", said[name]) else None for name in _WHOLE}
    lever = _meant(said["lever"], _levers(lang))
    burden = _meant(said["burden"], _burdens(lang)) or said["burden"]
    return measure.from_dict(
        {
            "id": "sheet",
            **{name: said[name] for name in ("title", "problem", "target", "means")},
            "partners": [_partner(part) for part in said["partners"].split(";") if part.strip()],
            "lever": lever,
            "start": whole["start"],
            "duration": whole["duration"],
            "indicator": {**{name: said[name] for name in INDICATOR_FIELDS}, "burden": burden},
            "stop": {**{name: said[name] for name in measure.STOP_FIELDS}, "month": whole["month"]},
        }
    )


def _cell(row: object) -> str:
    words = row.get(COLUMN) if isinstance(row, dict) else None
    return " ".join(words.split()) if isinstance(words, str) else ""


def _partner(part: str) -> dict[str, str]:
    name, _, brings = part.partition(":")
    return {"name": name.strip(), "brings": brings.strip()}


def _meant(words: str, known: Mapping[str, str]) -> str:
    """Return the id of the first known word that was written, in any case; empty when there is none."""
    return next((name for name, word in known.items() if word.casefold() in words.casefold()), "")


def _written(sheet: Sheet, lang: Language) -> dict[str, str]:
    """Return the words of each line."""
    colon = "\u00a0: " if lang == "fr" else ": "
    partners = "; ".join(colon.join(filter(None, (one.name, one.brings))) for one in sheet.partners)
    indicator, stop = sheet.indicator, sheet.stop
    found: dict[str, object] = {
        "title": sheet.title, "problem": sheet.problem, "target": sheet.target, "means": sheet.means,
        "partners": partners.replace("; ", "\u00a0; ") if lang == "fr" else partners,
        "lever": _levers(lang).get(sheet.lever, ""), "start": sheet.start, "duration": sheet.duration,
        **({name: getattr(indicator, name) for name in INDICATOR_FIELDS} if indicator else {}),
        **({name: getattr(stop, name) for name in measure.STOP_FIELDS} if stop else {}),
    }  # fmt: skip
    found["burden"] = _burdens(lang).get(str(found.get("burden", "")), found.get("burden", ""))
    return {name: "" if found.get(name) is None else str(found[name]) for name in ROWS}


def answer_of(sheet: Sheet, lang: Language) -> dict[str, Any] | None:
    """Return the table's answer for a sheet; None for an empty one."""
    filled = {name: {COLUMN: words} for name, words in _written(sheet, lang).items() if words}
    return {"rows": filled} if filled else None


def sheet_table(sheet: Sheet, lang: Language) -> Block:
    """Return the sheet as a table to read."""
    named, written = labels(lang), _written(sheet, lang)
    return {
        "kind": "table",
        "caption": sheet.title or _say("title", lang),
        "head": [_say("head", lang), _say("column", lang)],
        "rows": [[named[name], written[name] or "–"] for name in ROWS],
    }


def sheet_blocks(sheet: Sheet, lang: Language) -> list[Block]:
    """Return what the rule says of a sheet, the sheet as it reads, and how the rule goes about it."""
    lines = [
        text(
            "roadmap21.finding",
            lang,
            severity=one.severity_text(lang),
            sentence=typographic(one.text(lang), lang),
        )
        for one in measure_findings.findings(sheet)
    ]
    said: list[Block] = (
        [{"kind": "list", "items": lines}, {"kind": "hint", "text": text("roadmap21.findings_help", lang)}]
        if lines
        else [{"kind": "p", "text": _say("none", lang)}]
    )
    how: Block = {
        "kind": "details",
        "summary": text("roadmap21.how_title", lang),
        "blocks": [{"kind": "p", "text": _say("how", lang)}],
    }
    # A line of the table to fill may be longer than its field.
    whole: Block = {"kind": "details", "summary": _say("whole", lang), "blocks": [sheet_table(sheet, lang)]}
    return [*said, whole, how]
