"""Agreement: what is read, what rules find, and the conditions of the 2021 bill."""

from __future__ import annotations

import random

import pytest
from artefact_examples import agreement
from hypothesis import given
from hypothesis import strategies as st

from alliances.i18n import area_texts
from alliances.logic.agreement import CLAUSE_KINDS, from_dict, read_date, vocabulary
from alliances.logic.agreement_bill import CONDITIONS, notice, read_bill
from alliances.logic.agreement_findings import RULES, findings
from alliances.logic.artefact_reading import ArtefactError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from(["a", "b", "p1", "p10"])
days = st.sampled_from(["", "2026-09-01", "2027-01-31", "2027-02-30", "demain"])
clauses = st.fixed_dictionaries(
    {"id": ids, "kind": st.sampled_from(CLAUSE_KINDS), "text": st.text(max_size=30)},
    optional={"parties": st.lists(ids, max_size=4), "date": days},
)
parties = st.fixed_dictionaries(
    {"id": ids, "name": st.text(max_size=4)},
    optional={"contributes": st.text(max_size=4), "decides": st.sampled_from([True, False, None])},
)
agreements = st.fixed_dictionaries(
    {"parties": st.lists(parties, max_size=3, unique_by=lambda one: one["id"])},
    optional={
        "clauses": st.lists(clauses, max_size=4, unique_by=lambda one: one["id"]), "start": days, "end": days
    },
)  # fmt: skip


def found(data, **options):
    return [(one.name, one.where) for one in findings(from_dict(data), **options)]


def clause(data, kind):
    return next(one for one in data["clauses"] if one["kind"] == kind)


def again(data, kind, **changed):
    data["clauses"].append({**clause(data, kind), "id": "c99", **changed})


def only(data, *kept):
    for one in data["clauses"]:
        one["parties"] = list(kept)


def test_a_sound_agreement_has_no_finding():
    """Three parties that bring and decide, a clause of each kind, dates in order: nothing to say."""
    assert found(agreement()) == []


def test_the_dictionary_is_read_and_written_back():
    """What is read gives the same JSON again."""
    assert from_dict(agreement()).to_dict() == agreement()


def test_nothing_misses_everything():
    """An empty agreement misses parties, dates and each kind of clause, and nothing else."""
    names = [one.name for one in findings(from_dict({}))]
    assert names == ["too_few_parties", "no_start", "no_end"] + ["missing_clause"] * len(CLAUSE_KINDS)


@pytest.mark.parametrize("kind", CLAUSE_KINDS)
def test_each_kind_of_clause_is_missed(kind):
    """Without its clause, a kind is not found; what it should say stands in the sentence."""
    data = agreement()
    data["clauses"].remove(clause(data, kind))
    (one,) = findings(from_dict(data))
    assert (one.name, one.severity) == ("missing_clause", "missing")
    assert one.text("fr").startswith("Point non trouvé : « ")
    assert one.text("en").startswith("Point not found: “")
    assert found(data, kinds=[other for other in CLAUSE_KINDS if other != kind]) == []


CHANGES = [
    (lambda d: d["parties"][1].update(decides=False), [("contributes_without_deciding", ("p2",))]),
    (lambda d: d["parties"][1].update(decides=None), [("decision_unsaid", ("p2",))]),
    (lambda d: d["parties"][1].pop("decides"), [("decision_unsaid", ("p2",))]),
    (lambda d: d["parties"][1].update(contributes=""), [("no_contribution", ("p2",))]),
    (lambda d: d["parties"][1].update(name=" "), [("no_name", ("p2",))]),
    (
        lambda d: clause(d, "governance").update(parties=["p1", "p2"]),
        [("decides_outside_governance", ("p3",))],
    ),
    (lambda d: clause(d, "data").update(parties=[]), [("names_nobody", ("c6",))]),
    (lambda d: clause(d, "data").update(parties=["p1", "px"]), [("unknown_party", ("c6", "px"))]),
    (
        lambda d: d["parties"].append(
            {"id": "p4", "name": "Lycée", "contributes": "une salle", "decides": False}
        ),
        [("contributes_without_deciding", ("p4",)), ("party_unnamed", ("p4",))],
    ),
    (lambda d: clause(d, "data").update(text=""), [("no_text", ("c6",))]),
    (
        lambda d: d["clauses"].append({"id": "c99", "kind": "", "text": "", "parties": []}),
        [("no_kind", ("c99",)), ("no_text", ("c99",)), ("names_nobody", ("c99",))],
    ),
    (lambda d: clause(d, "data").update(text="Les données restent privées."), [("too_short", ("c6",))]),
    (lambda d: clause(d, "exit").update(date=""), [("exit_without_notice", ("c11",))]),
    (lambda d: clause(d, "exit").update(date="2027-09-01"), [("date_outside", ("c11",))]),
    (lambda d: clause(d, "review").update(date="2026-08-31"), [("date_outside", ("c9",))]),
    (lambda d: clause(d, "review").update(date="2027-08-31"), []),
    (lambda d: clause(d, "review").update(date="2027-02-30"), [("date_unreadable", ("c9",))]),
    (lambda d: clause(d, "exit").update(date="trois mois"), [("date_unreadable", ("c11",))]),
    (lambda d: d.update(start=""), [("no_start", ())]),
    (lambda d: d.pop("end"), [("no_end", ())]),
    (lambda d: d.update(end="31/08/2027"), [("date_unreadable", ())]),
    (lambda d: d.update(start="2028-01-01"), [("dates_crossed", ())]),
    (
        lambda d: again(
            d, "exit", date="2027-05-31", text="Une partie peut partir si elle prévient les autres."
        ),
        [("contradiction", ("c11", "c99"))],
    ),
    (
        lambda d: again(
            d,
            "review",
            date="2027-05-31",
            text="Les parties relisent tout l’accord ensemble au début du printemps.",
        ),
        [],
    ),
    (
        lambda d: again(
            d, "exit", date="2027-05-31", parties=["p9"], text="Une partie peut partir si elle prévient."
        ),
        [("unknown_party", ("c99", "p9")), ("too_short", ("c99",))],
    ),
    (
        lambda d: again(d, "data", text=clause(d, "data")["text"].upper()),
        [("repeated_clause", ("c6", "c99"))],
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_gives_its_finding_and_no_other(change, expected):
    """Each change of the sound agreement is found, where it is, alone."""
    data = agreement()
    change(data)
    assert found(data) == expected


@pytest.mark.parametrize(("change", "_expected"), CHANGES)
def test_the_order_of_elements_does_not_matter(change, _expected):
    """Shuffled parties and clauses give the same findings in the same order, with the same words."""
    data = agreement()
    change(data)
    before = [(one, one.text()) for one in findings(from_dict(data))]
    for seed, name in enumerate(("parties", "clauses")):
        random.Random(seed).shuffle(data[name])  # noqa: S311 - an order, no secret
    assert [(one, one.text()) for one in findings(from_dict(data))] == before


def test_a_finding_never_says_that_a_text_conforms():
    """No sentence of the catalogue says that a text conforms, holds in law or is valid."""
    for key, entry in area_texts("agreement").items():
        if key == "bill_notice":
            continue
        for said in entry.values():
            for word in ("conforme", "valide", "légal", "compliant", "valid", "lawful"):
                assert word not in said, key


def test_every_rule_has_its_sentence():
    """Each rule has a text in both languages."""
    texts = area_texts("agreement")
    assert all(texts[rule]["fr"] and texts[rule]["en"] for rule in RULES)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_editor_gets_its_words(lang):
    """Kinds and fields come with a label and a help in each language, in their order."""
    words = vocabulary(lang)
    assert [entry["id"] for entry in words["clause_kinds"]] == list(CLAUSE_KINDS)
    assert all(entry["text"] and entry["help"] for entries in words.values() for entry in entries)


@pytest.mark.parametrize(
    ("written", "good"),
    [("2027-02-28", True), ("2027-02-29", False), ("20270228", False), ("2027-W01-1", False), ("", False)],
)
def test_a_date_is_year_month_day(written, good):
    """Only a day of the calendar, written with two hyphens, is read."""
    assert (read_date(written) is not None) is good


REFUSED = [
    (3, "convention : une table de champs est attendue"),
    ({"parties": {}}, "parties : une liste est attendue \\(trouvé : une table de champs\\)"),
    ({"parties": [{"id": "a", "decides": "oui"}]}, "parties\\[1\\].decides : oui, non ou rien .*un texte"),
    ({"parties": [{"id": "a"}, {"id": "a"}]}, "même identifiant"),
    ({"clauses": [{"id": "a", "kind": "love"}]}, "clauses\\[1\\].kind : une valeur de la liste"),
    ({"clauses": [{"id": "a", "kind": "exit", "parties": "p1"}]}, "clauses\\[1\\].parties : une liste"),
    ({"clauses": [{"id": "a", "kind": "exit", "parties": [1]}]}, "clauses\\[1\\].parties : un identifiant"),
    ({"start": []}, "start : un texte est attendu"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_another_form_is_refused_with_its_place(data, message):
    """What is no agreement is refused with a ValueError that says where."""
    with pytest.raises(ValueError, match=message):
        from_dict(data)


@given(json_values | agreements)
def test_anything_is_read_or_refused(data):
    """Whatever is sent, reading, finding and the bill give a result or a ValueError of the catalogue."""
    try:
        read = from_dict(data)
    except ArtefactError:
        return
    for one in (*findings(read), *read_bill(read)):
        assert one.text("fr")
        assert one.text("en")


ROLES = {"p1": "general_interest", "p2": "company", "p3": "public"}


def _states(data, roles=None):
    return {one.condition: one.found for one in read_bill(from_dict(data), roles)}


def test_the_bill_reads_a_sound_agreement():
    """Structure shows parties and parity; what a purpose is worth stays for a person."""
    assert _states(agreement(), ROLES) == {
        "parties": True, "shared_interest": None, "parity": True, "disinterested": None, "not_profit": None
    }  # fmt: skip


BILL = [
    (lambda _: None, {"p1": "general_interest", "p2": "public", "p3": "public"}, "parties", False),
    (lambda _: None, {"p1": "general_interest"}, "parties", None),
    (lambda _: None, None, "parties", None),
    (lambda d: clause(d, "purpose").update(parties=["p1", "p2"]), ROLES, "shared_interest", False),
    (lambda d: clause(d, "purpose").update(text="Un projet."), ROLES, "shared_interest", False),
    (lambda d: d["parties"][0].update(decides=False), ROLES, "parity", False),
    (lambda d: d["parties"][0].update(decides=None), ROLES, "parity", None),
    (lambda d: d.update(parties=[]), ROLES, "parity", False),
    (lambda d: d.update(clauses=[]), ROLES, "disinterested", False),
    (lambda d: d.update(clauses=[]), ROLES, "not_profit", False),
]


@pytest.mark.parametrize(("change", "roles", "condition", "state"), BILL)
def test_each_condition_of_the_bill(change, roles, condition, state):
    """A condition is found, not found, or left to a person; its sentence follows."""
    data = agreement()
    change(data)
    assert _states(data, roles)[condition] is state
    (reading,) = [one for one in read_bill(from_dict(data), roles) if one.condition == condition]
    assert reading.text("fr").startswith("Point non trouvé") is (state is False)
    assert reading.label("en")


def test_the_bill_says_that_it_is_not_in_force():
    """The layer has five conditions and a notice that says the bill is not in force, in both languages."""
    assert len(read_bill(from_dict(agreement()))) == len(CONDITIONS) == 5
    assert "non en vigueur" in notice("fr")
    assert "not in force" in notice("en")
