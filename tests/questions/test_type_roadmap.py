"""Roadmap as a question: frame, repair, choice among candidates."""

from __future__ import annotations

import pytest
from artefact_examples import both, question, questions_of, roadmap

from alliances.errors import SourceError
from alliances.questions.compiling import public
from alliances.questions.kind import in_language_of
from alliances.questions.marking import mark
from alliances.questions.registry import type_of
from alliances.questions.types.roadmap import frame_of

CHECKS = ["starts_too_early", "over_capacity", "ends_after_window", "no_owner"]
CANDIDATES = [
    {"id": one["id"], "title": {"fr": one["title"], "en": one["title"]}, "load": one["load"], "tags": ["t"]}
    for one in roadmap()["measures"]
]
CANDIDATES += [{"id": "m7", "title": {"fr": "Prêter des vélos", "en": "Lend bicycles"}, "tags": ["v"]}]


def measure(data, name):
    return next(one for one in data["measures"] if one["id"] == name)


def answer(data):
    return in_language_of(both(data), "fr")


def faulty():
    """Return the sound roadmap with four findings."""
    data = roadmap()
    measure(data, "m3")["start"] = 3
    measure(data, "m5")["load"] = 7
    measure(data, "m2")["duration"] = 8
    measure(data, "m4")["start"] = 10
    measure(data, "m4")["duration"] = 2
    measure(data, "m5")["start"] = 12
    measure(data, "m6")["start"] = 15
    measure(data, "m6")["duration"] = 3
    measure(data, "m1")["owner"] = ""
    return data


@pytest.fixture(scope="module")
def repair(tmp_path_factory):
    source = question("roadmap", CHECKS, roadmap(), start=faulty(), keep=["m1", "m6"], capacity=6)
    return questions_of(tmp_path_factory.mktemp("repair"), source)


@pytest.fixture(scope="module")
def choose(tmp_path_factory):
    source = question(
        "roadmap", ["too_few", "over_capacity", "altered", "nothing_dropped"], roadmap(),
        capacity=[6, 6, 6, 6, 6.5], wanted={"h1": 2, "h2": 2, "h3": 2}, windows={"h1": [3, 10]},
        candidates=CANDIDATES, must_drop=True, cover={"t": {"fr": "emploi", "en": "jobs"}},
        unit={"fr": "jours", "en": "days"},
    )  # fmt: skip
    return questions_of(tmp_path_factory.mktemp("choose"), source)


def test_each_fault_mended_earns_its_share(repair):
    """Four findings of one point, mended one after the other."""
    data = faulty()
    points = []
    for name, field, value in (
        ("m1", "owner", "La Passerelle"),
        ("m3", "start", 4),
        ("m5", "load", 3),
        ("m2", "duration", 5),
    ):
        measure(data, name)[field] = value
        points.append(mark(repair["fr"], answer(data)).points)
    assert points == [1, 2, 3, 4]


def test_what_remains_is_said_with_figures(repair):
    """Months over capacity and starts are said with the figures that would do."""
    data = faulty()
    measure(data, "m1")["owner"] = "La Passerelle"
    reason = mark(repair["fr"], answer(data)).reason.replace("\u202f", " ").replace("\u00a0", " ")
    assert reason.startswith("Contrôles passés : 1 sur 4.\nÀ reprendre : « Ouvrir l’atelier partagé »")
    assert "Faites-la commencer au mois 4 ou plus tard." in reason
    assert "après sa période (3 à 9 mois)" in reason


def test_removing_dependencies_does_not_schedule_them(repair):
    """Without any dependency the check on starts has nothing to apply to."""
    data = faulty()
    for one in data["measures"]:
        one["depends"] = []
    result = mark(repair["fr"], answer(data))
    assert result.points == 0
    assert "chaque mesure après ce qu’elle attend" in result.reason


def test_a_choice_is_weighed_by_what_was_asked_for(choose):
    """Three measures of the six asked for earn half of what they pass."""
    data = {"measures": roadmap()["measures"][:3]}
    data["measures"][2]["depends"] = []
    result = mark(choose["fr"], answer(data))
    # « Enough measures » fails, three checks of four pass, half is there.
    assert result.points == 1.5


def test_a_sheet_cannot_be_made_lighter(choose):
    """Changing the load of a candidate is found, whatever it does to the months."""
    data = roadmap()
    measure(data, "m3")["load"] = 1
    result = mark(choose["fr"], answer(data))
    assert result.points == 3
    assert "n’a plus les chiffres de sa fiche" in result.reason


def test_keeping_everything_is_no_choice(choose):
    """When every candidate is kept, the rule says that nothing was dropped."""
    data = roadmap()
    data["measures"].append({**measure(data, "m6"), "id": "m7", "title": "Prêter des vélos", "load": 0.1})
    result = mark(choose["fr"], answer(data))
    assert "Un plan où rien n’est écarté n’a pas choisi" in result.reason
    assert result.points == 3


def test_the_frame_is_read_from_the_question(choose, repair):
    """Capacity by month, windows, counts and candidates reach the rules in the question's language."""
    frame = frame_of(choose["fr"])
    assert (frame.capacity_of(0), frame.capacity_of(4), frame.capacity_of(40)) == (6, 6.5, 6.5)
    assert [(one.low, one.high) for one in frame.horizons] == [(3, 10), (6, 12), (12, 18)]
    assert frame.cover == {"t": "emploi"}
    assert frame_of(repair["fr"]).capacity_of(7) == 6
    assert frame_of({"capacity": {"h1": 20}}).horizon_capacity == {"h1": 20.0}


def test_the_editor_gets_its_frame(choose):
    """The public question has horizons with windows, fields, capacity, candidates and the unit of load."""
    shown = public(choose["en"])
    assert shown["horizons"][0] == {"id": "h1", "text": "Horizon 1 (3 to 10 months)", "low": 3, "high": 10}
    assert shown["fields"][0]["id"] == "title"
    assert shown["capacity"] == [6, 6, 6, 6, 6.5]
    assert shown["wanted"] == {"h1": 2, "h2": 2, "h3": 2}
    assert shown["candidates"][-1]["title"] == "Lend bicycles"
    assert shown["unit"] == "days"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capacity": "beaucoup"}, "items\\[0\\].capacity"),
        ({"capacity": {"h4": 3}}, "items\\[0\\].capacity.h4"),
        ({"capacity": []}, "items\\[0\\].capacity"),
        ({"wanted": {"h1": 1.5}}, "items\\[0\\].wanted.h1"),
        ({"windows": {"h1": [9, 3]}}, "items\\[0\\].windows.h1 » : une période est une liste de deux mois"),
        ({"windows": {"h1": [9]}}, "items\\[0\\].windows.h1"),
        ({"unit": "jours"}, "items\\[0\\].unit"),
        ({"must_drop": "oui"}, "items\\[0\\].must_drop"),
        ({"cover": {"t": "emploi"}}, "items\\[0\\].cover.t"),
        ({"candidates": [{"id": "a"}]}, "items\\[0\\].candidates\\[0\\]"),
        ({"candidates": [CANDIDATES[0], CANDIDATES[0]]}, "sert déjà à la ligne"),
        ({"candidates": [{**CANDIDATES[0], "depends": ["zz"]}]}, "candidates\\[0\\].depends\\[0\\]"),
        ({"checks": ["over_capacity"]}, "demande aussi le champ « capacity »"),
        ({"checks": ["altered"]}, "demande aussi le champ « candidates »"),
        (
            {
                "model_answer": {
                    "measures": [{"id": "a", "title": "", "horizon": "h9", "start": 1, "duration": 1}]
                }
            },
            "measures\\[0\\].horizon.*h9.*Valeurs possibles",
        ),
    ],
)
def test_a_source_that_is_off_is_refused(tmp_path, change, message):
    """Each field of the frame is checked, and each check has what it compares with."""
    source = {**question("roadmap", ["no_owner"], roadmap()), **change}
    with pytest.raises(SourceError, match=message) as caught:
        questions_of(tmp_path, source)
    assert caught.value.line > 0


def test_a_roadmap_is_put_into_words(repair, choose):
    """Measures are said by horizon with months, load, what they wait for and owner."""
    one = repair["fr"]
    lines = type_of("roadmap").said(one, one["model_answer"], "fr")
    assert [name for name, _ in lines] == [f"Horizon {n}" for n in (1, 1, 2, 2, 3, 3)]
    assert lines[2][1].replace("\u202f", " ").replace("\u00a0", " ") == (
        "Ouvrir l’atelier partagé ; début au mois 4, durée en mois : 6 ; charge : 4 par mois ; "
        "attend : Tenir un guichet commun ; La Passerelle"
    )
    titles = [title for title, _ in type_of("roadmap").codes(choose["fr"], "fr")]
    assert titles == ["**Horizons** (`horizon`)", "**Mesures proposées** (`id`)"]
