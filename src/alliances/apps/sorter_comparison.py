"""What the step « Comparer » shows: readings side by side, in words, without a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.apps.sorter_cohort import LEAST_PEOPLE, Cohort
from alliances.apps.sorter_words import SorterWords
from alliances.i18n import Language, format_percent
from alliances.logic.typology import CRITERIA, explain, points_label, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alliances.apps.sorter_cases import ToolCase
    from alliances.apps.sorter_work import Reading, SorterWork

__all__ = ["comparison"]


def comparison(cases: Sequence[ToolCase], work: SorterWork, cohort: Cohort, lang: Language) -> dict[str, Any]:
    """Return the whole step as JSON values: a summary, then one entry a case."""
    words = SorterWords(lang)
    states = {case.id: _state(case, work.readings.get(case.id)) for case in cases}
    return {
        "summary": _summary(list(states.values()), words),
        "differ": [
            {"id": case.id, "title": case.title} for case in cases if states[case.id] in {"admitted", "other"}
        ],
        "cohort_note": _cohort_note(cohort, words),
        "rule_note": words.say("rule_note"),
        "cases": [_entry(case, work, states[case.id], cohort, words) for case in cases],
    }


def _state(case: ToolCase, reading: Reading | None) -> str:
    if reading is None:
        return "unread"
    if reading.unsure:
        return "unsure"
    if reading.family == case.team_reading:
        return "same"
    return "admitted" if reading.family in case.admissible else "other"


def _summary(states: list[str], words: SorterWords) -> list[str]:
    same = states.count("same")
    placed = same + states.count("admitted") + states.count("other")
    lines = []
    if not placed:
        lines.append(words.say("none_read"))
    elif placed == 1:
        lines.append(words.say("same_count_one" if same else "other_count_one"))
    else:
        share = format_percent(100 * same / placed, 0, words.lang)
        lines.append(words.say("same_count", same=same, read=placed, share=share))
        lines.append(words.say("admitted_count", admitted=same + states.count("admitted")))
    if "unsure" in states:
        lines.append(words.say("unsure_count", count=states.count("unsure")))
    return lines


def _cohort_note(cohort: Cohort, words: SorterWords) -> str:
    if cohort.unreadable:
        return words.say("cohort_unreadable", name=cohort.unreadable)
    if cohort.too_small:
        return words.say("cohort_too_small", minimum=LEAST_PEOPLE)
    return words.say("cohort_note_synthetic" if cohort.synthetic else "cohort_note", people=cohort.people)


def _entry(
    case: ToolCase, work: SorterWork, state: str, cohort: Cohort, words: SorterWords
) -> dict[str, Any]:
    reading = work.readings.get(case.id)
    reason = words.criteria_inside.get(reading.reason, "") if reading else ""
    sentence = work.sentence(case.id)
    return {
        "id": case.id,
        "title": case.title,
        "state": state,
        "state_text": words.say(f"state_{state}"),
        "open": False,
        "mine": words.families.get(reading.family, "")
        if reading and reading.family
        else words.say(f"state_{state}"),
        "my_reason": words.say("my_reason", reason=reason) if reason else "",
        "my_sentence": words.say("my_sentence", sentence=sentence) if sentence else "",
        "team": words.families[case.team_reading],
        "team_reason": case.team_reason,
        "admissible": [
            words.say(
                "admissible_line",
                family=words.families.get(family, family),
                criteria=", ".join(words.criteria_inside.get(name, name) for name in criteria),
            )
            for family, criteria in case.admissible.items()
        ],
        "rule": _rule(case, words),
        "cohort": _group(case.id, cohort, words),
        "limit": case.limit,
    }


def _rule(case: ToolCase, words: SorterWords) -> dict[str, Any]:
    """Return the rule's reading: how sure it is, then each family's sum with what makes it."""
    reading = read(case.row)
    criteria = {criterion.id: criterion for criterion in CRITERIA}
    rows = []
    for score in reading.scores:
        parts = [
            f"{points_label(part.points, words.lang)} {words.criteria_inside[part.criterion]} "
            f"({criteria[part.criterion].value_label(part.value, words.lang)})"
            for part in score.contributions
            if part.points
        ]
        rows.append(
            {
                "family": words.families[score.family],
                "total": points_label(score.total, words.lang),
                "parts": words.spaced(" ; " if words.lang == "fr" else "; ").join(parts)
                or words.say("no_contribution"),
            }
        )
    unknown = ", ".join(words.criteria_inside[name] for name in reading.unknown)
    return {
        "verdict": words.spaced(explain(reading, words.lang).splitlines()[0]),
        "rows": rows,
        "unknown": words.say("unknown_criteria", criteria=unknown) if unknown else "",
    }


def _group(case: str, cohort: Cohort, words: SorterWords) -> dict[str, Any] | None:
    counts = cohort.counts.get(case)
    if not counts or cohort.too_small:
        return None
    names = {**words.families, "unknown": words.say("unsure")}
    ordered = sorted(
        counts.items(), key=lambda pair: (-pair[1], list(names).index(pair[0]) if pair[0] in names else 9)
    )
    return {
        "title": words.say("cohort_title_synthetic" if cohort.synthetic else "cohort_title"),
        "rows": [{"family": names.get(family, family), "count": count} for family, count in ordered],
    }
