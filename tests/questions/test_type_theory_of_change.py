"""Theory of change as a question: what a repair and a chain built from nothing earn."""

from __future__ import annotations

import pytest
from artefact_examples import both, indicator, link, question, questions_of, theory

from alliances.errors import SourceError
from alliances.i18n import Language
from alliances.questions.compiling import public
from alliances.questions.kind import in_language_of
from alliances.questions.marking import mark
from alliances.questions.registry import type_of

CHECKS = ["circular", "backward", "no_because", "unmeasured", "no_unit"]


def faulty():
    """Return the sound chain with five findings."""
    data = theory()
    data["links"].append(link("n5", "n3"))
    data["links"][2]["because"] = ""
    node(data, "n6")["indicator"] = None
    node(data, "n5")["indicator"]["unit"] = ""
    return data


def node(data, name):
    return next(one for one in data["nodes"] if one["id"] == name)


def answer(data, lang: Language = "fr"):
    return in_language_of(both(data), lang)


@pytest.fixture(scope="module")
def repair(tmp_path_factory):
    source = question(
        "theory_of_change", CHECKS, theory(), start=faulty(), keep=["n1", "n3", "n5", "n6"], points=10
    )
    return questions_of(tmp_path_factory.mktemp("repair"), source)


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    checks = ["missing_kind", "circular", "heroic_step", "unmeasured"]
    return questions_of(tmp_path_factory.mktemp("build"), question("theory_of_change", checks, theory()))


def mended(*faults):
    """Return the faulty chain with some faults mended."""
    data = faulty()
    if "circle" in faults:
        data["links"].pop()
    if "because" in faults:
        data["links"][2]["because"] = "un essai d’un an l’a montré"
    if "unmeasured" in faults:
        node(data, "n6")["indicator"] = indicator(source="Insee")
    if "unit" in faults:
        node(data, "n5")["indicator"]["unit"] = "personnes"
    return data


REPAIRS = [
    (mended("circle"), 4, "partly", "Contrôles passés : 2 sur 5.\nÀ reprendre : Le lien"),
    (mended("circle", "because"), 6, "partly", "Contrôles passés : 3 sur 5."),
    (mended("unmeasured"), 2, "partly", "La chaîne revient sur elle-même"),
    (mended("circle", "because", "unmeasured", "unit"), 10, "right", "Contrôles passés : 5 sur 5."),
]


@pytest.mark.parametrize(("data", "points", "verdict", "reason"), REPAIRS)
def test_each_fault_mended_earns_its_share(repair, data, points, verdict, reason):
    """Five findings, two points each: what is mended counts, what remains is said."""
    result = mark(repair["fr"], answer(data))
    assert (result.points, result.verdict) == (points, verdict)
    assert reason in result.reason.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_repair_must_not_break_anything(repair):
    """An element left alone by the repair is a new finding: it takes one check back, and is said."""
    data = mended("circle", "because", "unmeasured", "unit")
    data["nodes"].append({"id": "n9", "kind": "activity", "text": "Une réunion de plus", "indicator": None})
    result = mark(repair["fr"], answer(data))
    assert result.points == 8
    assert "Apparu avec vos changements" in result.reason
    assert "Une réunion de plus" in result.reason


def test_removing_an_indicator_repairs_nothing(repair):
    """A field that is missing does not come right by dropping the indicator."""
    data = mended("circle", "because", "unmeasured")
    node(data, "n5")["indicator"] = None
    result = mark(repair["fr"], answer(data))
    # « No unit » passes, « unmeasured » fails again.
    assert result.points == 8


def test_deleting_everything_repairs_nothing(repair):
    """Without links and indicators there is nothing to apply the checks to."""
    data = {**mended(), "links": [], "nodes": [{**one, "indicator": None} for one in faulty()["nodes"]]}
    result = mark(repair["fr"], answer(data))
    assert result.points == 0
    assert "Rien encore à quoi appliquer ces contrôles" in result.reason


def test_what_must_stay_counts(repair):
    """Losing one of four elements to keep costs a quarter, beside what its loss breaks."""
    data = mended("circle", "because", "unmeasured", "unit")
    node(data, "n1")["text"] = ""
    result = mark(repair["fr"], answer(data))
    # One new finding (no text): 4 checks of 5; one of four lost: three quarters.
    assert result.points == 6


def test_a_chain_from_nothing_is_weighed_by_what_is_there(build):
    """Two kinds of six: what is passed counts for a third."""
    data = {
        "nodes": theory()["nodes"][:2],
        "links": [link("n1", "n2")],
    }
    result = mark(build["fr"], answer(data))
    # « No circle » and « no skipped steps » pass, nothing can be measured yet: 2 of 4 points, a third of it.
    assert result.points == 0.67
    assert "un indicateur par effet et par impact" in result.reason


def test_other_findings_are_remarks(build):
    """A finding that does not count is said, without effect on the points."""
    data = theory()
    data["links"][0]["because"] = ""
    result = mark(build["fr"], answer(data))
    assert (result.points, result.verdict) == (4, "right")
    assert "sans effet sur les points" in result.reason


def test_the_editor_gets_its_words(repair, build):
    """The public question has kinds, fields and burdens with their labels, in its language."""
    shown = public(repair["en"])
    assert shown["kinds"][0] == {
        "id": "need",
        "text": "Need",
        "help": "which need, and whose, does the alliance answer?",
    }
    assert [one["id"] for one in shown["indicator_fields"]][:2] == ["unit", "source"]
    assert [one["text"] for one in public(build["fr"])["burdens"]] == ["légère", "moyenne", "lourde"]


def test_only_the_kinds_expected_are_missed(tmp_path):
    """``expects`` limits what completeness and the missing kinds look at."""
    data = {"nodes": [], "links": []}
    data["nodes"] = [one for one in theory()["nodes"] if one["kind"] in {"activity", "outcome"}]
    data["links"] = [link("n3", "n5")]
    source = question("theory_of_change", ["missing_kind", "circular"], data, expects=["activity", "outcome"])
    one = questions_of(tmp_path, source)["fr"]
    assert mark(one, type_of("theory_of_change").full_answer(one)).verdict == "right"
    with pytest.raises(SourceError, match="n’est pas une valeur prévue"):
        questions_of(tmp_path, {**source, "expects": ["wish"]})


def test_an_indicator_is_put_into_words(repair):
    """Elements are said by kind, indicators field by field, links with their reasons."""
    one = repair["en"]
    lines = type_of("theory_of_change").said(one, one["model_answer"], "en")
    assert lines[0][0] == "Need"
    outcome = next(words for name, words in lines if name == "Outcome")
    assert "(Unit: personnes (en); Source: registre des accueils (en); Baseline: 40 en janvier;" in outcome
    assert outcome.endswith("Collection burden: light)")
    assert lines[-1][0] == "Link"
    assert " → " in lines[-1][1]
    assert " because " in lines[-1][1]
