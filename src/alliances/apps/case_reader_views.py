"""What the tool « Lecteur de cas » says of one case, of its evidence, and of two cases side by side."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from alliances.apps.case_reader_data import CHAIRS
from alliances.apps.case_reader_html import (
    Words,
    details,
    heading,
    items,
    note,
    paragraph,
    source_link,
    sources_list,
    table,
)
from alliances.logic import chart
from alliances.logic.evidence import DEFAULT_SCALE, LEVELS, level_label, value_label, weigh

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.apps.case_reader_data import Chair, DeepCase, Weighed
    from alliances.i18n import Language
    from alliances.logic.evidence import Step

__all__ = ["ALL_CHAIRS", "case_view", "evidence_view", "side_by_side"]

ALL_CHAIRS = "all"


def case_view(case: DeepCase, chair: str, lang: Language, source_line: str) -> str:
    """Return one case: claim, views, dates, actors, what is not known, questions, sources.

    Args:
        case: the case.
        chair: one of ``CHAIRS``, or ``ALL_CHAIRS``.
        lang: language of the case.
        source_line: what is written under the figures.
    """
    words = Words(lang)
    shown = CHAIRS if chair not in CHAIRS else (chair,)
    parts = [
        heading(words.plain("claim")),
        paragraph(case.claim),
        heading(words.plain("views")),
        *(_chair(case.chairs[name], case, words) for name in shown),
        chart.timeline(
            [(event.when, event.text) for event in case.events],
            caption=words.plain("timeline", title=case.title), source=source_line, lang=lang, key="reader",
        ).to_html(),
        _map(case, words, source_line),
        heading(words.plain("unknown")),
        items([case.limit, words.plain("ending", ending=case.ending)]),
        heading(words.plain("questions")),
        paragraph(words.plain("questions_help")),
        items(case.questions),
        details(words.plain("sources", count=len(case.sources)), "", sources_list(case.sources.values())),
    ]  # fmt: skip
    return "".join(parts)


def _chair(chair: Chair, case: DeepCase, words: Words) -> str:
    linked = ", ".join(source_link(case.sources[name]) for name in chair.sources)
    return (
        f"<h4>{words.html(f'chair_{chair.id}')}</h4>"
        f"<p><strong>{words.html(f'standing_{chair.standing}')}</strong> {escape(chair.text)}</p>"
        f'<p class="al-hint">{words.html("read_in")} {linked}</p>'
    )


def _map(case: DeepCase, words: Words, source_line: str) -> str:
    kinds = list(dict.fromkeys(link.kind for link in case.links))
    actors = list(dict.fromkeys(name for link in case.links for name in (link.start, link.end)))
    named = {kind: words.plain(f"link_{kind}") if len(kinds) > 1 else "" for kind in kinds}
    figure = chart.network(
        actors,
        [(link.start, link.end, named[link.kind]) for link in case.links],
        caption=words.plain("actors", title=case.title),
        source=source_line,
        directed=True,
        lang=words.lang,
        key="reader",
    )
    lines = [words.plain("arrow", start=link.start, end=link.end, words=link.text) for link in case.links]
    return figure.to_html() + items(lines)


def evidence_view(case: DeepCase, lang: Language) -> str:
    """Return the pieces for and against the claim, each with the five steps of its grade."""
    words = Words(lang)
    balance = weigh((one.stance, one.grade) for one in case.evidence)
    parts = [
        heading(words.plain("claim")),
        paragraph(case.claim),
        note(words.spaced(balance.text(lang))),
        _scale(words),
    ]
    for stance in ("for", "against"):
        pieces = [one for one in case.evidence if one.stance == stance]
        parts.append(heading(words.plain(f"stance_{stance}", count=len(pieces))))
        parts += [_piece(one, case, words) for one in pieces]
    parts.append(paragraph(words.plain("grade_note"), "al-hint"))
    return "".join(parts)


def _piece(one: Weighed, case: DeepCase, words: Words) -> str:
    rows = [
        (
            words.html(f"evidence.question_{step.question}"),
            escape(words.spaced(_answer(one, step, words.lang))),
            _signed(step.points),
            escape(words.spaced(step.text(words.lang))),
        )
        for step in one.grade.steps
    ]
    total = sum(step.points for step in one.grade.steps)
    sums = words.plain(
        "sum", total=_signed(total), points=one.grade.points, level=one.grade.label(words.lang)
    )
    inside = (
        table(words.plain("steps_of_grade"), [words.plain(f"head_{name}") for name in _HEADS], rows)
        + paragraph(sums)
        + f'<p class="al-hint">{words.html("read_in")} {source_link(case.sources[one.source])}</p>'
    )
    return details(one.claim, one.grade.label(words.lang), inside)


_HEADS = ("question", "answer", "points", "reason")


def _answer(one: Weighed, step: Step, lang: Language) -> str:
    if step.question == "year":
        return str(one.piece.year) if one.piece.year else "–"
    return value_label(step.question, getattr(one.piece, step.question), lang)


def _signed(points: int) -> str:
    return f"\u2212{-points}" if points < 0 else f"+{points}" if points else "0"


def _scale(words: Words) -> str:
    starts = ", ".join(
        f"{value_label('measure', name, words.lang)} {points}"
        for name, points in DEFAULT_SCALE.starts.items()
    )
    levels = ", ".join(
        f"{level_label(level, words.lang)} ({points})"
        for level, points in zip(LEVELS, ("0", "1", "2", "3–4", "5–6"), strict=True)
    )
    inside = "".join(
        paragraph(words.plain(key, starts=starts, levels=levels))
        for key in ("how_start", "how_costs", "how_levels", "how_source")
    )
    return details(words.plain("how"), "", inside)


def side_by_side(one: DeepCase, other: DeepCase, lang: Language) -> str:
    """Return two cases, line by line; one case twice gets a word of guidance instead."""
    words = Words(lang)
    if one.id == other.id:
        return note(words.plain("same_case"))
    pair = (one, other)
    rows = [(words.html("claim"), *(escape(case.claim) for case in pair))]
    rows += [
        (
            words.html(f"chair_{name}"),
            *(
                f"<strong>{words.html(f'standing_{case.chairs[name].standing}')}</strong> "
                f"{escape(case.chairs[name].text)}"
                for case in pair
            ),
        )
        for name in CHAIRS
    ]
    balances = [weigh((piece.stance, piece.grade) for piece in case.evidence) for case in pair]
    for stance in ("for", "against"):
        rows.append(
            (
                words.html(f"best_{stance}"),
                *(_best(balance.best, balance.counts[stance], stance, words) for balance in balances),
            )
        )
    rows += [
        (words.html("first_date"), *(_first(case, words) for case in pair)),
        (words.html("result"), *(escape(case.result) for case in pair)),
        (words.html("what_became"), *(escape(case.ending) for case in pair)),
        (words.html("unknown"), *(escape(case.limit) for case in pair)),
    ]
    return table(
        words.plain("pair", one=one.title, other=other.title),
        [words.plain("line_of_pair"), one.title, other.title],
        rows,
    )


def _best(best: Mapping[str, str | None], counts: Mapping[str, int], stance: str, words: Words) -> str:
    level = best[stance]
    if level is None:
        return words.html("evidence.nothing")
    return words.html("best_of", level=level_label(level, words.lang), count=sum(counts.values()))


def _first(case: DeepCase, words: Words) -> str:
    first = min(case.events, key=lambda event: event.when)
    return words.html("line", name=first.when[:4], words=first.text)
