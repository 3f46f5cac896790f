"""``alliances check``: the author's lint. It reads every source, writes nothing, and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alliances.course.rules.course_rules import course_rules
from alliances.course.rules.exercise_rules import exercise_rules
from alliances.course.rules.figure_rules import figure_rules
from alliances.course.rules.hidden_test_rules import hidden_test_rules
from alliances.course.rules.inspected import Inspected
from alliances.course.rules.item_rules import item_rules
from alliances.course.rules.lesson_rules import lesson_rules
from alliances.course.rules.link_rules import link_rules
from alliances.course.rules.parity_rules import parity_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alliances.course.rules.finding import Finding
    from alliances.course.tree import CourseTree

__all__ = ["RULES", "check"]

# Each reads what it needs; adding a subject is adding a file and a line.
RULES: Final[tuple[Callable[[Inspected], Iterable[Finding]], ...]] = (
    course_rules,
    lesson_rules,
    parity_rules,
    item_rules,
    exercise_rules,
    hidden_test_rules,
    link_rules,
    figure_rules,
)


def check(tree: CourseTree) -> list[Finding]:
    """Proof-read a course.

    Returns:
        The findings, sorted by file and line; a source that cannot be read gives one finding, and what
        depends on it is left for the next run.
    """
    course = Inspected(tree)
    findings = [finding for rule in RULES for finding in rule(course)] + course.refusals
    unique: list[Finding] = []
    for finding in sorted(findings, key=lambda found: (found.place(tree.root), found.line, found.key)):
        if not unique or finding != unique[-1]:
            unique.append(finding)
    return sorted(unique, key=lambda found: (found.path.as_posix(), found.line))
