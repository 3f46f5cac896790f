"""Rule tables: what a question's marking comes down to, evaluated alike here and in ``widgets/rules.js``.

A question type compiles a question into a table of JSON values (``QuestionType.table``). The table says how
to read the answer (``fields``), what each thing read earns (``parts``, each a list of rows of which the first
that holds counts) and every sentence that may be said (``says``). The vectors in ``tests/data`` hold the two
evaluators equal.

Table::

    {"id", "type", "lang", "points", "next_step", "how": "parts" | "person" | "noted",
     "fields": {name: [reader, path, …]}, "needs": [names],
     "unknown": name of the field that may say "unknown",
     "parts": [{"of": full gain, "label": "",
                "rows": [{"when": test, "gain": number | [measure, …], "reason": "", "read": field,
                          "misconception": ""}]}],
     "parameters": [[name, values]], "answer": program, "unit": "", "decimals": 0,
     "words": [least, most], "says": {…}}

Readers, tests and measures are listed in ``rule_parts``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import format_number
from alliances.questions.drawing import drawn_of, fill, needed_decimals, written_figure
from alliances.questions.expressions import evaluated
from alliances.questions.marks import Mark, Verdict
from alliances.questions.numbers import BLANKS, floor_points, half_up
from alliances.questions.rule_parts import UNREADABLE, Reading, gain_of, holds, read_field

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Table", "count_words", "evaluate", "joined", "written"]

Table = dict[str, Any]
_HAIR: Final = 1e-9  # thirds of a point add up to one


def count_words(typed: str) -> int:
    """Count the words of a text: what spaces separate and holds a letter or a digit."""
    return sum(any(sign.isalnum() for sign in part) for part in re.split(f"[{BLANKS}]+", typed))


def joined(*sentences: str) -> str:
    """Return the sentences that are there, one after the other."""
    return " ".join(sentence.strip() for sentence in sentences if sentence.strip())


def written(number: float, table: Mapping[str, Any]) -> str:
    """Return a number with the unit and decimals of a table (or question), as its language writes it."""
    unit = str(table.get("unit") or "")
    decimals = int(table.get("decimals") or 0)
    figure = format_number(half_up(number, decimals), decimals, table["lang"])
    if not unit:
        return figure
    tight = unit == "%" and table["lang"] == "en"
    return f"{figure}{unit}" if tight else f"{figure}\u00a0{unit}"


def evaluate(table: Table, answer: object) -> Mark:
    """Mark one answer by its question's table. Never raises for what the answer is."""
    says = table["says"]
    if answer is None:
        return _without(table, says["unanswered"])
    if type(answer) is not dict:
        return _without(table, says["wrong_shape"])
    drawn: Mapping[str, float] | None = {}
    if table.get("parameters"):
        drawn = drawn_of(table, answer.get("drawn"))
    coded = table.get("unknown")
    if answer.get("unknown") is True or (coded and _is_word(answer.get(coded), "unknown")):
        reason = says["unknown"] if drawn is not None else says["said_unknown"]
        return _mark(table, 0, "unknown", fill(reason, _figures(table, drawn or {})))
    if drawn is None:
        return _without(table, says["undrawn"])
    if table["how"] == "person":
        return _for_a_person(table, answer)
    readings = {name: read_field(reader, answer, table["lang"]) for name, reader in table["fields"].items()}
    missing = _missing(table, readings)
    return _without(table, says[missing]) if missing else _by_parts(table, readings, drawn)


def _is_word(value: object, word: str) -> bool:
    return type(value) is str and value == word


def _missing(table: Table, readings: dict[str, Reading]) -> str:
    """Return the name of the sentence that says why nothing can be marked; empty when something can."""
    needs = table.get("needs")
    found = [readings[name] for name in needs] if needs else list(readings.values())
    lacking = [reading for reading in found if reading is None or reading is UNREADABLE]
    if not lacking or (not needs and len(lacking) < len(found)):
        return ""
    return "unreadable" if any(reading is UNREADABLE for reading in lacking) else "unanswered"


def _by_parts(table: Table, readings: dict[str, Reading], drawn: Mapping[str, float]) -> Mark:
    total, right, misconception = 0.0, 0, ""
    reasons: list[str] = []
    to_review: list[str] = []
    for part in table["parts"]:
        row = next(row for row in part["rows"] if holds(row["when"], readings, drawn))
        gain = gain_of(row["gain"], readings)
        total += gain
        good = gain >= part["of"] - _HAIR
        right += good
        if not good and part.get("label"):
            to_review.append(part["label"])
        if row.get("read"):
            # The table's own unit, and the decimals that were typed: 12.5 is not said to be read as 13.
            typed = float(readings[row["read"]])  # type: ignore[arg-type]
            decimals = max(int(table.get("decimals") or 0), needed_decimals(typed))
            number = written(typed, {**table, "decimals": decimals})
            reasons.append(table["says"]["read"].replace("{number}", number))
        reasons.append(row.get("reason") or "")
        misconception = misconception or row.get("misconception") or ""
    share = min(max(total, 0.0), 1.0)
    verdict: Verdict = "right" if share >= 1 - _HAIR else "partly" if share > _HAIR else "wrong"
    head = table["says"].get("headline") or ""
    head = head.replace("{right}", str(right)).replace("{count}", str(len(table["parts"])))
    review = table["says"].get("to_review") if to_review else ""
    review = (review or "").replace("{labels}", ", ".join(to_review))
    # Several things marked, several lines: the page makes a list of them.
    lines = [joined(head, review), *reasons] if len(table["parts"]) > 1 else [joined(head, review, *reasons)]
    reason = fill("\n".join(line.strip() for line in lines if line.strip()), _figures(table, drawn))
    if table["how"] == "noted":
        return Mark(0.0, _points(table), "noted", reason)
    return _mark(table, 1.0 if verdict == "right" else share, verdict, reason, misconception)


def _for_a_person(table: Table, answer: dict[str, Any]) -> Mark:
    """Return the mark of an open answer: its length, and that somebody will read it."""
    typed = answer.get("text")
    if typed is not None and type(typed) is not str:
        return _without(table, table["says"]["wrong_shape"])
    words = count_words(typed or "")
    if not words:
        return _without(table, table["says"]["unanswered"])
    low, high = table["words"]
    name = "words_short" if low and words < low else "words_long" if high and words > high else "words_fit"
    length = table["says"][name].replace("{words}", str(words))
    reason = joined(table["says"]["a_person_marks"], length)
    return Mark(0.0, _points(table), "person", reason, table["next_step"], words=words)


def _figures(table: Table, drawn: Mapping[str, float]) -> dict[str, str]:
    if not table.get("parameters") or not drawn:
        return {}
    figures = {name: written_figure(value, table["lang"]) for name, value in drawn.items()}
    if "answer" in table:
        figures["answer"] = written(evaluated(table["answer"], drawn), table)
    return figures


def _points(table: Table) -> float:
    return float(table["points"])


def _without(table: Table, reason: str) -> Mark:
    """Return the mark of an answer that is missing or cannot be read."""
    return Mark(0.0, _points(table), "unanswered", reason)


def _mark(table: Table, share: float, verdict: Verdict, reason: str, misconception: str = "") -> Mark:
    step = "" if verdict == "right" else table["next_step"]
    points = floor_points(_points(table) * share, _points(table))
    return Mark(points, _points(table), verdict, reason, step, misconception)
