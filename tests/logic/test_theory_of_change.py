"""Theory of change: what is read, what rules find, and what they say."""

from __future__ import annotations

import random

import pytest
from artefact_examples import indicator, link, theory
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import area_texts
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.findings import SEVERITIES
from alliances.logic.theory_of_change import INDICATOR_FIELDS, KINDS, from_dict, vocabulary
from alliances.logic.theory_of_change_findings import RULES, findings

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from(["a", "b", "c", "n1", "n10", ""])
nodes = st.fixed_dictionaries(
    {"id": ids, "kind": st.sampled_from(KINDS), "text": st.text(max_size=5)},
    optional={"indicator": st.fixed_dictionaries({}, optional={"unit": json_values, "burden": st.text()})},
)
links = st.fixed_dictionaries({"from": ids, "to": ids}, optional={"because": st.text(max_size=3)})
theories = st.fixed_dictionaries(
    {"nodes": st.lists(nodes | json_values, max_size=5), "links": st.lists(links, max_size=6)}
)


def found(data, **options):
    return [(one.name, one.where) for one in findings(from_dict(data), **options)]


def node(data, name):
    return next(one for one in data["nodes"] if one["id"] == name)


def without_node(data, name):
    data["nodes"] = [one for one in data["nodes"] if one["id"] != name]
    data["links"] = [one for one in data["links"] if name not in (one["from"], one["to"])]


def test_a_sound_theory_has_no_finding():
    """A chain of six kinds, with reasons and full indicators, leaves the rules nothing to say."""
    assert found(theory()) == []


def test_the_dictionary_is_read_and_written_back():
    """What is read gives the same JSON again."""
    assert from_dict(theory()).to_dict() == theory()


def test_nothing_misses_six_kinds():
    """An empty theory misses each kind, in the order of the chain, and nothing else."""
    for empty in ({}, {"nodes": None, "links": []}):
        assert [one.name for one in findings(from_dict(empty))] == ["missing_kind"] * 6
    kinds = [one.values["kind"].key for one in findings(from_dict({}))]
    assert kinds == [f"theory_of_change.kind_{kind}" for kind in KINDS]


def test_only_the_kinds_asked_for_are_missed():
    """A question may ask for fewer kinds."""
    assert [one.name for one in findings(from_dict({}), kinds=("need", "impact"))] == ["missing_kind"] * 2


def _kindless(data, kind, bridge):
    name = next(one["id"] for one in data["nodes"] if one["kind"] == kind)
    without_node(data, name)
    data["links"] += bridge


def _drop_link(data, start, end):
    data["links"] = [one for one in data["links"] if (one["from"], one["to"]) != (start, end)]


CHANGES = [
    (lambda d: _kindless(d, "need", []), [("missing_kind", ())]),
    (lambda d: _kindless(d, "resource", [link("n1", "n3")]), [("missing_kind", ())]),
    (lambda d: _kindless(d, "output", [link("n3", "n5")]), [("missing_kind", ())]),
    (lambda d: _kindless(d, "impact", []), [("missing_kind", ())]),
    (lambda d: node(d, "n3").update(text="  "), [("no_text", ("n3",))]),
    (lambda d: d["nodes"].append({"id": "n7", "kind": "activity", "text": "x"}), [("unlinked", ("n7",))]),
    (lambda d: d["links"].append(link("n6", "zz")), [("unknown_node", ("n6", "zz"))]),
    (lambda d: d["links"].append({"from": "n6", "to": ""}), [("unknown_node", ("n6", ""))]),
    (lambda d: d["links"].append(link("zz", "yy")), [("unknown_node", ("zz", "yy"))]),
    (lambda d: d["links"].append(link("n3", "n4", "x")), [("repeated_link", ("n3", "n4"))]),
    (
        lambda d: d["links"].append(link("n5", "n3")),
        [("circular", ("n3", "n4", "n5")), ("backward", ("n5", "n3"))],
    ),
    (lambda d: d["links"].append(link("n5", "n5")), [("circular", ("n5",))]),
    (lambda d: d["links"].append(link("n3", "n6")), [("straight_to_impact", ("n3", "n6"))]),
    (lambda d: d["links"].append(link("n2", "n6")), [("straight_to_impact", ("n2", "n6"))]),
    (lambda d: d["links"].append(link("n2", "n5")), [("heroic_step", ("n2", "n5"))]),
    (lambda d: d["links"].append(link("n1", "n4")), [("heroic_step", ("n1", "n4"))]),
    (lambda d: d["links"].append(link("n3", "n5")), []),
    (lambda d: d["links"][2].update(because=" "), [("no_because", ("n3", "n4"))]),
    (lambda d: node(d, "n5").update(indicator=None), [("unmeasured", ("n5",))]),
    (
        lambda d: node(d, "n6").update(indicator=dict.fromkeys(INDICATOR_FIELDS, "")),
        [("unmeasured", ("n6",))],
    ),
    (
        lambda d: (
            node(d, "n3").update(indicator=indicator()),
            node(d, "n5").update(indicator=None),
            node(d, "n6").update(indicator=None),
        ),
        [("unmeasured", ("n5",)), ("unmeasured", ("n6",)), ("activities_only", ("n3",))],
    ),
    *(
        (lambda d, name=name: node(d, "n5")["indicator"].update({name: ""}), [(f"no_{name}", ("n5",))])
        for name in INDICATOR_FIELDS
    ),
    (lambda d: node(d, "n5")["indicator"].update(baseline=0), []),
    (lambda d: node(d, "n5")["indicator"].pop("owner"), [("no_owner", ("n5",))]),
    (
        lambda d: [node(d, one).update(indicator=indicator(burden="heavy")) for one in ("n5", "n6")],
        [("heavy_owner", ("n5", "n6"))],
    ),
    (
        lambda d: [
            node(d, one).update(indicator=indicator(burden=word, owner=owner))
            for one, word, owner in (("n4", "Lourde", "la  passerelle"), ("n5", "heavy", "La Passerelle"))
        ],
        [("heavy_owner", ("n4", "n5"))],
    ),
    (
        lambda d: _drop_link(d, "n4", "n5"),
        [("not_reached", ("n5",)), ("leads_nowhere", ("n3",))],
    ),
    (lambda d: _drop_link(d, "n1", "n2"), [("unlinked", ("n1",))]),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_gives_its_finding_and_no_other(change, expected):
    """Each change of the sound theory is found, where it is, alone."""
    data = theory()
    change(data)
    assert found(data) == expected


@pytest.mark.parametrize(("change", "_expected"), CHANGES)
def test_the_order_of_elements_does_not_matter(change, _expected):
    """Shuffled elements and links give the same findings in the same order, with the same words."""
    data = theory()
    change(data)
    before = [(one, one.text()) for one in findings(from_dict(data))]
    random.Random(17).shuffle(data["nodes"])  # noqa: S311 - an order, no secret
    random.Random(18).shuffle(data["links"])  # noqa: S311 - an order, no secret
    assert [(one, one.text()) for one in findings(from_dict(data))] == before


def test_a_circle_is_said_step_by_step():
    """The sentence of a circle names its elements in the direction of the links."""
    data = theory()
    data["links"].append(link("n5", "n3"))
    circular = findings(from_dict(data))[0]
    assert "Semaines de découverte en atelier → Soixante semaines" in circular.text("fr")
    assert circular.text("fr").count("Semaines de découverte en atelier") == 2
    assert circular.severity == "error"
    assert "comes back on itself" in circular.text("en")


def test_skipped_steps_are_named_in_the_language_of_the_sentence():
    """A heroic step says which kinds it skips, in each language."""
    data = theory()
    data["links"].append(link("n1", "n4"))
    step = findings(from_dict(data))[0]
    assert "(Ressource et Activité)" in step.text("fr")
    assert "(Resource and Activity)" in step.text("en")


def test_every_rule_has_its_sentence():
    """Each rule has a text in both languages that opens what it says and says what to do."""
    texts = area_texts("theory_of_change")
    for rule in RULES:
        assert texts[rule]["fr"].count(".") + texts[rule]["fr"].count("{help}") >= 1, rule
        assert texts[rule]["en"], rule


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_editor_gets_its_words(lang):
    """Kinds, fields and burdens come with a label in each language, in their order."""
    words = vocabulary(lang)
    assert [entry["id"] for entry in words["kinds"]] == list(KINDS)
    assert [entry["id"] for entry in words["indicator_fields"]] == list(INDICATOR_FIELDS)
    assert all(entry["text"] and entry["help"] for entry in words["kinds"] + words["indicator_fields"])
    assert [entry["id"] for entry in words["burdens"]] == ["light", "moderate", "heavy"]


REFUSED = [
    (None, "théorie du changement : une table de champs est attendue \\(trouvé : rien\\)"),
    ([], "trouvé : une liste"),
    ({"nodes": 3}, "nodes : une liste est attendue \\(trouvé : un nombre\\)"),
    ({"nodes": [1]}, "nodes\\[1\\] : une table de champs"),
    ({"nodes": [{"id": "", "kind": "need"}]}, "nodes\\[1\\].id : un identifiant de 1 à 60"),
    (
        {"nodes": [{"id": "a", "kind": "wish"}]},
        "nodes\\[1\\].kind : une valeur de la liste est attendue \\(need",
    ),
    ({"nodes": [{"id": "a", "kind": ["need"]}]}, "nodes\\[1\\].kind"),
    ({"nodes": [{"id": "a", "kind": "need", "text": True}]}, "nodes\\[1\\].text : un texte .*oui ou non"),
    ({"nodes": [{"id": "a", "kind": "need", "text": "x" * 2001}]}, "2001 caractères, et 2000 au plus"),
    ({"nodes": [{"id": "a", "kind": "need"}] * 2}, "deux éléments portent le même identifiant"),
    ({"nodes": [{"id": "a", "kind": "need", "indicator": "x"}]}, "nodes\\[1\\].indicator"),
    ({"nodes": [{"id": "a", "kind": "need"}] * 61}, "61 entrées, et 60 au plus"),
    ({"links": [{"from": "a", "to": "b"}] * 201}, "201 entrées, et 200 au plus"),
    ({"links": [{"from": "a", "to": 3}]}, "links\\[1\\].to"),
    ({"nodes": [{"id": "a", "kind": "need", "text": 10**400}]}, "nodes\\[1\\].text : un texte"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_another_form_is_refused_with_its_place(data, message):
    """What is no theory of change is refused with a ValueError that says where, in both languages."""
    with pytest.raises(ValueError, match=message) as caught:
        from_dict(data)
    assert isinstance(caught.value, ArtefactError)
    assert caught.value.in_language("en") != str(caught.value)


@given(json_values | theories)
def test_anything_is_read_or_refused(data):
    """Whatever is sent, reading and finding give a result or a ValueError of the catalogue."""
    try:
        theory_read = from_dict(data)
    except ArtefactError:
        return
    for one in findings(theory_read):
        assert one.text("fr")
        assert one.text("en")
        assert one.severity in SEVERITIES
        assert one.severity_text("fr")


def test_depth_costs_nothing():
    """A value nested a hundred thousand deep is refused at its surface."""
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="une table de champs"):
        from_dict({"nodes": [deep]})


def test_what_a_learner_wrote_is_quoted_short_and_inert():
    """A quoted text is one line of at most 60 characters, without what would make a link."""
    data = theory()
    node(data, "n5").update(text="[lien](https://x.example)\n" + "mot " * 40, indicator=None)
    sentence = findings(from_dict(data))[0].text("fr")
    assert "(lien)(https://x.example) mot" in sentence
    assert "\n" not in sentence
    assert len(sentence) < 220
