"""Real numbers in lessons and items trace back to facts; what is quoted from memory is never graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_course import write_tiny_course

from alliances.course.build import build
from alliances.course.check import check
from alliances.course.rules.figure_rules import figures
from alliances.course.tree import CourseTree

if TYPE_CHECKING:
    from pathlib import Path

FR, EN = "modules/tiny/lesson.fr.md", "modules/tiny/lesson.en.md"
ITEMS = "modules/tiny/items.yaml"

# A text, its language, and the numbers in it that claim something: value, and whether it is a percentage.
FIGURES = [
    ("En 2015, 67 % des associations.", "fr", [(67.0, True)]),
    ("In 2015, 67% of associations.", "en", [(67.0, True)]),
    ("Un budget de 113,3 milliards d'euros.", "fr", [(113.3e9, False)]),
    ("A budget of €113.3 billion.", "en", [(113.3e9, False)]),
    ("Pas plus de 1 200 000 partenariats.", "fr", [(1.2e6, False)]),
    ("Some 1,200,000 partnerships.", "en", [(1.2e6, False)]),
    ("Il paie 2 414 €.", "fr", [(2414.0, False)]),
    ("It pays €2,414.", "en", [(2414.0, False)]),
    ("Douze ans, 3 partenaires, 15 minutes, en 2020.", "fr", []),
    ("Twelve years, 3 partners, 15 minutes, in 2020.", "en", []),
    ("Le kappa vaut 0,43.", "fr", []),
]


@pytest.mark.parametrize(("prose", "language", "expected"), FIGURES)
def test_figures(prose, language, expected):
    """A number claims something when it has a unit or is written with thousands; a year does not."""
    assert [value for _, value in figures(prose, language)] == expected


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    """The miniature course."""
    return write_tiny_course(tmp_path)


def edit(tree, name, old, new):
    """Replace the first ``old`` of a file."""
    path = tree.root / name
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def told(tree):
    """Rule, level and number of each finding."""
    build(tree, pages=False)
    return [(found.rule, found.level, found.values.get("figure")) for found in check(tree)]


# What is added to the French lesson, and what is told of it.
LESSON = [
    ("On compte 45 678 associations.", [("figure_orphan", "warning", "45 678")]),
    ("Un quart, soit 23,4 %.", [("figure_orphan", "warning", "23,4 %")]),
    ("À Val-Commun, 45 678 personnes.", []),
    ("Cas inventé : 45 678 personnes.", []),
    ("Un intervalle à 95 %, et 100 % des copies.", []),
    ("`45 678` est du code.", []),
    ("L'accord est de $0{,}75$, donc 75 %.", []),
]


@pytest.mark.parametrize(("added", "expected"), LESSON)
def test_orphans_of_a_lesson(tree, added, expected):
    """A number that no fact backs is an orphan, unless it is invented, usual, or worked out in the lesson."""
    edit(tree, FR, "À la fin, vous", f"{added}\n\nÀ la fin, vous")
    found = [one for one in told(tree) if one[0].startswith("figure")]
    assert found == expected


def test_a_number_that_a_fact_has(tree):
    """A number that equals a fact is not cited by that alone: the lint names the fact."""
    edit(tree, FR, "À la fin, vous", "Environ 37 %.\n\nÀ la fin, vous")
    facts = tree.root / "datasets" / "facts.csv"
    header, first = facts.read_text(encoding="utf-8").splitlines()[:2]
    names = header.split(",")
    row = dict(zip(names, first.split(","), strict=True)) | {"fact_id": "thirty_seven", "value": "37"}
    row |= {"value_max": "", "unit": "percent"}
    with facts.open("a", encoding="utf-8") as file:
        file.write(",".join(row[name] for name in names) + "\n")
    build(tree, pages=False)
    (finding,) = [one for one in check(tree) if one.rule == "figure_uncited"]
    assert finding.values == {"figure": "37 %", "facts": "thirty_seven"}
    assert "citez-le par {fact} : thirty_seven" in finding.message("fr")
    assert "cite it by {fact}: thirty_seven" in finding.message("en")


def test_orphans_of_items(tree):
    """An item repeats a fact or says that it is invented; else its number is an orphan, told once."""
    bank = tree.root / ITEMS
    content = bank.read_text(encoding="utf-8")
    at = content.index("prompt:")
    end = content.index("\n", at)
    line = 'prompt: {fr: "Sur 45 678 associations ?", en: "Of 45,678 associations?"}'
    bank.write_text(content[:at] + line + content[end:], encoding="utf-8")
    assert [one for one in told(tree) if one[0].startswith("figure")] == [
        ("figure_orphan", "warning", "45 678")
    ]


def test_nothing_from_memory_is_graded(tree):
    """A figure quoted from memory in an exercise is an error."""
    facts = tree.root / "datasets" / "facts.csv"
    content = facts.read_text(encoding="utf-8").splitlines()
    names, row = content[0].split(","), content[1].split(",")
    row[names.index("status")] = "memory_unverified"
    facts.write_text("\n".join([content[0], ",".join(row), *content[2:]]) + "\n", encoding="utf-8")
    fact = row[names.index("fact_id")]
    code = tree.root / "exercises" / "tiny" / "code.fr.md"
    code.write_text(code.read_text(encoding="utf-8") + f"\nCitez {{fact}}`{fact}`.\n", encoding="utf-8")
    found = [one for one in told(tree) if one[0] == "memory_graded"]
    assert found == [("memory_graded", "error", None)]
