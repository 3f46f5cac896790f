"""Grades of evidence: what each step adds or takes, and what never happens whatever the piece."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import LANGUAGES, area_texts
from alliances.logic.evidence import (
    ACCESSES,
    DEFAULT_SCALE,
    LEVELS,
    MEASURES,
    PAYERS,
    QUESTIONS,
    SPEAKERS,
    STALE_YEARS,
    Grade,
    Piece,
    from_row,
    grade,
    value_label,
    weigh,
)

NOW = 2026
pieces = st.builds(
    Piece,
    st.sampled_from(MEASURES),
    st.sampled_from(SPEAKERS),
    st.sampled_from(PAYERS),
    st.sampled_from(ACCESSES),
    st.none() | st.integers(1990, NOW),
)
LOT = Piece("random", "research", "independent", "read", 2025)


@pytest.mark.parametrize(
    ("piece", "points", "level"),
    [
        (LOT, 6, "strong"),
        (Piece("comparison", "audit", "independent", "read", 2025), 5, "strong"),
        (Piece("comparison", "research", "independent", "relayed", 2025), 4, "serious"),
        (Piece("trend", "partner", "interested", "read", 2015), 2, "sign"),
        (Piece("count", "operator", "interested", "read", 2021), 1, "weak"),
        (Piece("count", "research", "interested", "read", 2021), 1, "weak"),
        (Piece("count", "operator", "interested", "read", None), 0, "claim"),
        (Piece("unstated", "press", "unknown", "relayed", None), 0, "claim"),
        (Piece("none", "research", "independent", "read", 2016), 0, "claim"),
    ],
)
def test_a_piece_has_the_points_of_its_steps(piece, points, level):
    """The start depends on the measure; interest, hearsay and a missing date each take a point."""
    found = grade(piece, now=NOW)
    assert (found.points, found.level) == (points, level)


@given(pieces)
def test_steps_add_up(piece):
    """The points are the sum of five steps, one a question, never below 0."""
    found = grade(piece, now=NOW)
    assert tuple(step.question for step in found.steps) == QUESTIONS
    assert found.points == max(0, sum(step.points for step in found.steps))
    assert 0 <= found.points <= max(DEFAULT_SCALE.starts.values())


@given(pieces, st.sampled_from(("speaker", "payer", "access", "year", "measure")))
def test_knowing_better_never_lowers_a_grade(piece, question):
    """Putting one answer at its best gives at least as many points."""
    better = replace(piece, **{question: getattr(LOT, question)})
    assert grade(better, now=NOW).points >= grade(piece, now=NOW).points


@given(pieces)
def test_one_interest_is_counted_once(piece):
    """Whoever speaks and pays loses one point for it, not two."""
    found = grade(replace(piece, speaker="operator", payer="interested"), now=NOW)
    assert [step.points for step in found.steps if step.question in {"speaker", "payer"}] == [-1, 0]


@given(pieces, st.sampled_from(tuple(DEFAULT_SCALE.costs)), st.integers(0, 4))
def test_a_dearer_cost_never_raises_a_grade(piece, name, more):
    """A scale that takes more for a reason gives no piece more points."""
    dearer = DEFAULT_SCALE.changed(name, DEFAULT_SCALE.costs[name] + more)
    assert grade(piece, now=NOW, scale=dearer).points <= grade(piece, now=NOW).points


@pytest.mark.parametrize(
    ("year", "reason"),
    [(None, "undated"), (NOW - STALE_YEARS, "dated"), (NOW - STALE_YEARS - 1, "stale"), (NOW, "dated")],
)
def test_an_old_figure_speaks_of_its_time(year, reason):
    """Age is said and takes nothing; a missing date takes a point."""
    step = grade(replace(LOT, year=year), now=NOW).steps[-1]
    assert (step.reason, step.points) == (reason, -1 if year is None else 0)


@given(st.lists(st.tuples(st.sampled_from(("for", "against")), pieces), max_size=8))
def test_the_balance_counts_every_piece_once(sided):
    """Each side counts its own pieces, its best is the highest of them, and no verdict comes out."""
    graded = [(side, grade(piece, now=NOW)) for side, piece in sided]
    balance = weigh(graded)
    for side in ("for", "against"):
        levels = [found.level for name, found in graded if name == side]
        assert sum(balance.counts[side].values()) == len(levels)
        assert balance.best[side] == (max(levels, key=LEVELS.index) if levels else None)
    assert "ne tranche pas" in balance.text("fr")


@pytest.mark.parametrize("lang", LANGUAGES)
@given(pieces)
def test_every_step_is_said(lang, piece):
    """Each step and each value has words in both languages, with its date filled in."""
    found = grade(piece, now=NOW)
    assert all(step.text(lang) and "{" not in step.text(lang) for step in found.steps)
    assert found.label(lang)
    for question in ("measure", "speaker", "payer", "access"):
        assert value_label(question, getattr(piece, question), lang)


def test_every_question_has_a_name():
    """The five questions are in the catalogue."""
    assert all(f"question_{name}" in area_texts("evidence") for name in QUESTIONS)


def test_unknown_words_are_refused():
    """A value, a place of the scale or a side that does not exist is refused with those that do."""
    with pytest.raises(ValueError, match=r"measure : « survey » n’existe pas.*comparison"):
        Piece("survey", "press", "unknown")
    with pytest.raises(ValueError, match="interested_speaker"):
        DEFAULT_SCALE.changed("bias", 1)
    with pytest.raises(ValueError, match="négatif"):
        DEFAULT_SCALE.changed("count", -1)
    with pytest.raises(ValueError, match="for, against"):
        weigh([("maybe", Grade(0, ()))])


def test_a_changed_scale_leaves_the_course_s_own():
    """Changing a scale returns another."""
    changed = DEFAULT_SCALE.changed("trend", 4).changed("relayed", 2)
    assert (changed.starts["trend"], changed.costs["relayed"]) == (4, 2)
    assert (DEFAULT_SCALE.starts["trend"], DEFAULT_SCALE.costs["relayed"]) == (3, 1)


@pytest.mark.parametrize("year", ["", "<NA>", None, float("nan"), pd.NA, "2021", 2021])
def test_a_row_of_the_table_is_a_piece(year):
    """A row is read from the text of a file as from a pandas table; an empty year is no year."""
    row = {"measure": "trend", "speaker": "press", "payer": "unknown", "access": "read", "year": year}
    expected = 2021 if str(year) == "2021" else None
    assert from_row(row) == Piece("trend", "press", "unknown", "read", expected)
