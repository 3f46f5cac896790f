"""What the three artefacts share as questions: sources, marking, words."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy
from datetime import date

import jsonschema
import pytest
from artefact_examples import agreement, link, question, questions_of, roadmap, theory
from hypothesis import given
from hypothesis import strategies as st

from alliances.errors import SourceError
from alliances.i18n import area_texts
from alliances.questions.compiling import public
from alliances.questions.marking import empty_answer, mark, table_of
from alliances.questions.registry import type_of

KINDS = ("theory_of_change", "agreement", "roadmap")
SOUND = {"theory_of_change": theory, "agreement": agreement, "roadmap": roadmap}
LISTS = {
    "theory_of_change": ("nodes", "links"),
    "agreement": ("parties", "clauses"),
    "roadmap": ("measures",),
}


def faulty(kind):
    """Return the sound example with two faults, and the names of their rules."""
    data = SOUND[kind]()
    if kind == "theory_of_change":
        data["links"].append(link("n5", "n3"))
        data["links"][0]["because"] = ""
        # A backward link and the circle that it closes are two findings of one mistake.
        return data, ["backward", "circular", "no_because"]
    if kind == "agreement":
        data["parties"][0]["decides"] = False
        data["clauses"][10]["date"] = ""
        return data, ["contributes_without_deciding", "exit_without_notice"]
    data["measures"][2]["start"] = 3
    data["measures"][1]["owner"] = ""
    return data, ["starts_too_early", "no_owner"]


def plain(words):
    """Return words with the spaces of a keyboard."""
    return str(words).replace("\u202f", " ").replace("\u00a0", " ")


def first_id(kind):
    return SOUND[kind]()[LISTS[kind][0]][0]["id"]


@pytest.fixture(scope="module", params=KINDS)
def repair(request, tmp_path_factory):
    """A question that gives an artefact to repair, compiled in both languages."""
    start, checks = faulty(request.param)
    source = question(
        request.param, checks, SOUND[request.param](), start=start, keep=[first_id(request.param)]
    )
    return questions_of(tmp_path_factory.mktemp("repair"), source)


@pytest.fixture(scope="module", params=KINDS)
def build(request, tmp_path_factory):
    """A question that asks for an artefact from nothing."""
    _, checks = faulty(request.param)
    return questions_of(
        tmp_path_factory.mktemp("build"), question(request.param, checks, SOUND[request.param]())
    )


def lists_of(one):
    return LISTS[one["type"]]


def test_the_model_answer_earns_all(repair, build):
    """In both languages, to build or to repair."""
    for asked in (repair, build):
        for one in asked.values():
            result = mark(one, type_of(one["type"]).full_answer(one))
            assert (result.points, result.verdict, result.next_step) == (one["points"], "right", "")


def test_what_is_untouched_is_unanswered(repair):
    """The artefact to begin from, handed in as it was, earns nothing and says so."""
    one = repair["fr"]
    result = mark(one, deepcopy(one["start"]))
    assert (result.points, result.verdict) == (0, "unanswered")
    assert "Rien n’a encore été changé" in result.reason
    assert mark(one, type_of(one["type"]).empty(one)).verdict == "unanswered"


def test_a_list_in_another_order_is_untouched(repair):
    """An artefact whose lists were only shuffled keeps its faults: it earns nothing."""
    one = repair["fr"]
    answer = deepcopy(one["start"])
    for name in lists_of(one):
        answer[name].reverse()
    assert mark(one, answer).points == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "Il n’y a pas encore de réponse"),
        ([], "n’a pas la forme attendue"),
        ({}, "Il n’y a pas encore de réponse"),
        ({"nodes": 1, "parties": 1, "measures": 1}, "une liste est attendue (trouvé : un nombre)"),
        ({"nodes": [1], "parties": [1], "measures": [1]}, "une table de champs est attendue"),
    ],
)
def test_what_cannot_be_read_is_unanswered(build, answer, reason):
    """Nothing, another form, or an empty artefact earns nothing, with a sentence."""
    result = mark(build["fr"], answer)
    assert (result.points, result.verdict) == (0, "unanswered")
    assert reason in plain(result.reason)


def test_the_empty_answer_of_a_notebook_is_unanswered(build):
    """The cell as it was released says nothing yet."""
    kind = build["fr"]["type"]
    assert mark(build["fr"], empty_answer(kind)).verdict == "unanswered"


def test_i_do_not_know_is_never_punished(repair, build):
    """« Je ne sais pas » earns nothing and says what there was to see, or what is checked."""
    for asked, words in ((repair, "Ce qu’il y avait à voir : "), (build, "Ce qui est contrôlé : ")):
        one = asked["fr"]
        for answer in ({"unknown": True}, {lists_of(one)[0]: "unknown"}):
            result = mark(one, answer)
            assert (result.points, result.verdict) == (0, "unknown")
            assert words in plain(result.reason)
            assert result.next_step


def test_each_language_is_used_throughout(repair):
    """Reasons, quotes and next step follow the question's language, or the one asked for."""
    answer = deepcopy(repair["en"]["start"])
    answer[lists_of(repair["en"])[0]].reverse()
    reason = mark(repair["en"], answer).reason
    assert reason.startswith("Checks passed: 0 of")
    assert "To take up again: " in reason
    assert mark(repair["en"], answer, "fr").reason.startswith("Contrôles passés\u00a0: 0 sur")


def test_a_page_does_not_mark_it(repair):
    """There is no rule table: a page without a kernel says that it is not marked here."""
    assert table_of(repair["fr"]) is None


def test_the_key_stays_inside(repair, build):
    """What may be shown holds neither the model answer nor the faults to find."""
    for one in (*repair.values(), *build.values()):
        shown = public(one)
        assert not {"checks", "model_answer", "keep"} & shown.keys()
        json.dumps(shown)
    shown = public(repair["fr"])
    assert shown["start"] == repair["fr"]["start"]
    assert shown["locked"] == repair["fr"]["keep"]
    assert "checked" not in shown
    assert len(public(build["fr"])["checked"]) == len(build["fr"]["checks"])


def test_losing_what_must_stay_costs_its_part(repair):
    """Without its one element to keep, a repair earns nothing and names it."""
    one = repair["fr"]
    answer = type_of(one["type"]).full_answer(one)
    answer[lists_of(one)[0]][0]["id"] = "other"
    result = mark(one, answer)
    assert result.points == 0
    assert "À garder, et disparu ou vidé" in result.reason


def test_an_answer_is_put_into_words(repair):
    """Every element of an artefact is said; what cannot be read is not."""
    for lang, one in repair.items():
        kind = type_of(one["type"])
        lines = kind.said(one, kind.full_answer(one), lang)
        assert len(lines) >= sum(len(one["start"][name]) for name in lists_of(one)) - 1
        assert all(name and value for name, value in lines)
        assert kind.said(one, {"nodes": 1, "parties": 1, "measures": 1}, lang) == []


def test_a_notebook_says_how_to_answer(repair):
    """Codes and instruction name the fields of the answer in both languages."""
    for lang, one in repair.items():
        kind = type_of(one["type"])
        for title, codes in kind.codes(one, lang):
            assert title.startswith("**")
            assert all(code and words for code, words in codes)
        assert all(f"`{name}`" in kind.instruction(one, lang) for name in lists_of(one))


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_a_short_name(kind):
    """Each rule that may count has a name in few words, in both languages."""
    texts = area_texts(f"marking_{kind}")
    names = {key.removeprefix("rule_") for key in texts if key.startswith("rule_")}
    assert names == set(type_of(kind).rules)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """Every question of this file, by type and purpose."""
    found = []
    for kind in KINDS:
        start, checks = faulty(kind)
        for more in ({}, {"start": start}):
            source = question(kind, checks, SOUND[kind](), **deepcopy(more))
            found.append(questions_of(tmp_path_factory.mktemp("all"), source)["fr"])
    return found


@given(data=st.data())
def test_anything_is_marked_within_bounds(everything, data):
    """Whatever is sent, or broken in a good answer, marking gives 0 to the maximum and a reason."""
    one = data.draw(st.sampled_from(everything))
    answer = data.draw(json_values | st.just(type_of(one["type"]).full_answer(one)))
    if isinstance(answer, dict) and answer:
        name = data.draw(st.sampled_from(sorted(answer)))
        value = answer[name]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            field = data.draw(st.sampled_from(sorted(value[0])))
            value[data.draw(st.integers(0, len(value) - 1))][field] = data.draw(json_values)
        elif data.draw(st.booleans()):
            answer[name] = data.draw(json_values)
    result = mark(one, answer)
    assert 0 <= result.points <= result.max_points
    assert result.reason


@given(data=st.data())
def test_the_order_of_elements_does_not_matter(everything, data):
    """An answer whose lists are shuffled earns the same, with the same reason."""
    one = data.draw(st.sampled_from(everything))
    kind = type_of(one["type"])
    answer = kind.full_answer(one)
    lists = lists_of(one)
    for name in lists:
        answer[name] = answer[name][: data.draw(st.integers(0, len(answer[name])))]
    result = mark(one, answer)
    for name in lists:
        random.Random(data.draw(st.integers(0, 9))).shuffle(answer[name])  # noqa: S311 - an order, no secret
    assert mark(one, answer) == result


REFUSED = [
    ({"checks": []}, "champ « items\\[0\\].checks » : la liste a 0 élément"),
    ({"checks": ["magic"]}, "champ « items\\[0\\].checks\\[0\\] » : « magic » n’est pas une valeur prévue"),
    ({"keep": ["zz"]}, "champ « items\\[0\\].keep\\[0\\] » : « zz » n’est pas un élément de « start »"),
    ({"model_answer": 3}, "champ « items\\[0\\].model_answer » : une table de champs est attendue"),
    ({"model_answer": {}}, "la réponse modèle ne gagne pas tous les points. Contrôles passés : 0 sur"),
    ({"start": []}, "champ « items\\[0\\].start » : une table de champs est attendue \\(trouvé : \\[\\]\\)"),
    ({"points": -1}, "champ « items\\[0\\].points »"),
    ({"surprise": 1}, "le nom « surprise » n’est pas prévu"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_a_source_that_is_off_is_refused(kind, change, message, tmp_path):
    """A mistake in a source is named with file, line and field."""
    start, checks = faulty(kind)
    source = question(kind, checks, SOUND[kind](), start=start)
    with pytest.raises(SourceError) as caught:
        questions_of(tmp_path, {**source, **change})
    assert re.search(message, plain(caught.value))
    assert caught.value.line > 0


INSIDE = [
    ("theory_of_change", "nodes", "kind", "activité", "« activité » n’est pas une valeur prévue"),
    ("theory_of_change", "nodes", "indicateur", "x", "le nom « indicateur » n’est pas prévu"),
    ("theory_of_change", "links", "becuase", "x", "le nom « becuase » n’est pas prévu. .* because"),
    ("theory_of_change", "links", "from", ..., "il manque « from »"),
    ("theory_of_change", "nodes", "id", "n" * 61, "61 caractères ; il en faut 60 au plus"),
    ("agreement", "clauses", "party", ["town"], "le nom « party » n’est pas prévu"),
    ("agreement", "clauses", "parties", "town", "une liste est attendue"),
    ("agreement", "parties", "decides", "oui", "true ou false"),
    ("agreement", "parties", "name", float("nan"), "un nombre est attendu"),
    ("roadmap", "measures", "start", "mars", "un nombre entier est attendu"),
    ("roadmap", "measures", "duration", 500, "500 est trop grand ; le maximum est 120"),
    ("roadmap", "measures", "load", -1, "-1 est trop petit"),
    ("roadmap", "measures", "responsable", "Ville", "le nom « responsable » n’est pas prévu"),
]


@pytest.mark.parametrize("place", ["start", "model_answer"])
@pytest.mark.parametrize("slip", INSIDE, ids=lambda slip: f"{slip[0]}-{slip[2]}")
def test_a_mistake_inside_an_artefact_is_named(slip, place, tmp_path):
    """A misspelt or missing field of an element is named with its own place: it would count for nothing."""
    kind, entries, field, value, message = slip
    start, checks = faulty(kind)
    source = deepcopy(question(kind, checks, SOUND[kind](), start=start))
    if value is ...:
        del source[place][entries][0][field]
    else:
        source[place][entries][0][field] = value
    with pytest.raises(SourceError) as caught:
        questions_of(tmp_path, source)
    assert re.search(message, plain(caught.value))
    assert f"items[0].{place}.{entries}[0]" in plain(caught.value)
    assert caught.value.line > 0


def test_too_many_elements_are_refused(tmp_path):
    """What a learner may not send, an author may not ask for."""
    start, checks = faulty("agreement")
    source = deepcopy(question("agreement", checks, SOUND["agreement"](), start=start))
    first = source["start"]["parties"][0]
    source["start"]["parties"] = [{**first, "id": f"p{number}"} for number in range(61)]
    with pytest.raises(SourceError, match="61 éléments ; il en faut 60 au plus"):
        questions_of(tmp_path, source)


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_that_start_passes_is_refused(kind, tmp_path):
    """A check whose rule finds nothing in the artefact to repair would be earned for nothing."""
    start, checks = faulty(kind)
    other = {"theory_of_change": "heavy_owner", "agreement": "dates_crossed", "roadmap": "empty"}[kind]
    with pytest.raises(SourceError, match="ne trouve rien dans « start »"):
        questions_of(tmp_path, question(kind, [*checks, other], SOUND[kind](), start=start))


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_in_both_languages(kind, tmp_path):
    """A text of an artefact in one language only is refused."""
    start, checks = faulty(kind)
    source = question(kind, checks, SOUND[kind](), start=start)
    name = {"theory_of_change": "text", "agreement": "text", "roadmap": "title"}[kind]
    source["start"][LISTS[kind][-1] if kind == "agreement" else LISTS[kind][0]][0][name] = "seulement ici"
    with pytest.raises(SourceError, match="un texte en deux langues est attendu"):
        questions_of(tmp_path, source)


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_counts_once(kind, tmp_path):
    """A check written twice is refused: it would weigh double."""
    start, checks = faulty(kind)
    source = question(kind, [*checks, checks[0]], SOUND[kind](), start=start)
    with pytest.raises(SourceError, match="sert déjà à la ligne"):
        questions_of(tmp_path, source)


def test_days_may_be_written_without_quotation_marks(tmp_path):
    """YAML reads 2026-09-01 as a date: it is the day as an answer writes it."""
    model = agreement()
    model["start"] = date(2026, 9, 1)
    asked = questions_of(tmp_path, question("agreement", ["no_start"], model))
    assert asked["fr"]["model_answer"]["start"] == "2026-09-01"


DEFS = {
    "id": {"type": "string"},
    "bilingual": {"type": "object", "required": ["fr", "en"]},
    "bilingual_or_empty": {"type": "object", "required": ["fr", "en"]},
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_says_the_same(kind):
    """The JSON Schema of the type's fields takes its sources and refuses what has another form."""
    start, checks = faulty(kind)
    source = question(kind, checks, SOUND[kind](), start=start, keep=[first_id(kind)])
    properties = type_of(kind).properties()
    known = {*type_of(kind).required, *type_of(kind).optional} - {"prompt", "next_step"}
    assert properties.keys() == known
    schema = {"$defs": DEFS, "type": "object", "properties": properties}
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(source)) == []
    for broken in ({"checks": []}, {"checks": ["magic"]}, {"start": {"other": 1}}, {"model_answer": 3}):
        assert list(validator.iter_errors({**source, **broken})), broken
