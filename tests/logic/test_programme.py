"""A programme as a whole: coverage, who carries it, coherence findings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import LANGUAGES, area_texts
from alliances.logic.programme import RULES, Link, coverage, findings, load_by_owner, revised
from alliances.logic.roadmap import Measure, Roadmap

FRAGILITIES = {"link": "Le lien", "work": "L’emploi"}
PARTNERS = {"town": "La ville", "campus": "Le campus", "mobility": "En route"}
LINKS = {
    "m1": Link(("link",), ("town",)),
    "m2": Link(("work",), ("campus", "mobility")),
    "m3": Link(("link", "work"), ("mobility",)),
}
SOUND = Roadmap(
    (
        Measure("m1", "Nommer", "h1", 3, 3, 5, (), "town"),
        Measure("m2", "Former", "h2", 6, 3, 5, ("m1",), "campus"),
        Measure("m3", "Décider", "h3", 12, 3, 5, ("m2",), "mobility"),
    )
)


def _rules(roadmap, links=None):
    return [one.name for one in findings(roadmap, LINKS if links is None else links, FRAGILITIES, PARTNERS)]


def _with(name, **fields):
    return Roadmap(tuple(replace(one, **fields) if one.id == name else one for one in SOUND.measures))


def test_a_sound_programme_has_no_finding():
    """Covered twice, shared out, in order, with a margin: nothing to say."""
    assert _rules(SOUND) == []
    assert _rules(Roadmap()) == []


@pytest.mark.parametrize(
    ("roadmap", "links", "rules"),
    [
        (SOUND, {}, ["fragility_uncovered", "fragility_uncovered"]),
        (SOUND, LINKS | {"m3": Link(("work",), ("mobility",))}, ["fragility_once"]),
        (_with("m2", owner="town"), LINKS | {"m2": Link(("work",))}, ["partner_unused", "owner_overloaded"]),
        (_with("m2", horizon="h1", start=5), LINKS, ["horizon_empty"]),
        (_with("m2", load=30.0), LINKS, ["owner_overloaded"]),
        (_with("m3", start=15), LINKS, ["no_margin"]),
        (_with("m3", depends=()), LINKS, ["unprepared"]),
    ],
)
def test_each_fault_is_found(roadmap, links, rules):
    """One change gives the findings that belong to it."""
    assert _rules(roadmap, links) == rules


def test_an_early_measure_cannot_wait_for_a_later_horizon():
    """A measure of the first horizon that waits for one of the third is an error."""
    turned = Roadmap(
        (
            replace(SOUND.measures[0], depends=("m3",)),
            replace(SOUND.measures[1], depends=()),
            replace(SOUND.measures[2], depends=("m2",)),
        )
    )
    assert "late_start_early_effect" in _rules(turned)


def test_a_measure_that_four_wait_for_is_a_hub():
    """Four measures behind one, directly or not."""
    chain = tuple(
        Measure(
            f"m{n}",
            f"M{n}",
            "h1",
            n,
            1,
            1,
            (f"m{n - 1}",) if n else (),
            ("town", "campus", "mobility")[n % 3],
        )
        for n in range(5)
    )
    found = [one for one in findings(Roadmap(chain), {}, {}, PARTNERS) if one.name == "hub"]
    assert [one.where for one in found] == [("m0",)]
    assert "4" in found[0].text("fr")


def test_every_rule_can_be_said():
    """Each rule has its sentence in both languages."""
    assert set(RULES) <= set(area_texts("programme"))
    for lang in LANGUAGES:
        assert all("{" not in one.text(lang) for one in findings(SOUND, {}, FRAGILITIES, PARTNERS))


def test_load_by_owner_is_sorted():
    """The heaviest first, equals by name."""
    assert list(load_by_owner(_with("m3", load=9.0))) == ["mobility", "campus", "town"]


@given(st.permutations(SOUND.measures))
def test_the_order_of_measures_does_not_matter(measures):
    """Findings and counts are the same however the measures were written."""
    mixed = Roadmap(tuple(measures))
    assert findings(mixed, {}, FRAGILITIES, PARTNERS) == findings(SOUND, {}, FRAGILITIES, PARTNERS)
    args = (LINKS, list(FRAGILITIES), list(PARTNERS))
    assert coverage(mixed, *args) == coverage(SOUND, *args)
    assert sum(coverage(SOUND, *args).horizons.values()) == 3


def test_a_revision_drops_moves_and_hands_over():
    """Measures go, start elsewhere or change hands; the others stay as they were; a name must exist."""
    changed = revised(SOUND, drop=["m1"], start={"m2": 4}, owner={"m3": "campus"})
    assert [(one.id, one.start, one.owner) for one in changed.measures] == [
        ("m2", 4, "campus"),
        ("m3", 12, "campus"),
    ]
    assert revised(SOUND) == SOUND
    with pytest.raises(KeyError, match="m9"):
        revised(SOUND, drop=["m9"])
