"""The author's lint: nothing to say of a good course, and one finding for each thing that is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_course import change, write_tiny_course

from alliances.course.build import build
from alliances.course.check import check
from alliances.i18n import area_texts

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.rules.finding import Finding
    from alliances.course.tree import CourseTree

FR, EN = "modules/tiny/lesson.fr.md", "modules/tiny/lesson.en.md"
MODULE, ITEMS = "modules/tiny/module.toml", "modules/tiny/items.yaml"
FORM, EXERCISE = "exercises/tiny/form.yaml", "exercises/tiny/exercise.toml"
CODE = "exercises/tiny/code.en.md"
CASES, VIGNETTES = "datasets/cases.csv", "datasets/syn_vignettes.csv"


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def findings(tree: CourseTree) -> list[Finding]:
    build(tree, pages=False)  # the committed notebooks; what cannot be built is the lint's to tell
    return check(tree)


def test_nothing_to_say_of_a_good_course(tree: CourseTree) -> None:
    """The miniature course keeps every contract."""
    assert findings(tree) == []


# What is broken: file, old text, new text; then the rule that tells, the file and the line named.
BROKEN = [
    # lessons
    (FR, "## Le résultat d'abord", "# Le résultat d'abord", "title_twice", f"{FR}:12"),
    (FR, "# Un commentaire en français.", "x = (", "code_syntax", f"{FR}:30"),
    (FR, "À la fin, vous", "#### Plan\n\nÀ la fin, vous", "heading_skips", f"{FR}:14"),
    (FR, "## Le point {", "## Le bilan {", "section_title", f"{FR}:42"),
    (FR, "{minutes}`8`", "{minutes}`9`", "section_told", f"{FR}:20"),
    (FR, " {minutes}`8`", "", "section_told", f"{FR}:20"),
    (FR, "## Le point {minutes}`5`", "### Le point", "section_count", FR),
    (
        FR,
        '```{code-cell} ipython3\n:tags: [hide-input]\n\npractice("tiny.p01")\n```',
        "Rien.",
        "no_question",
        f"{FR}:20",
    ),
    (FR, 'practice("tiny.p01")', 'practice("tiny.p99")', "unknown_item", f"{FR}:37"),
    (FR, 'practice("tiny.p01")', 'practice("tiny.t01")', "test_item_shown", f"{FR}:37"),
    (FR, "## Sources\n", "", "no_sources", FR),
    (FR, "> [!service]\n", "> [!note]\n", "no_service", FR),
    (FR, "À la fin, vous", "```{note}\nx\n```\n\nÀ la fin, vous", "directive", f"{FR}:14"),
    (FR, "À la fin, vous", "<div>x</div> À la fin, vous", "html", f"{FR}:14"),
    (FR, '# Un commentaire en français.\n"Bonjour"', "", "parity_code", f"{EN}:28"),
    (FR, 'practice("tiny.p01")', "", "code_empty", f"{FR}:37"),
    (FR, "{fact}`share_giving`", "{fact}`nothing`", "unknown_fact", f"{FR}:22"),
    (FR, "{source}`S002`", "{source}`S404`", "unknown_source", f"{FR}:22"),
    (FR, "> [!key]", "> [!clé]", "unknown_box", f"{FR}:24"),
    (FR, "{source}`S002`", "{cite}`S002`", "unknown_role", f"{FR}:22"),
    # links, pictures, words
    (FR, "](#one_section)", "](#two_section)", "dead_anchor", f"{FR}:44"),
    (FR, "](#one_section)", "](other.md)", "dead_link", f"{FR}:44"),
    (FR, "![Une flèche va de l'entreprise vers l'association.]", "![]", "no_alternative", f"{FR}:16"),
    (FR, "(img/arrow.svg)", "(img/arrows.svg)", "dead_link", f"{FR}:16"),
    (FR, "(img/arrow.svg)", "(https://example.org/a.png)", "outside_image", f"{FR}:16"),
    (FR, "un don d'un achat : c'est", "un \"don\" d'un achat : c'est", "straight_quotes", f"{FR}:12"),
    (FR, "c'est utile", "TODO", "left_to_write", f"{FR}:14"),
    (
        "modules/tiny/trainer.en.md",
        "Check the room.",
        "Lorem ipsum",
        "left_to_write",
        "modules/tiny/trainer.en.md:5",
    ),
    (
        "modules/tiny/trainer.fr.md",
        "Vérifier la salle.",
        "[x](nowhere.md)",
        "dead_link",
        "modules/tiny/trainer.fr.md:5",
    ),
    (FR, "À la fin, vous", '<a id="source-x"></a> À la fin, vous', "source_by_hand", f"{FR}:14"),
    # parity
    (EN, "# A comment in English.", "x = 1", "parity_code", f"{EN}:28"),
    (EN, ":tags: [hide-input]", ":tags: [hide-output]", "parity_options", f"{EN}:37"),
    (EN, "\n+++\n\n## Recap", "\n+++\n\nMore.\n\n+++\n\n## Recap", "parity_cells", f"{EN}:46"),
    (EN, "At the end you", "### More\n\nAt the end you", "parity_headings", f"{EN}:12"),
    (EN, "> [!key]", "> [!trap]", "parity_boxes", f"{EN}:20"),
    (EN, "{fact}`share_giving`", "{fact}`budget`", "parity_roles", f"{EN}:20"),
    (EN, " ({source}`S002`)", "", "parity_roles", f"{EN}:20"),
    (
        EN,
        "![An arrow goes from the company to the association.](img/arrow.svg)",
        "",
        "parity_images",
        f"{EN}:12",
    ),
    (EN, "](#one_section)", "](#opening)", "parity_links", f"{EN}:42"),
    (EN, "At the end you", "| a |\n| - |\n\nAt the end you", "parity_rows", f"{EN}:12"),
    (CODE, "return sum(numbers)", "return sum(numbers) + 1", "parity_code", f"{CODE}:21"),
    (
        "modules/tiny/trainer.en.md",
        "## Before",
        "### Before",
        "parity_headings",
        "modules/tiny/trainer.en.md:1",
    ),
    # module.toml
    (MODULE, "minutes = 8", "minutes = 15", "section_minutes", f"{MODULE}:34"),
    (MODULE, '["students"]', '["students", "pilots"]', "unknown_track", MODULE),
    (MODULE, "prerequisites = []", 'prerequisites = ["none"]', "unknown_module", MODULE),
    (MODULE, "prerequisites = []", 'prerequisites = ["later"]', "late_prerequisite", MODULE),
    (MODULE, '["cases", "facts"]', '["cases", "fables"]', "unknown_dataset", MODULE),
    (MODULE, 'sources = ["S001"]', 'sources = ["S404"]', "unknown_source", MODULE),
    (MODULE, '"real_case", "val', '"unreal_case", "val', "unknown_case", MODULE),
    (MODULE, 'exercise = "tiny"', 'exercise = "huge"', "file_needed", "exercises/huge/exercise.toml"),
    (MODULE, 'exercise = "tiny"', 'exercise = "huge"', "exercise_alone", EXERCISE),
    (MODULE, 'id = "count"', 'id = "reckon"', "unknown_outcome", f"{ITEMS}:23"),
    (
        MODULE,
        '[[sections]]\nid = "opening"',
        '[[outcomes]]\nid = "new"\nbloom = "apply"\nfr = "a"\nen = "a"\n\n[[sections]]\nid = "opening"',
        "outcome_uncovered",
        ITEMS,
    ),
    (MODULE, "[tool]", "[tols]", "field_unknown", f"{MODULE}:46"),
    # items
    (ITEMS, "module: tiny", "module: huge", "item_module", f"{ITEMS}:1"),
    (ITEMS, "  - id: p12\n    use: practice", "  - id: t12\n    use: test", "few_items", ITEMS),
    (
        ITEMS,
        "p12\n    use: practice\n    outcome: count\n    bloom: understand\n    tracks: [students]",
        "p12\n    use: practice\n    outcome: count\n    bloom: understand\n    tracks: [agents]",
        "item_track",
        f"{ITEMS}:203",
    ),
    (ITEMS, "items:\n", "  idle: {fr: a, en: a}\nitems:\n", "idle_misconception", ITEMS),
    (ITEMS, "  - id: p12\n", "  - id: p11\n", "repeated_id", f"{ITEMS}:203"),
    (
        ITEMS,
        'Question p05 : est-ce un don ?", en: "Question p05: is it a gift?"',
        'Question p05 ?"',
        "missing_translation",
        f"{ITEMS}:83",
    ),
    # exercises
    (FORM, "exercise: tiny", "exercise: huge", "item_module", f"{FORM}:1"),
    (FORM, "case: real_case", "case: unreal_case", "unknown_case", f"{FORM}:14"),
    (FORM, "readings: {giving: [direction]}", "readings: {giving: [priced_order]}", "readings", f"{FORM}:14"),
    (
        FORM,
        "readings: {giving: [direction]}",
        "readings: {giving: [direction], no_alliance: [direction]}",
        "readings",
        f"{FORM}:14",
    ),
    (FORM, "criteria: justification", "criteria: style", "unknown_rubric", f"{FORM}:34"),
    (FORM, "        outcome: count\n", "        outcome: dream\n", "unknown_outcome", f"{FORM}:44"),
    (FORM, "  - id: shared\n", "  - id: common\n", "no_shared", FORM),
    (
        FORM,
        "        points: 2\n        outcome: tell",
        "        points: 3\n        outcome: tell",
        "points",
        EXERCISE,
    ),
    (
        FORM,
        "        points: 2\n        outcome: tell",
        "        points: 3\n        outcome: tell",
        "doors_differ",
        CODE,
    ),
    (EXERCISE, "shared = 5", "shared = 6", "points", EXERCISE),
    (EXERCISE, "shared = 5\nrest = 4", "shared = 5\nrest = 6", "shared_half", EXERCISE),
    (
        EXERCISE,
        'outcomes = ["tell", "count"]',
        'outcomes = ["tell", "count", "dream"]',
        "unknown_outcome",
        EXERCISE,
    ),
    (CODE, '"points": 2, "outcome": "count"', '"points": 2, "outcome": "tell"', "doors_differ", CODE),
    (CODE, "{shared}\n", "", "shared_place", CODE),
    (CODE, "return sum(numbers)", "return sum(numbers", "code_syntax", f"{CODE}:24"),
    # hidden tests
    (CODE, "assert total([]) == 0", "assert total([])", "probe_beside", f"{CODE}:33"),
    (CODE, "assert total([]) == 0", "%time total([])", "probe_beside", f"{CODE}:33"),
    (CODE, "assert total([]) == 0", "import os\nassert not total([])", "probe_beside", f"{CODE}:34"),
    (
        CODE,
        "assert total([1, 2]) == 3",
        'from alliances_grader.probe import probe\nassert probe("total([1])") == 1',
        "probe_not_hidden",
        f"{CODE}:32",
    ),
    (CODE, 'assert probe("is_gift") is True', 'assert probe("is_gift") is gift', "probe_name", f"{CODE}:51"),
    (CODE, 'assert probe("is_gift") is True', 'probe("is_gift").__class__', "probe_attribute", f"{CODE}:51"),
    (
        CODE,
        'assert probe("is_gift") is True',
        'while probe("is_gift"): pass',
        "probe_statement",
        f"{CODE}:51",
    ),
    (CODE, "from alliances_grader.probe import probe\n", "", "probe_not_imported", f"{CODE}:50"),
    # cases
    (CASES, "S001;S002", "S001;S404", "unknown_source", f"{CASES}:2"),
    (CASES, "S001;S002", "", "case_unsourced", f"{CASES}:2"),
    (CASES, ",giving,Un don.", ",no_alliance,Un don.", "team_reading", f"{CASES}:2"),
    (CASES, "giving:direction", "giving:", "reading_alone", f"{CASES}:2"),
    (VIGNETTES, "no_alliance:priced_order", "giving:priced_order", "readings", f"{FORM}:24"),
    (CASES, "case_id,", "case,", "csv_columns", f"{CASES}:1"),
]


@pytest.mark.parametrize(("place", "old", "new", "rule", "where"), BROKEN)
def test_each_broken_thing_is_found(  # noqa: PLR0913, PLR0917 - one row a case
    tree: CourseTree, place: str, old: str, new: str, rule: str, where: str
) -> None:
    """Breaking one thing gives the finding of its rule, at its place, in both languages."""
    change(tree.root / place, old, new)
    told = {(finding.rule, finding.place(tree.root)): finding for finding in findings(tree)}
    assert (rule, where) in told, [f"{r} {p}" for r, p in told]
    finding = told[rule, where]
    assert " → " in finding.message("fr") or finding.key.startswith("questions.")
    assert finding.message("fr") != finding.message("en")


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        (EN, "file_missing"),
        ("modules/tiny/trainer.fr.md", "file_missing"),
        ("modules/tiny/app.md", "file_missing"),
        ("exercises/tiny/code.fr.md", "file_missing"),
        ("datasets/sources.csv", "file_missing"),
        (EXERCISE, "file_needed"),
        ("modules/tiny/img/arrow.svg", "dead_link"),
    ],
)
def test_a_missing_file_is_found(tree: CourseTree, place: str, rule: str) -> None:
    """A file that something announces and that is not there is named."""
    (tree.root / place).unlink()
    assert rule in {finding.rule for finding in findings(tree)}


def test_a_wrong_option_names_its_misconception(tree: CourseTree) -> None:
    """A wrong option without a misconception is found."""
    path = tree.root / ITEMS
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("        misconception: price\n", "", 1), encoding="utf-8")
    assert [(f.rule, f.values["item"]) for f in findings(tree)] == [("no_misconception", "p01")]


def test_a_next_step_of_an_item_leads_somewhere(tree: CourseTree) -> None:
    """A next step without a link is found, and one that leads elsewhere in the other language."""
    path = tree.root / ITEMS
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("Relire [la section](#one_section).", "Relire.", 1), encoding="utf-8")
    assert [finding.rule for finding in findings(tree)] == ["step_links_differ", "step_without_link"]


def test_one_open_answer_an_exercise(tree: CourseTree) -> None:
    """A second text that a person must mark is found."""
    path = tree.root / FORM
    content = path.read_text(encoding="utf-8")
    start, end = content.index("      - id: j01"), content.index("  - id: rest")
    second = content[start:end].replace("j01", "j02")
    path.write_text(content[:end] + second + content[end:], encoding="utf-8")
    assert ("second_text", "j01") in {(f.rule, f.values.get("first")) for f in findings(tree)}


def test_no_alliance_is_once_the_right_answer(tree: CourseTree) -> None:
    """An exercise whose cases are all alliances is found."""
    change(tree.root / VIGNETTES, "no_alliance,Un achat.", "giving,Un don.")
    change(tree.root / VIGNETTES, "no_alliance:priced_order", "giving:direction")
    change(tree.root / FORM, "readings: {no_alliance: [priced_order]}", "readings: {giving: [direction]}")
    assert [finding.rule for finding in findings(tree)] == ["always_alliance"]


def test_a_folder_outside_the_order_is_found(tree: CourseTree) -> None:
    """A module's folder that the syllabus does not order is found."""
    (tree.modules / "stray").mkdir()
    assert [(f.rule, f.place(tree.root)) for f in findings(tree)] == [("stray_folder", "modules/stray")]


def test_a_notebook_that_is_not_built_is_found(tree: CourseTree) -> None:
    """A committed notebook that differs from what its lesson gives is found."""
    findings(tree)
    (tree.modules / "tiny/lesson.en.ipynb").write_text("{}\n", encoding="utf-8")
    assert [(f.rule, f.place(tree.root)) for f in check(tree)] == [("twin", "modules/tiny/lesson.en.ipynb")]


def test_the_lint_writes_nothing(tree: CourseTree) -> None:
    """Proof-reading leaves every file as it was."""
    before = {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}
    check(tree)
    assert before == {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}


def test_what_a_cohort_draws_is_read(tree: CourseTree) -> None:
    """A field that cohort.yaml does not know is named with its line, before anybody needs a seed."""
    path = tree.exercises / "tiny" / "cohort.yaml"
    path.write_text("exercise: tiny\nfigure: {}\n", encoding="utf-8")
    (finding,) = [found for found in findings(tree) if found.path == path]
    assert (finding.line, finding.key) == (2, "questions.unknown_field")


def test_each_finding_has_a_test() -> None:
    """A rule that can speak is broken by one of the tests of this file."""
    words = {"json", "clean", "summary"}
    rules = {key.removeprefix("check_") for key in area_texts("course") if key.startswith("check_")} - words
    by_hand = {
        "no_misconception", "step_without_link", "step_links_differ", "second_text", "always_alliance",
        "stray_folder", "twin", "figure_orphan", "figure_uncited", "memory_graded",
    }  # fmt: skip
    assert rules - {row[3] for row in BROKEN} == by_hand
