"""A cohort draws other cases, figures and hidden checks on the same scale; the same seed draws the same."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from drawn_course import assignment, name_of, points_of, questions
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from tiny_course import REASON_EN, REASON_FR, change, write_tiny_course

from alliances.course.cases import read_cases
from alliances.course.cohort import Cohort, Drawn, draw_cohort
from alliances.course.cohort_cases import stratum
from alliances.course.cohort_chance import chance_of
from alliances.course.cohort_figures import GENERATORS
from alliances.course.cohort_private import read_private
from alliances.course.cohort_source import FILE, STRATA
from alliances.course.cohort_table import agreement_table
from alliances.course.tree import CourseTree, find_tree
from alliances.errors import AlliancesError, SourceError
from alliances.i18n import LANGUAGES, Language
from alliances.questions.answers import DOORS, Door
from alliances.questions.compiling import compile_question
from alliances.questions.marking import mark
from alliances.questions.registry import type_of
from alliances.questions.schema import FOLDER
from alliances.questions.source import Field
from alliances.questions.spec import load_form
from alliances_grader.probe_split import lint

SEEDS = ["a seed of the autumn term", "a seed of the spring term", "graine de la formation « 2026 »"]
PUBLISHED = find_tree()
SLUG = "alliance_models"
COHORT = """\
exercise: tiny
cases:
  questions: [c01, c02]
  from: [cases, syn_vignettes]
  strata: [family]
  next_step: {giving: {fr: "Relire.", en: "Read again."}, no_alliance: {fr: "Revoir.", en: "Look again."}}
"""
PARAMETERS = (
    "        value: 4\n",
    '        parameters: {n: {from: 1, to: 500}}\n        value: "n + 4"\n',
)


def private_case(name: str, family: str, **changes: Any) -> dict[str, Any]:
    """Return a case of a private file."""
    return {
        "case_id": name,
        "title": {"fr": f"Titre {name}", "en": f"Title {name}"},
        "summary": {"fr": f"Résumé secret {name}.", "en": f"Secret summary {name}."},
        "team_reason": {"fr": REASON_FR, "en": REASON_EN},
        "admissible": {family: ["direction" if family == "giving" else "priced_order"]},
        "invented": True,
        **changes,
    }


def private_file(folder: Path, **content: Any) -> Path:
    """Write a private file and return its path."""
    path = folder / "private.yaml"
    data = {"format": "alliances-private", "version": 1, **content}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def drawn(tree: CourseTree, seed: str, folder: Path, private: Path | None = None) -> Drawn:
    """Draw a cohort into a new folder."""
    return draw_cohort(tree, Cohort(seed, read_private(private) if private else None), folder)


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def cohorts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CourseTree]:
    """Return the drawn sources of the published course, by seed."""
    return {seed: drawn(PUBLISHED, seed, tmp_path_factory.mktemp("cohort")).tree for seed in SEEDS}


@pytest.fixture
def tiny(tmp_path: Path) -> CourseTree:
    """Return a tiny course with one more gift than it needs, and a question that draws its figures."""
    tree = write_tiny_course(tmp_path / "tree")
    (tree.exercises / "tiny" / FILE).write_text(COHORT, encoding="utf-8")
    table = tree.datasets / "cases.csv"
    more = (
        "more_{0},Un cas {0},A case {0},On donne.,They give.,giving,Un don.,A gift.,giving:direction,S001\n"
    )
    reasons = [more.format(n).replace("Un don.,A gift.", f'"{REASON_FR}","{REASON_EN}"') for n in range(6)]
    table.write_text(table.read_text(encoding="utf-8") + "".join(reasons), encoding="utf-8")
    for name in ("cases", "syn_vignettes"):
        path = tree.datasets / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        for short, long in (("Un don.", REASON_FR), ("Un achat.", REASON_FR)):
            text = text.replace(f",{short},", f',"{long}",')
        for short, long in (("A gift.", REASON_EN), ("A purchase.", REASON_EN)):
            text = text.replace(f",{short},", f',"{long}",')
        path.write_text(text, encoding="utf-8")
    change(tree.exercises / "tiny" / "form.yaml", *PARAMETERS)
    return tree


# -- the draw itself


def test_the_same_seed_gives_the_same_files(cohorts: dict[str, CourseTree], tmp_path: Path) -> None:
    """Drawn again, the sources are the same byte for byte."""
    assert files(drawn(PUBLISHED, SEEDS[0], tmp_path).tree.root) == files(cohorts[SEEDS[0]].root)


def test_another_seed_gives_another_draw(cohorts: dict[str, CourseTree]) -> None:
    """Cases, figures, letters and hidden tests differ between cohorts, and from what is published."""
    trees = [PUBLISHED, *cohorts.values()]
    for part in (
        lambda tree: [question.get("case") for question in questions(tree, SLUG).values()],
        lambda tree: questions(tree, SLUG)["r01"]["prompt"]["fr"],
        lambda tree: [option["text"]["fr"] for option in questions(tree, SLUG)["r04"]["options"]],
        lambda tree: (tree.exercises / SLUG / "code.fr.md").read_text(encoding="utf-8"),
    ):
        found = [json.dumps(part(tree)) for tree in trees]
        assert len(set(found)) == len(found)


def test_the_published_course_is_left_as_it_is(tmp_path: Path) -> None:
    """Drawing writes nothing beside the published sources."""
    before = files(PUBLISHED.exercises), files(PUBLISHED.datasets)
    drawn(PUBLISHED, SEEDS[0], tmp_path)
    assert (files(PUBLISHED.exercises), files(PUBLISHED.datasets)) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_no_file_holds_the_seed(cohorts: dict[str, CourseTree], seed: str) -> None:
    """The seed is written nowhere in what is drawn."""
    assert not [name for name, content in files(cohorts[seed].root).items() if seed.encode() in content]


def test_a_seed_is_not_shown_by_its_objects() -> None:
    """Neither a cohort nor its chance shows its secret when printed."""
    assert SEEDS[0] not in repr(Cohort(SEEDS[0]))
    assert repr(chance_of(SEEDS[0])) == "Chance()"


def test_draws_are_even_and_independent_of_their_order() -> None:
    """Each value comes up about as often, and an order depends on names and labels only."""
    chance = chance_of(SEEDS[0])
    counts = Counter(chance.below(6, "die", throw) for throw in range(6000))
    assert set(counts) == set(range(6))
    assert max(abs(count - 1000) for count in counts.values()) < 150  # five standard deviations
    names = [f"case_{number}" for number in range(30)]
    assert chance.order(reversed(names), "x") == chance.order(names, "x") != chance.order(names, "y")


# -- the same scale


@pytest.mark.parametrize("seed", SEEDS)
def test_difficulty_points_and_outcomes_stay(cohorts: dict[str, CourseTree], seed: str) -> None:
    """Every stratum has as many cases as published; ids, types, points and outcomes are as published."""
    rows = read_cases(PUBLISHED)
    before, after = questions(PUBLISHED, SLUG), questions(cohorts[seed], SLUG)
    fixed = ("id", "type", "points", "outcome", "title")
    assert [[question.get(name) for name in fixed] for question in after.values()] == [
        [question.get(name) for name in fixed] for question in before.values()
    ]

    def groups(found: dict[str, dict[str, Any]]) -> Counter[tuple[str, ...]]:
        return Counter(stratum(rows[raw["case"]], STRATA) for raw in found.values() if "case" in raw)

    cases = [raw["case"] for raw in after.values() if "case" in raw]
    assert len(set(cases)) == 12
    assert groups(after) == groups(before)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_both_doors_of_a_cohort_share_the_draw(
    cohorts: dict[str, CourseTree], seed: str, language: Language
) -> None:
    """The shared block of the code door is that of the form door, question by question."""
    form, code = (json.loads(assignment(cohorts[seed], SLUG, door, language).questions) for door in DOORS)
    assert len(code["questions"]) == 13
    assert {name: form["questions"][name] for name in code["questions"]} == code["questions"]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_languages_share_the_draw(cohorts: dict[str, CourseTree], seed: str) -> None:
    """French and English have the same cases and keys, and the same hidden tests."""
    texts = {
        lang: (cohorts[seed].exercises / SLUG / f"code.{lang}.md").read_text(encoding="utf-8")
        for lang in LANGUAGES
    }
    region = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)###", re.DOTALL)
    hidden = {lang: region.findall(text) for lang, text in texts.items()}
    assert len(hidden["fr"]) == 5
    assert hidden["fr"] == hidden["en"]
    sets = load_form(_form(cohorts[seed])).sets
    for raw in questions(cohorts[seed], SLUG).values():
        made = [compile_question(raw, lang, sets) for lang in LANGUAGES]
        assert made[0].get("value") == made[1].get("value")
        assert made[0].get("case_id") == made[1].get("case_id")


def _form(tree: CourseTree) -> Path:
    return tree.exercises / SLUG / "form.yaml"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_drawn_key_earns_everything(cohorts: dict[str, CourseTree], seed: str) -> None:
    """The full answer of each drawn question has all its points, and no known error is taken for it."""
    sets = load_form(_form(cohorts[seed])).sets
    for raw in questions(cohorts[seed], SLUG).values():
        kind = type_of(raw["type"])
        if kind.read_by_person(raw):
            continue
        question = compile_question(raw, "fr", sets)
        assert mark(question, kind.full_answer(question), "fr").points == raw["points"]
        for error in raw.get("known_errors", ()):
            assert mark(question, {"value": repr(error["value"])}, "fr").points == 0
            assert "{" not in error["reason"]["fr"] + error["reason"]["en"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawn_solution_passes_the_drawn_tests(
    cohorts: dict[str, CourseTree], seed: str, language: Language
) -> None:
    """Run from top to bottom, the source of the code door earns every point; the published one does not."""
    assert points_of(assignment(cohorts[seed], SLUG, "code", language).source) == 16


def test_a_published_solution_is_not_enough(cohorts: dict[str, CourseTree]) -> None:
    """Answers copied from the published code door miss the values that the cohort draws."""
    source = json.loads(assignment(cohorts[SEEDS[0]], SLUG, "code", "fr").source)
    published = json.loads(assignment(PUBLISHED, SLUG, "code", "fr").source)
    copied = {name_of(cell): cell["source"] for cell in published["cells"]}
    for cell in source["cells"]:
        if name_of(cell) in ("k03", "k04", "k05"):
            cell["source"] = copied[name_of(cell)]
    assert points_of(json.dumps(source).encode()) < 16 - 2


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_hidden_tests_are_pure(cohorts: dict[str, CourseTree], seed: str) -> None:
    """The lint of hidden tests has nothing to say of what is drawn."""
    for cell in json.loads(assignment(cohorts[seed], SLUG, "code", "fr").source)["cells"]:
        if name_of(cell).startswith("k") and name_of(cell).endswith("_test"):
            assert lint("".join(cell["source"])) == ()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_release_holds_no_key(cohorts: dict[str, CourseTree], seed: str, door: Door) -> None:
    """What learners receive holds no reading, reason, hidden list or expected value."""
    made = assignment(cohorts[seed], SLUG, door, "fr")
    for content in (made.release.decode(), made.questions.decode()):
        for secret in ("mark_cell", "hidden_", "team_reason", '"readings":', "known_errors", seed):
            assert secret not in content


@pytest.mark.parametrize("number", range(12))
def test_every_table_is_of_one_difficulty(number: int) -> None:
    """20 cases, shares exact to two decimals, one pair confused most, an interval that excludes 0."""
    place = Field({"make": "agreement_table"}, Path("x"), ("figures", "table"), {})
    found = agreement_table(chance_of(f"table {number}"), place, PUBLISHED)
    table = [[found[f"n{row}{column}"] for column in range(1, 5)] for row in range(1, 5)]
    assert sum(map(sum, table)) == 20
    assert 11 <= found["alike"] <= 14
    assert found["expected"] == round(found["expected"], 2)
    pairs = sorted(table[i][j] + table[j][i] for i in range(4) for j in range(i))
    assert pairs[-1] == found["main_sum"] >= 4
    assert pairs[-2] == 1
    assert pairs.count(1) >= 2
    assert found["low"] > 0


# -- files of an author and of a trainer


def test_the_schemas_accept_what_is_written(tmp_path: Path) -> None:
    """Editors underline nothing in the cohort files of the course, nor in a whole private file."""
    schemas = {
        name: json.loads((FOLDER / f"{name}.schema.json").read_bytes()) for name in ("cohort", "private")
    }
    registry: Any = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    written = [yaml.safe_load(path.read_bytes()) for path in PUBLISHED.exercises.glob(f"*/{FILE}")]
    assert written
    private = yaml.safe_load(private_file(tmp_path, **_whole_private()).read_bytes())
    for name, found in [*(("cohort", one) for one in written), ("private", private)]:
        Draft202012Validator.check_schema(schemas[name])
        validator = Draft202012Validator(schemas[name], registry=registry)
        assert [error.message for error in validator.iter_errors(found)] == []
    made = schemas["cohort"]["properties"]["figures"]["additionalProperties"]["properties"]["make"]["enum"]
    assert made == sorted(GENERATORS)


def _whole_private() -> dict[str, Any]:
    item = {
        "type": "number",
        "prompt": {"fr": "Combien font 3 et 3 ?", "en": "How much is 3 and 3?"},
        "value": 6,
        "reason": {"fr": "Trois et trois font six.", "en": "Three and three make six."},
        "otherwise": {"fr": "Recomptez.", "en": "Count again."},
        "next_step": {"fr": "Relire.", "en": "Read again."},
    }
    return {
        "cases": [private_case("secret_gift", "giving"), private_case("secret_purchase", "no_alliance")],
        "exercises": {
            "tiny": {
                "only_private_cases": True,
                "items": {"n01": [item]},
                "keys": {"c01": {"readings": {"giving": ["direction", "priced_order"]}}},
                "hidden_tests": {"k01_test": "assert total([40, 2]) == 42"},
            }
        },
    }


def test_a_private_file_adds_cases_items_keys_and_tests(tiny: CourseTree, tmp_path: Path) -> None:
    """Each part of a private file is in the draw, and the hidden test in its region."""
    made = drawn(tiny, SEEDS[0], tmp_path / "drawn", private_file(tmp_path, **_whole_private())).tree
    found = questions(made, "tiny")
    assert {found["c01"]["case"], found["c02"]["case"]} == {"secret_gift", "secret_purchase"}
    assert found["c01"]["readings"] == {"giving": ["direction", "priced_order"]}
    assert (found["n01"]["value"], found["n01"]["points"], found["n01"]["outcome"]) == (6, 2, "count")
    source = json.loads(assignment(made, "tiny", "code", "fr").source)
    tests = next("".join(cell["source"]) for cell in source["cells"] if name_of(cell) == "k01_test")
    assert "### BEGIN HIDDEN TESTS\nassert total([40, 2]) == 42\nassert total([]) == 0\n" in tests
    assert "Résumé secret" in assignment(made, "tiny", "form", "fr").release.decode()


def test_number_parameters_are_the_cohorts(tiny: CourseTree, tmp_path: Path) -> None:
    """A question that draws its figures has one set of them for the whole cohort, another for another."""
    found = [
        questions(drawn(tiny, seed, tmp_path / str(n)).tree, "tiny")["n01"]["parameters"]["n"]["is"]
        for n, seed in enumerate([*SEEDS, SEEDS[0]])
    ]
    assert found[0] == found[3]
    assert len(set(found)) == 3
    assert all(1 <= figure <= 500 for figure in found)


def test_what_cannot_vary_is_said(tiny: CourseTree, tmp_path: Path) -> None:
    """A stratum without choice, a short seed and an exercise without a cohort file are named."""
    notes = drawn(tiny, "short", tmp_path / "one").notes
    assert re.search("moins de 12 caractères", notes[0])
    assert re.search(r"toutes les cohortes ont val_commun_v01 \(no_alliance\)", notes[1])
    (tiny.exercises / "tiny" / FILE).unlink()
    assert re.search(r"tiny n'a pas de cohort\.yaml", drawn(tiny, SEEDS[0], tmp_path / "two").notes[0])


PRIVATE = [
    ({"format": "other"}, r"private\.yaml:1"),
    ({"version": 2}, r"private\.yaml:\d"),
    ({"cases": [private_case("x", "giving", invented=False)]}, r"\binvented, sources\b"),
    ({"cases": [private_case("x", "giving", invented=False, sources=["S999"])]}, "S999"),
    ({"cases": [private_case("x", "giving"), private_case("x", "giving")]}, r"cases\[1\]|déjà"),
    ({"cases": [private_case("x", "giving", team_reason={"fr": "Un don.", "en": "A gift."})]}, "15"),
    ({"cases": [private_case("x", "giving", admissible={})]}, r"admissible"),
    ({"exercises": {"other": {}}}, r"\bother\b"),
    ({"exercises": {"tiny": {"items": {"n09": [{"type": "text"}]}}}}, r"\bn09\b"),
    ({"exercises": {"tiny": {"items": {"n01": [{"type": "number", "points": 9}]}}}}, r"\bpoints\b"),
    ({"exercises": {"tiny": {"items": {"n01": [{"type": "number"}]}}}}, "prompt"),
    ({"exercises": {"tiny": {"keys": {"n01": {"outcome": "tell"}}}}}, r"\boutcome\b"),
    ({"exercises": {"tiny": {"keys": {"c01": {"readings": {"nobody": ["direction"]}}}}}}, r"\bnobody\b"),
    ({"exercises": {"tiny": {"hidden_tests": {"k09_test": "assert True"}}}}, "pas de cellule « k09_test »"),
]


@pytest.mark.parametrize(("content", "message"), PRIVATE)
def test_a_malformed_private_file_is_refused(
    tiny: CourseTree, tmp_path: Path, content: dict[str, Any], message: str
) -> None:
    """A slip in a private file is refused with its place, before anything is made of it."""
    with pytest.raises(SourceError, match=message):
        drawn(tiny, SEEDS[0], tmp_path / "drawn", private_file(tmp_path, **content))


def test_a_pool_that_is_too_small_is_named(tiny: CourseTree, tmp_path: Path) -> None:
    """The message lists each stratum that lacks cases, with what is wanted and what is there."""
    content = {
        "cases": [private_case("secret_gift", "giving")],
        "exercises": {"tiny": {"only_private_cases": True}},
    }
    with pytest.raises(
        AlliancesError, match=r"tiny.*trop petite[^$]*no_alliance : 1 à tirer, 0 en réserve"
    ) as found:
        drawn(tiny, SEEDS[0], tmp_path / "drawn", private_file(tmp_path, **content))
    assert "giving :" not in str(found.value)


COHORT_FILE = [
    ("exercise: tiny", "exercise: other", "tiny"),
    ("questions: [c01, c02]", "questions: [c01, n01]", "c01, c02"),
    ("strata: [family]", "strata: [colour]", "family, readings"),
    (
        "exercise: tiny\n",
        "exercise: tiny\nquestions: {n01: {points: 4}}\n",
        r"\bpoints\b",
    ),
    ("exercise: tiny\n", "exercise: tiny\nfigures: {t: {make: dice}}\n", "agreement_table"),
    ("exercise: tiny\n", "exercise: tiny\nshuffle: [n01]\n", "q01"),
    (
        "exercise: tiny\n",
        "exercise: tiny\ncode: {replace: [{old: nowhere, new: x}]}\n",
        r"« nowhere » ne se trouve pas dans code\.fr\.md",
    ),
    ("exercise: tiny\n", "exercise: tiny\ncode: {hidden: {k01: 'x'}}\n", "« k01 » doit avoir une région"),
    (', no_alliance: {fr: "Revoir.", en: "Look again."}', ', other: {fr: "a", en: "b"}', None),
]


@pytest.mark.parametrize(("old", "new", "message"), COHORT_FILE)
def test_a_malformed_cohort_file_is_refused(
    tiny: CourseTree, tmp_path: Path, old: str, new: str, message: str | None
) -> None:
    """A slip in cohort.yaml is refused by name; a step that no drawn case needs may be missing."""
    change(tiny.exercises / "tiny" / FILE, old, new)
    if message is None:
        drawn(tiny, SEEDS[0], tmp_path / "drawn")
        return
    with pytest.raises(AlliancesError, match=message):
        drawn(tiny, SEEDS[0], tmp_path / "drawn")


@pytest.mark.parametrize("seed", ["", "  \t"])
def test_a_blank_seed_is_refused(tiny: CourseTree, tmp_path: Path, seed: str) -> None:
    """A seed that is empty or blank draws nothing."""
    with pytest.raises(AlliancesError, match="graine de la cohorte est vide"):
        drawn(tiny, seed, tmp_path / "drawn")
