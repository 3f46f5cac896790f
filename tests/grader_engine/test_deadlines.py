"""Times, lateness and penalties, as nbgrader counts them (S30 to S32)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mutants import all_kinds, put_outputs
from nbgrader_peer import Peer

from alliances.errors import AlliancesError
from alliances_grader.deadlines import (
    LATE_METHODS,
    final_score,
    late_method,
    late_penalty,
    late_seconds,
    notebook_score,
    parse_timestamp,
)
from alliances_grader.verdicts import CellVerdict

DUE = datetime(2015, 2, 2, 14, 0, 0)  # noqa: DTZ001 - UTC without zone, as nbgrader keeps times

STAMPS = [
    "2015-02-02 15:58:23.948203 UTC", "2015-02-02 15:58:23.948203 PST", "2015-02-02 15:58:23 +0100",
    "2015-02-02 15:58:23 3600", "2015-02-02T15:58:23Z", "2015-02-02T15:58:23+05:30", "2015-02-02 15:58:23",
    "2 Feb 2015 15:58", "20150202T155823", "2015-02-02 15:58:23.948203 Europe/Paris",
    "2015-02-02 15:58:23 Nowhere/Land", "  2015-02-02 15:58:23 UTC\n",
]  # fmt: skip


@pytest.mark.grader
@pytest.mark.parametrize("written", STAMPS)
def test_a_time_is_read_as_nbgrader_reads_it(written: str) -> None:
    """Each form of a timestamp gives the time of nbgrader's own ``parse_utc``."""
    from nbgrader.utils import parse_utc

    found, findings = parse_timestamp(written)
    assert found == parse_utc(written.strip())
    assert found is not None
    assert findings == ()


@pytest.mark.parametrize(
    "written", ["yesterday, I think", "9" * 400, "x" * 10_000_000, "2015-13-45", "\0", "1 2 3"]
)
def test_a_time_that_cannot_be_read_is_said(written: str) -> None:
    """Where nbgrader stops the run, the copy is undated and the trainer told, in a few words."""
    found, findings = parse_timestamp(written)
    if found is None:
        assert [finding.key for finding in findings] == ["timestamp_unreadable"]
        assert len(str(findings[0].values["found"])) < 100
    else:
        assert findings == ()


def test_no_time_is_no_fault() -> None:
    """An empty file means that nobody knows, as in nbgrader."""
    assert parse_timestamp(" \n") == (None, ())


@pytest.mark.parametrize(
    ("came", "due", "extension", "seconds"),
    [
        (DUE + timedelta(seconds=90.5), DUE, None, 90.5),
        (DUE, DUE, None, 0.0),
        (DUE - timedelta(days=1), DUE, None, 0.0),
        (DUE + timedelta(hours=2), DUE, timedelta(hours=1), 3600.0),
        (DUE + timedelta(hours=1), DUE, timedelta(hours=2), 0.0),
        (None, DUE, None, 0.0),
        (DUE, None, timedelta(days=1), 0.0),
    ],
)
def test_lateness_counts_from_the_extended_date(came: Any, due: Any, extension: Any, seconds: float) -> None:
    """S30: seconds after due date and extension, never below 0, and 0 when either date is unknown."""
    assert late_seconds(came, due, extension) == seconds


@pytest.mark.parametrize(
    ("asked", "score", "seconds", "penalty"),
    [
        (None, 5.0, 9.0, None),
        (2.0, 5.0, 9.0, 2.0),
        (-1.0, 5.0, 9.0, 0.0),
        (9.0, 5.0, 9.0, 5.0),
        (2.0, 5.0, 0.0, None),
    ],
)
def test_a_penalty_stays_between_nothing_and_the_score(
    asked: float | None, score: float, seconds: float, penalty: float | None
) -> None:
    """S31: clipped to [0, score]; not asked for when the copy came in time."""
    assert late_penalty(lambda *_: asked, "s", score, seconds) == penalty


def test_an_unknown_rule_is_refused_by_name() -> None:
    """Only nbgrader's own methods have names."""
    with pytest.raises(AlliancesError, match="« half »"):
        late_method("half")


def test_the_final_score_is_never_negative() -> None:
    """S32: extra care of the export, where a manual mark fell after the penalty was set."""
    assert final_score(2.0, 3.0) == 0.0
    assert final_score(2.0, None) == 2.0


def test_the_score_that_a_penalty_takes_counts_persons_marks() -> None:
    """A kept manual mark and extra credit are part of the score; comments of answers are not."""
    verdicts = [
        CellVerdict("a", "grade", 3.0, 1.0, needs_manual=False),
        CellVerdict("b", "task", 3.0, None, needs_manual=True),
        CellVerdict("c", "solution", 0.0, None, needs_manual=False),
    ]
    assert notebook_score(verdicts) == 1.0
    assert notebook_score(verdicts, {"a": (2.0, 0.5), "b": (None, 4.0)}) == 2.5


@pytest.mark.grader
def test_lateness_and_penalty_are_nbgraders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Early, late and extended, under each method, seconds and penalty are those that nbgrader stores."""
    peer = Peer(tmp_path, monkeypatch)
    recorded = peer.make("ps", all_kinds())
    peer.book.update_or_create_assignment("ps", duedate=DUE)

    def run(notebook: Any) -> None:
        put_outputs(notebook, iter([[]] * 99))

    for method in LATE_METHODS:
        for came in (DUE - timedelta(hours=1), DUE, DUE + timedelta(seconds=61.25), DUE + timedelta(hours=5)):
            for extension in (None, timedelta(hours=1)):
                student = f"{method}-{came:%H%M%S}-{extension is None}"
                peer.book.update_or_create_student(student)
                peer.book.update_or_create_submission("ps", student)
                if extension is not None:
                    peer.book.grant_extension("ps", student, hours=1)
                stock = peer.grade(
                    recorded, recorded.release, run, timestamp=came, late=method, student=student
                )
                assert stock.stopped == ""
                seconds = late_seconds(came, DUE, extension)
                assert seconds == stock.late
                assert late_penalty(late_method(method), student, stock.score, seconds) == stock.penalty
