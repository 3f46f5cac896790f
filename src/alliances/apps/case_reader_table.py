"""The table of cases in the tool « Lecteur de cas »: filtered, or compared by conditions and outcome."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from alliances.apps.case_reader_html import Words, details, heading, items, note, paragraph, table
from alliances.i18n import area_texts, format_number, format_percent
from alliances.logic.case_comparison import sufficiency, truth_table
from alliances.logic.case_comparison_cautions import cautions, chance_of_consistency
from alliances.logic.case_comparison_counterfactuals import counterfactuals
from alliances.logic.case_comparison_minimise import minimise
from alliances.logic.case_conditions import binary_cases, condition
from alliances.logic.typology import FAMILIES
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.i18n import Language
    from alliances.logic.case_comparison import TruthTable

__all__ = ["ANY", "FILTERS", "compared", "filter_options", "filtered"]

ANY: Final = ""
_OUTCOMES: Final = {"1": "all_have", "0": "none_has", "C": "contradiction", "?": "no_observation"}
FILTERS: Final = ("country", "scale", "team_reading", "evidence", "self_reported", "counterfactual")


def _named(column: str, value: str, lang: Language) -> str:
    if column == "team_reading":
        return next(family.label(lang) for family in FAMILIES if family.id == value)
    # A country that the catalogue does not name yet shows its code.
    known = area_texts("case_reader").get(f"{column}_{value}")
    return known[lang] if known else value


def filter_options(rows: Sequence[Mapping[str, str]], column: str, lang: Language) -> list[tuple[str, str]]:
    """Return the values of a column that occur, with their names, in the order of these names."""
    names = {row[column]: typographic(_named(column, row[column], lang), lang) for row in rows}
    return sorted(names.items(), key=lambda pair: pair[1])


def filtered(rows: Sequence[Mapping[str, str]], wanted: Mapping[str, str], lang: Language) -> tuple[str, int]:
    """Return the cases that have every value wanted, as a table, and how many they are.

    Without any the table gives way to guidance.
    """
    words = Words(lang)
    asked = {column: wanted[column] for column in FILTERS if wanted.get(column)}
    kept = [row for row in rows if all(row[column] == value for column, value in asked.items())]
    if not kept:
        last = ", ".join(words.plain(f"filter_{column}") for column in asked)
        return note(words.plain("no_case", filters=last)), 0
    lines = [
        (
            escape(typographic(row[f"title_{lang}"], lang)),
            escape(_named("team_reading", row["team_reading"], lang)),
            escape(_named("evidence", row["evidence"], lang)),
            escape(typographic(row[f"result_{lang}"], lang)),
            escape(typographic(row[f"limit_{lang}"], lang)),
        )
        for row in kept
    ]
    head = [words.plain(f"column_{name}") for name in ("case", "reading", "evidence", "result", "limit")]
    caption = words.plain("kept" if len(kept) > 1 else "kept_one", count=len(kept), total=len(rows))
    return table(caption, head, lines), len(kept)


def compared(
    rows: Sequence[Mapping[str, str]], conditions: Sequence[str], outcome: str, case: str, lang: Language
) -> str:
    """Return truth table, fits, formulas, cautions and counterfactuals; guidance where they cannot be made.

    Args:
        rows: the table ``cases`` as texts.
        conditions: ids of ``logic.case_conditions``, empty ones ignored.
        outcome: id of an outcome.
        case: the case of the counterfactual questions, empty for none.
        lang: language.
    """
    words = Words(lang)
    wanted = [name for name in conditions if name]
    if not wanted:
        return note(words.plain("choose_one"))
    if len(set(wanted)) < len(wanted):
        return note(words.plain("same_condition"))
    binary = binary_cases(rows)
    made = truth_table(binary, wanted, outcome)
    titles = {row["case_id"]: typographic(row[f"title_{lang}"], lang) for row in rows}
    names = {name: words.spaced(condition(name).label(lang)) for name in (*wanted, outcome)}
    said = [typographic(one.text(lang, titles=titles), lang) for one in cautions(made)]
    if not made.cases:
        return note(said[0])
    parts = [
        _truth(made, titles, names, words),
        _fits(binary, wanted, outcome, names, words),
        heading(words.plain("formulas")),
        paragraph(words.plain("formulas_help")),
        items(_formulas(made, names, words)),
        heading(words.plain("cautions")),
        items(said),
    ]
    if case in made.cases:
        parts.append(heading(words.plain("what_if", title=titles[case])))
        asked = counterfactuals(made, case)
        parts.append(items(typographic(one.text(lang, names=names, titles=titles), lang) for one in asked))
    elif case:
        parts.append(note(words.plain("case_left_out", title=titles[case])))
    parts.append(_how(wanted, outcome, words))
    return "".join(parts)


def _truth(made: TruthTable, titles: Mapping[str, str], names: Mapping[str, str], words: Words) -> str:
    yes = [words.html("no"), words.html("yes")]
    lines = [
        (
            *(yes[value] for value in row.configuration),
            str(len(row.cases)),
            str(row.positive),
            words.html(_OUTCOMES[row.outcome]),
            escape(words.plain("case_comparison.between").join(titles[name] for name in row.cases)) or "–",
        )
        for row in sorted(made.rows, key=lambda row: (-len(row.cases), row.configuration))
    ]
    head = [
        *(names[name] for name in made.conditions),
        *(words.plain(f"column_{name}") for name in ("cases", "positive", "reading_of_row", "which")),
    ]
    return table(words.plain("truth_table", outcome=names[made.outcome]), head, lines)


def _fits(
    binary: Sequence[Mapping[str, object]], wanted: Sequence[str], outcome: str, names: Mapping[str, str],
    words: Words,
) -> str:  # fmt: skip
    lines = []
    for name in wanted:
        fit = sufficiency([row[name] for row in binary], [row[outcome] for row in binary])
        lines.append(
            (
                escape(names[name]),
                _ratio(fit.consistency, fit.both, fit.condition, words.lang),
                _ratio(fit.coverage, fit.both, fit.outcome, words.lang),
                escape(format_percent(100 * chance_of_consistency(fit), 0, words.lang)),
            )
        )
    head = [words.plain(f"column_{name}") for name in ("condition", "consistency", "coverage", "chance")]
    return table(words.plain("fits"), head, lines)


def _ratio(value: float | None, part: int, whole: int, lang: Language) -> str:
    if value is None:
        return "–"
    # A share such as 5 / 8 is written 0.63, as people round.
    return escape(f"{part} / {whole} = {format_number(value + 1e-9, 2, lang)}")


def _formulas(made: TruthTable, names: Mapping[str, str], words: Words) -> list[str]:
    lines = []
    for key, remainders in (("formula_complex", False), ("formula_parsimonious", True)):
        for formula in minimise(made, remainders=remainders):
            terms = [_term(term.values, made.conditions, names, words) for term in formula.terms]
            said = words.plain("or").join(terms) or words.plain("never")
            lines.append(words.plain(key, formula=said))
    return lines


def _term(values: Sequence[int], conditions: Sequence[str], names: Mapping[str, str], words: Words) -> str:
    named = [
        names[name] if value else words.plain("not", condition=names[name])
        for name, value in zip(conditions, values, strict=True)
        if value >= 0
    ]
    return words.plain("and").join(named) or words.plain("always")


def _how(wanted: Sequence[str], outcome: str, words: Words) -> str:
    asked = [condition(name) for name in (*wanted, outcome)]
    rules = [words.plain("line", name=one.label(words.lang), words=one.rule(words.lang)) for one in asked]
    inside = items(rules)
    inside += "".join(paragraph(words.plain(key)) for key in ("how_fit", "how_formula", "how_chance"))
    return details(words.plain("how"), "", inside)
