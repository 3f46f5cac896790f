"""Every hostile copy, graded in strict mode: what it earns, what is told about it, what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from escape_corpus import HOSTILE, Attack
from escape_corpus.attack import ALL
from escape_course import AUTOMATIC, OUTSIDE, as_bytes, honest
from escape_grading import Grading, graded_in

from alliances.i18n import LANGUAGES, text
from alliances_grader import box
from alliances_grader.box_check import reason_text, try_level

pytestmark = pytest.mark.grader

# The box is attacked at both levels by test_box_attacks.py; what aims at the engine is tried at both here.
BOTH = [
    attack
    for attack in HOSTILE
    if attack.number[0] == "A" or attack.number in {"C24", "C26", "C27", "C28", "C29"}
]
CASES = [("found", attack) for attack in HOSTILE] + [("landlock", attack) for attack in BOTH]
HONEST = {"escape.ipynb": as_bytes(honest())}


@pytest.fixture(scope="module")
def at_level() -> Iterator[Callable[[str], Grading]]:
    """Return a worker for a level: the one that this machine gives, or the other; a missing one is named."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLIANCES_TEST_TOKEN", "alliances-secret-word")
        yield cache(lambda wanted: _open(stack, wanted))


def _open(stack: ExitStack, wanted: str) -> Grading:
    found = box.level().name
    if found == "none":
        pytest.skip("no sandbox holds: alliances sandbox check")
    if wanted == found:
        pytest.skip("tried already: it is the level that this machine gives")
    level = found if wanted == "found" else "landlock"
    report = try_level(level)
    if not report.holds:
        pytest.skip(f"{level}: " + " ".join(reason_text(reason, "en") for reason in report.reasons))
    made = stack.enter_context(graded_in(level))
    first = made.copy(HONEST)
    assert (first.points, first.refused) == (ALL, "")
    made.usual = len(processes_of(made.box))
    return made


@pytest.mark.parametrize(("level", "attack"), CASES, ids=[f"{level}-{attack}" for level, attack in CASES])
def test_a_hostile_copy(at_level: Callable[[str], Grading], level: str, attack: Attack) -> None:
    """Points deserved or flagged, nothing read, nothing left, the trainer told, the next copy graded."""
    grading = at_level(level)
    result = grading.attack(attack)
    if attack.again:
        result = grading.attack(attack)
    assert result.refused == attack.refused
    if not attack.refused:
        for name in AUTOMATIC:
            got, deserved = result.points.get(name, 0.0), attack.earns.get(name, 0.0)
            if got > deserved:
                assert name not in OUTSIDE, f"{name} is judged outside and gave {got}"
                assert result.about(name), f"{name} gave {got} and nothing is said of it"
            else:
                assert got == deserved
        assert result.ended in attack.ended
        for group in attack.findings:
            assert set(group) & result.keys, result.findings
        for finding in result.findings:
            for language in LANGUAGES:
                assert text(f"grading_findings.{finding.key}", language, **dict(finding.values))
        cells = result.cells
        assert (cells["plot"].auto_score, cells["why"].auto_score) in {
            (None, None),
            (0.0, 0.0),
            (0.0, None),
            (None, 0.0),
        }
    assert [line for line in result.printed if line.startswith(("FOUND", "THROUGH"))] == []
    after = grading.copy(HONEST)
    assert (after.points, after.keys, after.ended) == (ALL, set(), "")
    assert left_behind(grading) == []


def left_behind(grading: Grading) -> list[str]:
    """Return what a copy left: in the box's tree, in the folders for temporary files, among its processes."""
    own = grading.box
    found = [str(path) for path in own.root.glob("copy-*")]
    for place in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108 - where a copy would leave something
        found += [
            str(path) for path in Path(place).glob("*") if path.name in {"given.txt", "message-of-mallory"}
        ]
    # The keeper of the box and its warm parent stay.
    return found + [str(pid) for pid in processes_of(own)][grading.usual :]


def processes_of(own: box.Box) -> list[int]:
    """Return the processes of the box's own uid, zombies left out; none when it has no uid of its own."""
    found = []
    for entry in Path("/proc").iterdir() if own.uid is not None else ():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if entry.stat().st_uid == own.uid and state != "Z":
                    found.append(int(entry.name))
            except OSError:
                continue
    return sorted(found)
