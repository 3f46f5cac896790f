"""Feedback for a class: read in a few statements, written whole, only where something changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acting import acting_tags
from graded_course import ERROR, cell, copy_of, error_output, graded_course, set_grade

from alliances.cli import main
from alliances.desk import feedback
from alliances.desk.feedback import Written, write_feedback
from alliances.errors import AlliancesError, EnvironmentFault, UsageError
from alliances_grader.course_manifest import Course, read_course
from alliances_grader.feedback_checks import FailedCheck, Secrets, error_words, failed_check, squashed
from alliances_grader.feedback_page import render_page
from alliances_grader.feedback_remarks import Remark, remarks_on
from alliances_grader.feedback_source import plain_notebook
from alliances_grader.feedback_words import Page
from alliances_grader.results_sql import notebook_results

pytestmark = pytest.mark.grader


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graded_course(tmp_path_factory.mktemp("stock") / "course")


@pytest.fixture
def course(_made: Path, tmp_path: Path) -> Course:
    """Return a graded course of stock nbgrader's kind."""
    return read_course(copy_of(_made, tmp_path / "course"))


def html_of(course: Course, student: str, name: str = "nb") -> str:
    return (course.root / "feedback" / student / "ps" / f"{name}.html").read_text(encoding="utf-8")


# ---- the gradebook


def test_the_gradebook_is_read_as_nbgrader_reads_it(course: Course) -> None:
    """Points, maxima, comments and what waits, notebook by notebook, are those of nbgrader's own objects."""
    from nbgrader.api import Gradebook

    set_grade(course.root, "ada", "essay", {"manual_score": 2.5, "needs_manual_grade": 0})
    set_grade(course.root, "bob", "task", {"manual_score": 4.0, "extra_credit": 0.5})
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as book:
        book.find_comment("essay", "nb", "ps", "ada").manual_comment = "Précis."
        book.find_comment("task", "nb", "ps", "ada").auto_comment = "No response."
        book.find_submission_notebook("nb", "ps", "ada").late_submission_penalty = 0.5
        book.db.commit()
        wanted = {
            (copy.student.id, row.name): (
                float(row.score),
                float(row.max_score),
                float(row.late_submission_penalty or 0.0),
                {
                    grade.name: (grade.score, grade.max_score, grade.needs_manual_grade)
                    for grade in row.grades
                },
                {comment.name: comment.comment for comment in row.comments if comment.comment},
            )
            for copy in book.assignment_submissions("ps")
            for row in copy.notebooks
        }
    found = {
        (one.student, one.notebook): (
            one.points,
            one.max_points,
            one.late_penalty,
            {cell.id: (cell.points, cell.max_points, cell.to_mark) for cell in one.cells},
            one.comments,
        )
        for one in notebook_results(course.root, "ps")
    }
    assert found == wanted
    assert len(found) == 4


def test_a_course_without_a_gradebook_gets_none(course: Course) -> None:
    """Reading makes no file, and the command says that nothing is graded."""
    book = course.root / "gradebook.db"
    book.unlink()
    assert list(notebook_results(course.root, "ps")) == []
    with pytest.raises(AlliancesError, match="ps"):
        write_feedback(course, "ps")
    assert not book.exists()


def test_a_damaged_gradebook_is_named(course: Course) -> None:
    """A file that is no database is a fault of the machine, with its path."""
    (course.root / "gradebook.db").write_bytes(b"not a database at all, for sure" * 40)
    with pytest.raises(EnvironmentFault, match=r"gradebook\.db"):
        write_feedback(course, "ps")


# ---- a course of stock nbgrader


def test_each_notebook_has_the_page_that_nbgrader_would_name(course: Course) -> None:
    """``feedback/<student>/<assignment>/<notebook>.html``, for each notebook of each copy."""
    pages = write_feedback(course, "ps")
    found = sorted(str(page.path.relative_to(course.root / "feedback")) for page in pages)
    assert found == ["ada/ps/nb.html", "ada/ps/second.html", "bob/ps/nb.html", "bob/ps/second.html"]
    assert [page.to_mark for page in pages] == [2, 1, 2, 1]


@pytest.mark.parametrize(
    "words",
    [
        "La somme",
        "n’est pas passée. Elle porte sur la question «\u202ftest · La somme",
        "Un avis de ada. &lt;b&gt;",
        "Votre travail est dans votre carnet",
        "une personne va le lire",
        "ps – nb",
    ],
)
def test_a_stock_course_is_told_in_words(course: Course, words: str) -> None:
    """Without any manifest: prompts, what bears on hidden tests, texts, tasks and what waits."""
    write_feedback(course, "ps", "ada")
    assert words in html_of(course, "ada")


def test_code_that_a_person_reads_is_shown_inert(course: Course) -> None:
    """A manually graded code cell shows its code, escaped, and that a person will read it."""
    write_feedback(course, "ps", "ada")
    html = html_of(course, "ada", "second")
    assert "print(&#x27;&lt;script&gt;&#x27;)" in html
    assert "Lecture à venir" in html


def test_no_page_holds_a_hidden_test_or_anything_that_acts(course: Course) -> None:
    """Neither its source nor its message; no script, no tag of a learner's, no other host."""
    for page in write_feedback(course, "ps"):
        html = page.path.read_text(encoding="utf-8")
        assert ERROR not in html
        assert "[7, 9]" not in html
        assert "HIDDEN" not in html
        assert acting_tags(html.split("</head>")[1]) == []
        assert "default-src 'none'" in html.split("</head>")[0]


# ---- the failed check

VISIBLE = 'found = total([1])\nassert found == 1, f"1 attendu, reçu {found}"\nassert found'
GRADED = VISIBLE + "\n### BEGIN HIDDEN TESTS\nassert total([41, 1]) == 42\nassert found\n### END HIDDEN TESTS"
FIRST, SECOND, _ = VISIBLE.split("\n")


def secrets(graded: str = GRADED) -> Secrets:
    test = cell("code", graded, "t", grade=True)
    return Secrets(
        {"t": cell("code", "", "t") | {"source": VISIBLE}},
        squashed(VISIBLE + "def total(numbers):"),
        {"cells": [test | {"source": graded}]},
    )


@pytest.mark.parametrize(
    ("outputs", "wanted"),
    [
        ([], FailedCheck("hidden")),
        (
            [error_output("AssertionError", "1 attendu, reçu 2", f"----> 2 {SECOND}")],
            FailedCheck("visible", SECOND, "1 attendu, reçu 2"),
        ),
        (
            [error_output("AssertionError", "x", f"\x1b[0;32m----> 2\x1b[0m {SECOND}", "----> 1 raise x")],
            FailedCheck("visible", SECOND, "x"),
        ),
        (
            [error_output("ZeroDivisionError", "division by zero", f"----> 1 {FIRST}")],
            FailedCheck("visible", FIRST, error="ZeroDivisionError: division by zero"),
        ),
        ([error_output("AssertionError", "", "----> 5 assert total([41, 1]) == 42")], FailedCheck("hidden")),
        # The same words stand in both parts: the number tells which.
        (
            [error_output("AssertionError", "", "----> 3 assert found")],
            FailedCheck("visible", "assert found"),
        ),
        ([error_output("AssertionError", "", "----> 6 assert found")], FailedCheck("hidden")),
        # Run statement by statement the numbers are others: with doubt, nothing is quoted.
        ([error_output("AssertionError", "", "----> 1 assert found")], FailedCheck("hidden")),
        # Compared apart from the learner's code: the statement stands before the error's name.
        (
            [
                error_output(
                    "AssertionError", "1 attendu, reçu 2", SECOND, "AssertionError: 1 attendu, reçu 2"
                )
            ],
            FailedCheck("visible", SECOND, "1 attendu, reçu 2"),
        ),
        ([error_output("AssertionError", "tell", "AssertionError: tell")], FailedCheck("hidden")),
        ([error_output("CellTimeoutError", "", "x")], FailedCheck("time")),
        ([error_output("AssertionError", "", "----> " + "9" * 5000 + " x")], FailedCheck("hidden")),
        (
            [{"output_type": "error", "ename": 3, "evalue": None, "traceback": "no list"}],
            FailedCheck("hidden"),
        ),
    ],
)
def test_only_a_released_check_is_quoted(outputs: list[dict[str, Any]], wanted: FailedCheck) -> None:
    """A released line with its own message or error; of any other that there is one."""
    assert failed_check(VISIBLE, GRADED, outputs, secrets()) == wanted


def test_a_check_that_was_compared_outside_is_quoted_when_released() -> None:
    """A visible comparison cut out of the cell and judged outside is still told in its own words."""
    released = 'assert total([1]) == 1, "un attendu"'
    output = error_output("AssertionError", "un attendu", released, "AssertionError: un attendu")
    assert failed_check(released, released, [output], secrets()) == FailedCheck(
        "visible", released, "un attendu"
    )


def test_a_cell_without_hidden_tests_and_error_says_nothing() -> None:
    """Partial credit of a test that is all released needs no word about hidden ones."""
    assert failed_check(VISIBLE, VISIBLE, [], secrets()) is None


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("total([1]) failed", "ValueError: total([1]) failed"),
        ("x assert total([41, 1]) == 42 x", "ValueError"),
        ("asserttotal([41,1])==42", "ValueError"),
        ("", "ValueError"),
        ("\u202eabc", "ValueError: [U+202E]abc"),
    ],
)
def test_an_error_that_repeats_a_hidden_test_loses_its_text(value: str, wanted: str) -> None:
    """Its name stays; what was released may be repeated."""
    assert error_words(error_output("ValueError", value), secrets()) == wanted


def test_a_name_made_up_to_tell_a_hidden_test_is_left_out() -> None:
    """A learner's own exception may carry anything in its name."""
    assert error_words(error_output("asserttotal41", "total([41, 1]) == 42"), secrets()) == "Exception"


def test_a_visible_message_that_repeats_a_hidden_test_is_left_out() -> None:
    """A learner's object may write anything where a message shows it."""
    told = error_output("AssertionError", "1 attendu, reçu assert total([41, 1]) == 42", f"----> 2 {SECOND}")
    assert failed_check(VISIBLE, GRADED, [told], secrets()) == FailedCheck("visible", SECOND)


# ---- remarks

RECEIPT = {
    "format": "alliances-receipt",
    "version": 1,
    "assignment": "ps",
    "notebook": "nb",
    "source": "",
    "graded": "",
    "graded_at": "",
    "terms": {},
    "run": {},
    "cells": [],
    "findings": [],
}


def finding(key: Any, cell: Any = "test") -> dict[str, Any]:
    return {"key": key, "cell": cell, "values": {"found": "<script>"}}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"findings": [finding("cell_put_back")]}, [Remark("put_back", "test")]),
        ({"findings": [finding("cell_put_back"), finding("cell_put_back")]}, [Remark("put_back", "test")]),
        ({"findings": [finding("order_restored", "")]}, [Remark("order")]),
        ({"findings": [finding("bent"), finding("forged_message"), finding("results_several")]}, []),
        ({"findings": [finding("cell_put_back", "<b>"), finding("cell_put_back", "")]}, []),
        ({"findings": [finding(["x"]), finding("cell_put_back", 3), "x", None]}, []),
        ({"run": {"ended": "cell_time"}}, [Remark("ended_time")]),
        ({"run": {"ended": "crash:SIGSEGV"}}, [Remark("ended_crash")]),
        ({"run": {"ended": ["x"]}}, []),
        ({"run": "x"}, []),
        ({"version": 2}, []),
        (None, []),
    ],
)
def test_remarks_come_from_the_receipt(
    tmp_path: Path, changes: dict[str, Any] | None, wanted: list[Remark]
) -> None:
    """What a learner should know, about cells of the course; never signs of tampering or foreign words."""
    if changes is not None:
        (tmp_path / "nb.receipt.json").write_text(json.dumps(RECEIPT | changes), encoding="utf-8")
    assert list(remarks_on(tmp_path, "nb", {"test"})) == wanted


def test_a_remark_names_the_question(course: Course) -> None:
    """Where a cell was put back, the page says so by the question's title."""
    text = json.dumps(RECEIPT | {"findings": [finding("cell_put_back")]})
    (course.root / "autograded/ada/ps/nb.receipt.json").write_text(text, encoding="utf-8")
    write_feedback(course, "ps", "ada")
    html = html_of(course, "ada")
    assert "test · La somme\u00a0: une cellule de l’énoncé manquait" in html
    assert "&lt;script&gt;" not in html


# ---- only what changed


def changed(pages: list[Written]) -> list[str]:
    return [f"{page.student}/{page.notebook}" for page in pages if page.changed]


def add_receipt(course: Course) -> None:
    (course.root / "autograded/ada/ps/nb.receipt.json").write_text(json.dumps(RECEIPT), encoding="utf-8")


def cut_page(course: Course) -> None:
    path = course.root / "feedback/ada/ps/nb.html"
    path.write_bytes(path.read_bytes()[:-100])


def other_copy(course: Course) -> None:
    path = course.root / "autograded/ada/ps/nb.ipynb"
    path.write_bytes(path.read_bytes().replace(b"Un avis de ada", b"Un autre avis"))


def other_release(course: Course) -> None:
    path = course.root / "release/ps/nb.ipynb"
    path.write_bytes(path.read_bytes().replace(b"La somme", b"Le total"))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda _course: None, []),
        (lambda course: set_grade(course.root, "ada", "test", {"manual_score": 1.0}), ["ada/nb"]),
        (add_receipt, ["ada/nb"]),
        (cut_page, ["ada/nb"]),
        (other_copy, ["ada/nb"]),
        (other_release, ["ada/nb", "bob/nb"]),
        (lambda course: (course.root / "feedback/bob/ps/second.html").unlink(), ["bob/second"]),
    ],
)
def test_only_pages_that_something_changed_for_are_written(
    course: Course, change: Callable[[Course], object], wanted: list[str]
) -> None:
    """A mark, a receipt, a damaged page, the copy, the release, a page that is gone; otherwise nothing."""
    first = write_feedback(course, "ps")
    assert len(changed(first)) == 4
    change(course)
    again = write_feedback(course, "ps")
    assert changed(again) == wanted
    assert [page.to_mark for page in again][1] == 1


@pytest.mark.parametrize("options", [{"force": True}, {"agents": True}])
def test_all_pages_are_written_when_asked_or_told_otherwise(course: Course, options: dict[str, Any]) -> None:
    """``--force``, and another way of telling marks."""
    write_feedback(course, "ps")
    assert len(changed(write_feedback(course, "ps", **options))) == 4


def test_two_processes_write_the_same_pages(course: Course) -> None:
    """However many processes: the same bytes, told in the same order, with progress after each."""
    seen: list[tuple[int, int, str]] = []
    alone = write_feedback(course, "ps", jobs=1)
    texts = [page.path.read_bytes() for page in alone]
    both = write_feedback(
        course,
        "ps",
        jobs=2,
        force=True,
        progress=lambda done, of, page: seen.append((done, of, page.student)),
    )
    assert both == alone
    assert [page.path.read_bytes() for page in both] == texts
    assert seen == [(1, 4, "ada"), (2, 4, "ada"), (3, 4, "bob"), (4, 4, "bob")]


def test_a_process_that_dies_costs_no_page(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left is written by the process that is left."""
    own = os.getpid()

    def deadly(page: Page) -> str:
        if os.getpid() != own:
            os._exit(9)
        return render_page(page)

    monkeypatch.setattr(feedback, "render_page", deadly)
    pages = write_feedback(course, "ps", jobs=2)
    assert [page.path.is_file() for page in pages] == [True] * 4


# ---- what can go wrong


def test_a_page_that_cannot_be_made_is_named_and_the_class_goes_on(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1, the learner and the file named, the other pages written."""
    (course.root / "autograded/ada/ps/nb.ipynb").write_bytes(b"{")
    status = main(["feedback", "ps", "--course", str(course.root), "--json"])
    out = capsys.readouterr()
    assert status == 1
    assert "ada" in out.err
    told = json.loads(out.out)
    assert [page["path"] is None for page in told] == [True, False, False, False]
    assert "nb.ipynb" in told[0]["reason"]
    assert set(told[0]) == {"student", "notebook", "path", "changed", "to_mark", "reason"}


def test_a_missing_release_says_how_to_make_it(course: Course) -> None:
    """Without the learner's version nothing tells what may be shown."""
    (course.root / "release/ps/second.ipynb").unlink()
    refused = [page for page in write_feedback(course, "ps") if page.reason is not None]
    assert [page.notebook for page in refused] == ["second", "second"]
    assert "generate_assignment" in str(refused[0].reason)


def test_a_name_that_leaves_the_folder_is_refused(course: Course) -> None:
    """A learner called ``..`` in the gradebook gets no page, and none is written elsewhere."""
    from gradebooks import sql

    book = str(course.root / "gradebook.db")
    sql(book, "UPDATE submitted_assignment SET student_id = '../../x' WHERE student_id = 'ada'")
    pages = write_feedback(course, "ps")
    refused = [page for page in pages if page.reason is not None]
    assert {page.student for page in refused} == {"../../x"}
    assert not (course.root.parent / "x").exists()
    assert sorted(path.name for path in (course.root / "feedback").iterdir()) == ["bob"]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [({"student": "../x"}, r"\.\./x"), ({"jobs": 0}, "0"), ({"student": "", "jobs": 1}, "dossier")],
)
def test_wrong_words_are_refused(course: Course, arguments: dict[str, Any], match: str) -> None:
    """A code that is no name, and a number of processes below one."""
    with pytest.raises(UsageError, match=match):
        write_feedback(course, "ps", **arguments)


@pytest.mark.parametrize(("name", "match"), [("nope", "ps"), ("..", "ps")])
def test_an_assignment_that_is_not_there_is_named(course: Course, name: str, match: str) -> None:
    """The message lists those that are."""
    with pytest.raises(AlliancesError, match=match):
        write_feedback(course, name)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_stops_the_run_and_leaves_the_old_page(
    course: Course, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    """Half a page never stands in the place of one; the fault is told once."""
    write_feedback(course, "ps")
    before = html_of(course, "ada")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(EnvironmentFault, match="plein"):
        write_feedback(course, "ps", force=True, jobs=jobs)
    assert html_of(course, "ada") == before
    assert list((course.root / "feedback").rglob(".*")) == []


def test_reading_needs_neither_nbgrader_nor_nbformat(course: Course) -> None:
    """Their import takes longer than a class's pages."""
    code = (
        "import sys; from alliances.cli import main;"
        f"main(['feedback', 'ps', '--course', {str(course.root)!r}]);"
        "sys.exit(len({'nbgrader', 'nbformat', 'nbconvert', 'pandas', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"[]", "nb.ipynb"),
        (b"\xff", "nb.ipynb"),
        (b"[" * 100_000, "nb.ipynb"),
        (b'{"nbformat": 3, "cells": []}', "3"),
    ],
)
def test_what_is_no_notebook_is_refused(content: bytes, match: str) -> None:
    """By name, whatever it is."""
    with pytest.raises(AlliancesError, match=match):
        plain_notebook(content, Path("nb.ipynb"))


def test_what_is_no_cell_is_passed_over() -> None:
    """Odd cells, sources, metadata and outputs become empty ones or none."""
    odd = [3, {"cell_type": "x"}, {"cell_type": "code", "source": 3, "metadata": [], "outputs": ["x", {}]}]
    read = plain_notebook(json.dumps({"nbformat": 4, "cells": odd}).encode(), Path("nb.ipynb"))
    assert read["cells"] == [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [{}]}]
    assert plain_notebook(b'{"nbformat": 4, "cells": 3}', Path("nb.ipynb"))["cells"] == []
