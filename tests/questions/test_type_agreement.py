"""Agreement as a question: what a repair and a text written from nothing earn."""

from __future__ import annotations

import pytest
from artefact_examples import agreement, both, question, questions_of

from alliances.errors import SourceError
from alliances.questions.compiling import public
from alliances.questions.kind import in_language_of
from alliances.questions.marking import mark
from alliances.questions.registry import type_of

CHECKS = [
    "contributes_without_deciding",
    "missing_clause",
    "too_short",
    "date_outside",
    "exit_without_notice",
]


def clause(data, kind):
    return next(one for one in data["clauses"] if one["kind"] == kind)


def faulty():
    """Return the sound agreement with five findings."""
    data = agreement()
    data["parties"][1]["decides"] = False
    data["clauses"].remove(clause(data, "data"))
    clause(data, "evaluation")["text"] = "On évaluera."
    clause(data, "review")["date"] = "2028-01-15"
    clause(data, "exit")["date"] = ""
    return data


def answer(data):
    return in_language_of(both(data), "fr")


def plain(words):
    return words.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture(scope="module")
def repair(tmp_path_factory):
    source = question("agreement", CHECKS, agreement(), start=faulty(), keep=["p1", "p2", "p3"])
    return questions_of(tmp_path_factory.mktemp("repair"), source)


def mended(*faults):
    """Return the faulty agreement with some faults mended."""
    data, sound = faulty(), agreement()
    if "say" in faults:
        data["parties"][1]["decides"] = True
    if "data" in faults:
        data["clauses"].append(clause(sound, "data"))
    if "short" in faults:
        clause(data, "evaluation")["text"] = clause(sound, "evaluation")["text"]
    if "date" in faults:
        clause(data, "review")["date"] = "2027-01-15"
    if "notice" in faults:
        clause(data, "exit")["date"] = "2027-03-31"
    return data


ALL = ("say", "data", "short", "date", "notice")


@pytest.mark.parametrize("count", range(1, 6))
def test_each_fault_mended_earns_its_share(repair, count):
    """Five findings of one point: what is mended counts, and the next step stays until all are."""
    result = mark(repair["fr"], answer(mended(*ALL[:count])))
    assert result.points == count
    assert result.verdict == ("right" if count == 5 else "partly")
    assert bool(result.next_step) is (count < 5)


def test_what_remains_is_said_with_what_to_do(repair):
    """The reason gives each finding that counts a line, and says that a person has to read the text."""
    reason = plain(mark(repair["fr"], answer(mended("say", "data", "short"))).reason)
    assert reason.startswith("Contrôles passés : 3 sur 5.\nÀ reprendre : La clause « Suivi et révision »")
    assert "15/01/2028, hors de la durée de l’accord (01/09/2026 à 31/08/2027)" in reason
    assert "\nÀ reprendre : La clause de sortie n’a pas de date de préavis." in reason
    assert reason.endswith(
        "Une règle lit la forme, jamais le droit : faites relire le texte par une personne."
    )
    assert "conforme" not in reason


def test_dropping_a_party_does_not_give_it_a_say(repair):
    """A party that must stay counts as lost, and clauses still name it: nothing is gained."""
    data = mended("data", "short", "date", "notice")
    data["parties"].pop(1)
    result = mark(repair["fr"], answer(data))
    # Five checks, one new kind of finding (clauses name an unknown party), one of three parties lost.
    assert result.points == pytest.approx(2.67)
    assert "Menuiserie Aubert" in result.reason


def test_dropping_the_exit_clause_gives_no_notice(repair):
    """A check on a clause that is gone has nothing to apply to."""
    data = mended("say", "data", "short", "date")
    data["clauses"].remove(clause(data, "exit"))
    result = mark(repair["fr"], answer(data))
    assert result.points == 3
    assert "un préavis de sortie daté" in result.reason


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    source = question(
        "agreement", ["missing_clause", "names_nobody"], agreement(), layer="ppl_2021",
        roles={"p1": "general_interest", "p2": "company", "p3": "public"},
    )  # fmt: skip
    return questions_of(tmp_path_factory.mktemp("build"), source)


def test_a_text_from_nothing_is_weighed_by_its_clauses(build):
    """One kind of clause of eleven earns an eleventh of what it passes."""
    data = {**agreement(), "clauses": agreement()["clauses"][:1]}
    assert mark(build["fr"], answer(data)).points == 0.09


def test_the_bill_never_counts(build):
    """The layer of the 2021 bill says that it is not in force, condition by condition, beside full marks."""
    result = mark(build["fr"], answer(agreement()))
    assert (result.points, result.verdict) == (2, "right")
    reason = plain(result.reason)
    assert "jamais débattue et non en vigueur" in reason
    assert "Une gouvernance paritaire, quels que soient les apports : Toutes les parties" in reason
    assert "not in force" in mark(build["en"], answer(agreement())).reason


def test_without_the_layer_nothing_is_said_of_the_bill(repair):
    """The bill shows only where the author asks for it."""
    assert "loi" not in mark(repair["fr"], answer(mended("say"))).reason


def test_the_editor_gets_its_words(repair, build):
    """The public question has kinds of clauses and names of fields, in its language."""
    shown = public(repair["en"])
    assert [one["id"] for one in shown["clause_kinds"]][:2] == ["purpose", "contributions"]
    assert shown["party_fields"][2]["text"] == "Takes part in decisions"
    assert [one["id"] for one in shown["period"]] == ["start", "end"]
    assert public(build["fr"])["layer"] == "ppl_2021"
    assert "roles" not in public(build["fr"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "loi_2021"}, "items\\[0\\].layer"),
        ({"roles": {"p1": "mairie"}}, "items\\[0\\].roles.p1"),
        ({"expects": ["love"]}, "items\\[0\\].expects\\[0\\]"),
    ],
)
def test_a_source_that_is_off_is_refused(tmp_path, change, message):
    """Layer, roles and kinds expected are words of a list."""
    source = question("agreement", ["missing_clause"], agreement(), **change)
    with pytest.raises(SourceError, match=message):
        questions_of(tmp_path, source)


def test_an_agreement_is_put_into_words(repair):
    """Parties, clauses with those they bind, and the period."""
    one = repair["fr"]
    lines = type_of("agreement").said(one, one["model_answer"], "fr")
    assert lines[0][0] == "Partie"
    assert plain(lines[0][1]).endswith("; prend part aux décisions")
    exit_clause = next(words for name, words in lines if name == "Sortie et fin")
    assert plain(exit_clause).endswith(
        "; La Passerelle, Menuiserie Aubert, Communauté de communes ; 2027-03-31"
    )
    assert lines[-1] == ("Fin", "2027-08-31")
