"""Roadmap: what is read, and what rules find."""

from __future__ import annotations

import random

import pytest
from artefact_examples import roadmap
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import area_texts
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.roadmap import Candidate, Frame, Horizon, from_dict, vocabulary
from alliances.logic.roadmap_findings import RULES, findings

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from(["a", "b", "m1", "m2", "m10"])
measures = st.fixed_dictionaries(
    {
        "id": ids,
        "horizon": st.sampled_from(["h1", "h2", "h3"]),
        "start": st.integers(0, 20),
        "duration": st.integers(1, 9),
    },
    optional={"depends": st.lists(ids, max_size=3), "load": st.floats(0, 9), "title": st.text(max_size=4)},
)
roadmaps = st.fixed_dictionaries(
    {"measures": st.lists(measures, max_size=5, unique_by=lambda one: one["id"])}
)
FRAME = Frame(
    capacity=(9.0,),
    horizon_capacity={"h1": 22.0},
    wanted={"h1": 2, "h2": 2, "h3": 2},
    cover={"t": "mobilité"},
    candidates=(
        Candidate("m1", "Tenir un guichet commun", ("t",), duration=4, load=3.0),
        Candidate("m7", "Prêter des vélos"),
    ),
    must_drop=True,
)


def found(data, frame=FRAME):
    return [(one.name, one.where) for one in findings(from_dict(data), frame)]


def sentences(data, frame=FRAME, lang="fr"):
    return [one.text(lang) for one in findings(from_dict(data), frame)]


def measure(data, name):
    return next(one for one in data["measures"] if one["id"] == name)


def test_a_sound_roadmap_has_no_finding():
    """Six measures in order, within windows and capacity, one candidate dropped: nothing to say."""
    assert found(roadmap()) == []
    assert found(roadmap(), None) == []


def test_the_dictionary_is_read_and_written_back():
    """What is read gives the same JSON again."""
    assert from_dict(roadmap()).to_dict() == roadmap()


def test_an_empty_roadmap_is_said_once():
    """Without a measure there is one finding, whatever the frame asks."""
    assert found({}) == [("empty", ())]
    assert found({"measures": None}, None) == [("empty", ())]


CHANGES = [
    (lambda d: measure(d, "m1").update(depends=["m6"]), [("circular", ("m1", "m3", "m5", "m6"))]),
    (lambda d: measure(d, "m6").update(depends=["m6"]), [("circular", ("m6",))]),
    (lambda d: measure(d, "m6").update(depends=["m5", "m9"]), [("unknown_dependency", ("m6", "m9"))]),
    (lambda d: measure(d, "m3").update(start=3), [("starts_too_early", ("m3", "m1"))]),
    (lambda d: measure(d, "m1").update(load=2), [("altered", ("m1",))]),
    (lambda d: measure(d, "m2").update(duration=8), [
        ("starts_too_early", ("m4", "m2")),
        ("ends_after_window", ("m2",)),
        ("over_horizon_capacity", ("m1", "m2")),
    ]),
    (lambda d: measure(d, "m2").update(start=0, duration=2), [("ends_before_window", ("m2",))]),
    (lambda d: measure(d, "m6").update(load=9.5), [("over_capacity", ("m6",))]),
    (lambda d: measure(d, "m2").update(horizon="h2"), [("too_few", ()), ("too_many", ("m2", "m3", "m4"))]),
    (lambda d: d["measures"].append({**measure(d, "m6"), "id": "m7", "start": 15, "duration": 1}), [
        ("too_many", ("m5", "m6", "m7")), ("nothing_dropped", ())
    ]),
    (lambda d: measure(d, "m1").update(id="m8") or measure(d, "m3").update(depends=["m8"]), [
        ("uncovered", ())
    ]),
    (lambda d: measure(d, "m2").update(title=""), [("no_title", ("m2",))]),
    (lambda d: measure(d, "m6").update(horizon=""), [("too_few", ()), ("no_horizon", ("m6",))]),
    (lambda d: measure(d, "m6").update(start=""), [("no_dates", ("m6",))]),
    (lambda d: measure(d, "m1").pop("duration"), [("no_dates", ("m1",))]),
    (lambda d: measure(d, "m2").update(load="2,0", start="2", duration=" 5 "), []),
    (lambda d: measure(d, "m2").update(load=None), [("no_load", ("m2",))]),
    (lambda d: measure(d, "m2").update(owner=" "), [("no_owner", ("m2",))]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_gives_its_finding_and_no_other(change, expected):
    """Each change of the sound roadmap is found, where it is, alone."""
    data = roadmap()
    change(data)
    assert found(data) == expected


@pytest.mark.parametrize(("change", "_expected"), CHANGES)
def test_the_order_of_measures_does_not_matter(change, _expected):
    """Shuffled measures give the same findings in the same order, with the same words."""
    data = roadmap()
    change(data)
    before = [(one, one.text()) for one in findings(from_dict(data), FRAME)]
    random.Random(3).shuffle(data["measures"])  # noqa: S311 - an order, no secret
    assert [(one, one.text()) for one in findings(from_dict(data), FRAME)] == before


def test_a_circle_is_said_in_the_order_of_time():
    """A circle goes from what comes first to what waits for it, and back to the first."""
    data = roadmap()
    measure(data, "m3").update(depends=["m4"])
    measure(data, "m4").update(depends=["m3"])
    sentence = sentences(data)[0]
    assert "Ouvrir l’atelier partagé" in sentence
    assert sentence.count(" → ") == 2


def test_the_start_that_would_do_is_said():
    """A start that is too early says the month from which it would hold."""
    data = roadmap()
    measure(data, "m3").update(start=3)
    assert "Faites-la commencer au mois 4 ou plus tard." in sentences(data)[0]
    assert "Let it start at month 4 or later." in sentences(data, lang="en")[0]


def test_full_months_are_named_with_the_worst():
    """Months over capacity are listed, and the fullest gives its load and capacity."""
    frame = Frame(capacity=(5.0, 5.0, 4.5, 4.5, 20.0))
    one = findings(from_dict(roadmap()), frame)[0]
    assert one.where == ("m1", "m2")
    assert one.values["months"] == (2, 3)
    assert "aux mois : 2 et 3. Le plus chargé, le mois 2, demande 5 pour 4,5 disponibles" in one.text("fr")


def test_a_dependency_of_the_sheet_holds_whatever_is_written():
    """A measure of the list waits for what its sheet says, even when the learner removed it."""
    frame = Frame(
        candidates=(Candidate("m3", "Atelier", depends=("m0",)), Candidate("m0", "Trouver un local"))
    )
    assert found(roadmap(), frame) == [("unknown_dependency", ("m3", "m0"))]
    assert "attend « Trouver un local », qui n’est pas dans le programme" in sentences(roadmap(), frame)[0]
    frame = Frame(candidates=(Candidate("m2", depends=("m1",)),))
    assert found(roadmap(), frame) == [("starts_too_early", ("m2", "m1"))]


def test_windows_are_the_frame_s():
    """Other windows move what is too early or too late; a horizon without window is not looked at."""
    frame = Frame(horizons=(Horizon("h1", 5, 6), Horizon("h2", 6, 12)))
    assert found(roadmap(), frame) == [("ends_before_window", ("m1",)), ("ends_after_window", ("m2",))]


def test_every_rule_has_its_sentence():
    """Each rule has a text in both languages."""
    texts = area_texts("roadmap")
    assert all(texts[rule]["fr"] and texts[rule]["en"] for rule in RULES)


def test_the_editor_gets_its_words():
    """Horizons come with their windows, fields with a label and a help, in each language."""
    assert vocabulary("fr")["horizons"][0] == {"id": "h1", "text": "Horizon 1 (3 à 9 mois)"}
    assert vocabulary("en")["horizons"][2]["text"] == "Horizon 3 (12 to 18 months)"
    assert [entry["id"] for entry in vocabulary("en")["fields"]] == [
        "title", "horizon", "start", "duration", "load", "depends", "owner"
    ]  # fmt: skip


GOOD = {"id": "a", "horizon": "h1", "start": 0, "duration": 1}
REFUSED = [
    ([], "feuille de route : une table de champs"),
    ({"measures": [{**GOOD, "horizon": "h4"}]}, "measures\\[1\\].horizon : une valeur de la liste"),
    ({"measures": [{**GOOD, "start": True}]}, "measures\\[1\\].start : un nombre .*oui ou non"),
    ({"measures": [{**GOOD, "duration": []}]}, "measures\\[1\\].duration : un nombre .*une liste"),
    ({"measures": [{**GOOD, "load": {}}]}, "measures\\[1\\].load : un nombre"),
    (
        {"measures": [{**GOOD, "id": f"m{n}", "depends": [f"m{k}" for k in range(50)]} for n in range(5)]},
        "250 dépendances, et 200 au plus",
    ),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_another_form_is_refused_with_its_place(data, message):
    """What is no roadmap is refused with a ValueError that says where."""
    with pytest.raises(ValueError, match=message):
        from_dict(data)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(("start", one) for one in (-1, 121, 1.5, float("nan"), 10**400, "bientôt", "2,5", "-1", "  ")),
        *(("duration", one) for one in (0, 121, float("inf"), "0", "trois mois", None)),
        *(("load", one) for one in (-1, float("inf"), float("nan"), 10**400, "-1", "beaucoup", "")),
    ],
)
def test_a_figure_that_cannot_be_used_costs_its_figure(name, typed):
    """A number typed badly or out of bounds is read as none, and found missing; the rest is kept."""
    data = roadmap()
    measure(data, "m6")[name] = typed
    assert found(data) == [("no_load" if name == "load" else "no_dates", ("m6",))]


def test_whole_numbers_may_come_as_decimals():
    """JavaScript writes 3.0 as 3, but other tools do not: both are month 3."""
    assert from_dict({"measures": [{**GOOD, "start": 3.0}]}).measures[0].start == 3


@given(json_values | roadmaps)
def test_anything_is_read_or_refused(data):
    """Whatever is sent, reading and finding give a result or a ValueError of the catalogue."""
    try:
        read = from_dict(data)
    except ArtefactError:
        return
    for one in findings(read, FRAME):
        assert one.text("fr")
        assert one.text("en")
