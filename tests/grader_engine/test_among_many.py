"""A hostile copy among many good ones: all good copies keep their marks, and the trainer reads of one."""

from __future__ import annotations

import pytest
from among_many import attacks_by_class, chosen, one_among
from escape_corpus import HOSTILE, Attack

from alliances_grader.box import level

pytestmark = pytest.mark.grader

COUNT = 60
CHOSEN = chosen()


def test_every_class_of_attacks_has_an_example() -> None:
    """Each letter of the corpus has attacks that can be run in the middle of a class."""
    assert CHOSEN.keys() == {attack.number[0] for attack in HOSTILE}
    assert sum(map(len, attacks_by_class().values())) > len(HOSTILE) / 4


@pytest.mark.parametrize("attack", CHOSEN.values(), ids=str)
def test_one_hostile_copy_costs_no_other_its_marks(attack: Attack) -> None:
    """Sixty good copies get all their points and nothing is said of them; the hostile one is reported."""
    found = level()
    if found.name == "none":
        pytest.fail("no sandbox holds on this machine: alliances sandbox check says what is missing")
    came = one_among(attack, COUNT, found.name)
    assert came.wrong == ()
    assert came.right == COUNT
    assert came.points == {}
    groups = [set(group) for group in attack.findings]
    assert came.report or not (groups or attack.refused)
    assert attack.refused in {"", *came.report}
    assert all(group & set(came.report) for group in groups)
