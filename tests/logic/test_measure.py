"""The sheet of a measure: what is read, and what rules find."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import LANGUAGES, area_texts
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.measure import LEVERS, Sheet, from_dict, vocabulary
from alliances.logic.measure_findings import RULES, findings, months_between
from alliances.logic.theory_of_change import Indicator

SOUND = {
    "id": "VC-03",
    "title": "Ouvrir une relève des conducteurs et conductrices",
    "problem": "En 2024, six bénévoles sur vingt ont arrêté : les soirées reposent sur les mêmes.",
    "target": "Les vingt bénévoles qui conduisent le soir dans les Trois-Gués",
    "partners": [
        {"name": "En route", "brings": "le planning et la formation"},
        {"name": "Sorvane Logistique", "brings": "quatre soirées de chauffeurs par mois"},
    ],
    "lever": "organise",
    "means": "30 jours de travail, 9 000 euros",
    "start": 3,
    "duration": 4,
    "indicator": {
        "unit": "départs de bénévoles par trimestre",
        "source": "registre d'En route",
        "baseline": "4 au trimestre dernier",
        "frequency": "chaque mois",
        "owner": "En route",
        "burden": "light",
    },
    "stop": {
        "threshold": "plus de 4 départs sur trois mois",
        "month": 6,
        "decider": "le comité des trajets du soir",
        "after": "le planning revient à En route, les soirées promises sont tenues",
    },
}


def changed(**fields):
    """Return the sound sheet with some fields replaced; ``indicator_x`` and ``stop_x`` go inside."""
    sheet = deepcopy(SOUND)
    for name, value in fields.items():
        outer, _, inner = name.partition("_")
        if outer in {"indicator", "stop"} and inner:
            sheet[outer][inner] = value
        else:
            sheet[name] = value
    return from_dict(sheet)


def test_a_sound_sheet_has_no_finding():
    """Rules find nothing in a sheet that says everything."""
    assert findings(from_dict(SOUND)) == ()


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"title": ""}, {"no_title"}),
        ({"problem": ""}, {"no_problem"}),
        ({"problem": "Il n'y a pas de relève des conducteurs et conductrices."}, {"problem_repeats_title"}),
        ({"target": ""}, {"no_target"}),
        ({"target": "Tous les habitants"}, {"target_everybody"}),
        ({"target": "the general public"}, {"target_everybody"}),
        ({"partners": [{"name": "En route", "brings": "tout"}]}, {"few_partners"}),
        (
            {"partners": [{"name": "En route", "brings": "x"}, {"name": "La ville", "brings": ""}]},
            {"partner_brings_nothing"},
        ),
        ({"lever": ""}, {"no_lever"}),
        ({"means": ""}, {"no_means"}),
        ({"start": None}, {"no_dates"}),
        ({"indicator": None}, {"no_indicator"}),
        ({"indicator": {}}, {"no_indicator"}),
        ({"indicator_baseline": ""}, {"no_baseline"}),
        ({"indicator_unit": "ateliers tenus"}, {"counts_activity"}),
        ({"indicator_unit": "meetings held"}, {"counts_activity"}),
        ({"indicator_owner": "Le campus"}, {"owner_not_partner"}),
        ({"stop": None}, {"no_stop"}),
        ({"stop_threshold": "si les résultats déçoivent"}, {"stop_without_figure"}),
        ({"stop_month": None}, {"stop_without_month"}),
        ({"stop_month": 12}, {"stop_outside"}),
        ({"stop_month": 3}, {"stop_outside"}),
        ({"indicator_frequency": "une fois par an"}, {"stop_before_reading"}),
        ({"stop_decider": ""}, {"stop_without_decider"}),
        ({"stop_after": ""}, {"stop_without_after"}),
    ],
)
def test_each_rule_finds_its_fault_alone(fields, rules):
    """One fault put into a sound sheet gives one finding."""
    assert {one.name for one in findings(changed(**fields))} == rules


def test_every_rule_has_a_sentence_in_both_languages():
    """Each rule can be said, and no sentence is left over."""
    texts = area_texts("measure")
    assert set(RULES) <= set(texts)
    words = {
        name
        for name in texts
        if not name.startswith(("field_", "lever_", "stop_t", "stop_m", "stop_d", "stop_a"))
    }
    assert words - {"artefact"} == set(RULES)
    for lang in LANGUAGES:
        for one in findings(Sheet("m1")):
            assert "{" not in one.text(lang)


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("chaque mois", 1),
        ("every quarter", 3),
        ("deux fois par an", 6),
        ("une fois par an", 12),
        ("weekly", 0.25),
        ("souvent", None),
        ("", None),
    ],
)
def test_how_often_is_read_from_words(words, months):
    """The months between two readings; None where the words do not say."""
    assert months_between(Indicator(frequency=words)) == months
    assert months_between(None) is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a table of fields is expected"),
        ({}, "an id of 1 to 60 characters"),
        ({"id": "m1", "lever": "magic"}, "a value from the list is expected"),
        ({"id": "m1", "partners": "La ville"}, "a list is expected"),
        ({"id": "m1", "stop": "jamais"}, "a table of fields is expected"),
        ({"id": "m1", "partners": [{"name": "x"}] * 21}, "21 entries, and at most 20"),
    ],
)
def test_what_is_no_sheet_is_refused(data, message, monkeypatch):
    """Another form is refused, with the place and what to do."""
    monkeypatch.setenv("ALLIANCES_LANG", "en")
    with pytest.raises(ArtefactError) as refused:
        from_dict(data)
    assert message in refused.value.in_language("en")


def test_the_vocabulary_names_every_field():
    """Each field, each part of the stop rule and each lever has its words."""
    words = vocabulary("en")
    assert [entry["id"] for entry in words["levers"]] == list(LEVERS)
    assert all(entry["text"] and entry["help"] for name in ("fields", "stop_fields") for entry in words[name])


texts = st.text(max_size=40)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=True) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "title",
    "problem",
    "target",
    "partners",
    "lever",
    "means",
    "start",
    "duration",
    "indicator",
    "stop",
)


@given(st.dictionaries(st.sampled_from(FIELDS), anything))
def test_any_json_is_read_or_refused(fields):
    """Reading is total: a sheet whose rules can be said, and that is read again the same, or a message."""
    try:
        sheet = from_dict({"id": "m1", **fields})
    except ArtefactError:
        return
    assert from_dict(sheet.to_dict()) == sheet
    assert all(one.text(lang) for one in findings(sheet) for lang in LANGUAGES)
