"""A cohort draws one whole file of an exercise: what belongs together stays together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from drawn_course import assignment, questions

from alliances.course.cohort import Cohort, draw_cohort
from alliances.course.cohort_chance import chance_of
from alliances.course.cohort_choice import one_of
from alliances.course.tree import find_tree
from alliances.errors import SourceError
from alliances.i18n import LANGUAGES
from alliances.questions.answers import DOORS
from alliances.questions.source import Field

PUBLISHED = find_tree()
SLUG = "case_studies"
SEEDS = [f"a seed for cohort {number}" for number in range(12)]
TWO = [
    {"who": "town", "words": {"fr": "ville", "en": "town"}},
    {"who": "firm", "words": {"fr": "a", "en": "b"}},
]


def choice(entries: Any) -> Field:
    """Return the place of a generator in a file."""
    return Field({"make": "one_of", "choose": entries}, Path("cohort.yaml"), ("figures", "file"), {})


def test_the_fields_of_one_entry_come_together() -> None:
    """Every seed draws an entry as it is written, and both are drawn by some seed."""
    drawn = [one_of(chance_of(seed), choice(TWO), PUBLISHED) for seed in SEEDS]
    assert all(entry in TWO for entry in drawn)
    assert all(entry in drawn for entry in TWO)
    assert drawn == [one_of(chance_of(seed), choice(TWO), PUBLISHED) for seed in SEEDS]


@pytest.mark.parametrize(
    "entries",
    [TWO[:1], [TWO[0], {"who": "firm"}], [TWO[0], {**TWO[1], "more": 1}], "town", [TWO[0], "firm"]],
)
def test_entries_that_do_not_match_are_refused(entries: Any) -> None:
    """Fewer than two entries, a key missing or added, or no mapping is named with its place."""
    with pytest.raises(SourceError, match=r"cohort\.yaml"):
        one_of(chance_of("a seed of one"), choice(entries), PUBLISHED)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_a_file_is_drawn_as_a_whole(tmp_path: Path, seed: str) -> None:
    """The four documents are of one case, on the published scale, and both doors can be built from them."""
    drawn = draw_cohort(PUBLISHED, Cohort(seed), tmp_path).tree
    asked, before = questions(drawn, SLUG), questions(PUBLISHED, SLUG)
    files = {"snc": "Solidarités", "vibrant_communities": "Vibrant", "simplon_microsoft": "Simplon"}
    assert files[asked["c03"]["case"]] in asked["c01"]["case"]["title"]["fr"]
    for name, question in asked.items():
        kept = ("id", "type", "outcome", "points")
        assert {key: question.get(key) for key in kept} == {key: before[name].get(key) for key in kept}
    for door in DOORS:
        for language in LANGUAGES:
            assignment(drawn, SLUG, door, language)
