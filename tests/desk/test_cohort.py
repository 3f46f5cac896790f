"""``alliances course create --cohort``: one secret, one course; what is kept, what is refused."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from copies import GOOD, hand_in
from tiny_course import write_tiny_course

from alliances.cli import main
from alliances.course.cohort import Cohort
from alliances.course.cohort_private import read_private
from alliances.course.tree import CourseTree
from alliances.desk.cohort_record import FILE, read_record
from alliances.desk.collecting import collect
from alliances.desk.course_folder import create_course
from alliances.errors import AlliancesError
from alliances_grader.course_manifest import read_course
from alliances_grader.nbgrader_api import open_api

pytestmark = pytest.mark.grader

SEED = "a seed that nobody guesses"
OTHER = "another one, as long as that"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> CourseTree:
    """Return a tiny course with a question that draws its figures."""
    made = write_tiny_course(tmp_path_factory.mktemp("tree"))
    form = made.exercises / "tiny" / "form.yaml"
    text = form.read_text(encoding="utf-8")
    new = text.replace(
        "        value: 4\n", '        value: "n"\n        parameters: {n: {from: 1, to: 500}}\n'
    )
    form.write_text(new, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def _made(tree: CourseTree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "course"
    create_course(tree, folder, "fr", Cohort(SEED))
    return folder


@pytest.fixture
def course(_made: Path, tmp_path: Path) -> Path:
    """Return a course drawn from ``SEED``."""
    return shutil.copytree(_made, tmp_path / "course")


def private(folder: Path, tests: str = "assert total([7]) == 7", **question: Any) -> Path:
    """Write a private file with a hidden test, and a key of ``n01`` if given."""
    added: dict[str, Any] = {"hidden_tests": {"k01_test": tests}}
    if question:
        added["keys"] = {"n01": question}
    path = folder / "private.yaml"
    data = {"format": "alliances-private", "version": 1, "exercises": {"tiny": added}}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    """Return what a seed decides: all files but the gradebook and the salted digests."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("gradebook.db", FILE)
    }


def with_copy(folder: Path, tmp_path: Path) -> None:
    """Put one copy into a course."""
    hand_in(tmp_path / "in", "p01", GOOD)
    collect(read_course(folder), tmp_path / "in")
    assert (folder / "submitted" / "p01").is_dir()


def test_the_same_seed_gives_the_same_course(course: Path, tree: CourseTree, tmp_path: Path) -> None:
    """Sources, releases, configuration and manifest are the same byte for byte; another seed changes them."""
    again, other = tmp_path / "again" / "course", tmp_path / "other" / "course"
    create_course(tree, again, "fr", Cohort(SEED))
    create_course(tree, other, "fr", Cohort(OTHER))
    assert files(again) == files(course)
    assert (
        files(other)["source/tiny_form/tiny_form.ipynb"] != files(course)["source/tiny_form/tiny_form.ipynb"]
    )


def test_the_course_keeps_no_seed(course: Path) -> None:
    """No file of the course holds the seed; the digest is salted anew each time."""
    assert not [path for path in course.rglob("*") if path.is_file() and SEED.encode() in path.read_bytes()]
    record = read_record(course)
    assert record is not None
    assert record.same_seed(Cohort(SEED))
    assert not record.same_seed(Cohort(OTHER))
    assert len(record.seed) == len(record.salt) * 2 == 64


def test_no_key_is_left_in_the_temporary_folder(
    tree: CourseTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder in which a cohort is drawn is gone afterwards, also when nothing could be made."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    create_course(tree, tmp_path / "course", "fr", Cohort(SEED))
    with pytest.raises(AlliancesError):
        create_course(tree, tmp_path / "course", "fr", Cohort(" "))
    assert not list(place.glob("alliances-cohort-*"))


def test_renewing_keeps_the_cohort(course: Path, tree: CourseTree, tmp_path: Path) -> None:
    """The same seed renews a course that holds copies; without a seed it is refused and unchanged."""
    with_copy(course, tmp_path)
    before = files(course)
    with pytest.raises(AlliancesError, match=r"cours d'une cohorte.*--cohort"):
        create_course(tree, course, "fr")
    assert files(course) == before
    made = create_course(tree, course, "fr", Cohort(SEED))
    assert made.renewed
    assert files(course) == before


def test_another_seed_is_refused_once_copies_are_in(course: Path, tree: CourseTree, tmp_path: Path) -> None:
    """Without copies another seed draws anew; with copies it is refused by name and nothing changes."""
    create_course(tree, course, "fr", Cohort(OTHER))
    with_copy(course, tmp_path)
    before = files(course)
    with pytest.raises(AlliancesError, match="tiré d'une autre graine"):
        create_course(tree, course, "fr", Cohort(SEED))
    assert files(course) == before


def test_a_published_course_with_copies_takes_no_cohort(tree: CourseTree, tmp_path: Path) -> None:
    """Copies of the published exercises are not answers to a cohort's."""
    create_course(tree, tmp_path / "course", "fr")
    with_copy(tmp_path / "course", tmp_path)
    with pytest.raises(AlliancesError, match="copies des exercices publiés"):
        create_course(tree, tmp_path / "course", "fr", Cohort(SEED))


def test_a_private_file_may_mend_hidden_tests_but_not_questions(
    course: Path, tree: CourseTree, tmp_path: Path
) -> None:
    """With copies in, a new hidden test is taken over and asks to grade again; a new prompt is refused."""
    with_copy(course, tmp_path)
    made = create_course(tree, course, "fr", Cohort(SEED, read_private(private(tmp_path))))
    assert [note for note in made.notes if "--force" in note]
    assert "total([7])" in (course / "source/tiny_code/tiny_code.ipynb").read_text(encoding="utf-8")
    assert "total([7])" not in (course / "release/tiny_code/tiny_code.ipynb").read_text(encoding="utf-8")
    before = files(course)
    changed = private(tmp_path, prompt={"fr": "Combien ?", "en": "How many?"})
    with pytest.raises(AlliancesError, match=r"changerait ce qui leur a été demandé \(tiny_form\)"):
        create_course(tree, course, "fr", Cohort(SEED, read_private(changed)))
    assert files(course) == before


@pytest.mark.parametrize("content", ["", "{}", '{"format": "alliances-cohort"}', "[" * 9000])
def test_an_unreadable_record_is_named(course: Path, tree: CourseTree, content: str) -> None:
    """A damaged cohort.json is refused: the course is never taken for another one."""
    (course / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(AlliancesError, match=r"cohort\.json est illisible"):
        create_course(tree, course, "fr", Cohort(SEED))


def test_nbgrader_passes_over_what_we_keep_beside_copies(course: Path) -> None:
    """Receipts and marks files are ignored, besides what nbgrader ignores by default."""
    ignored = open_api(course).coursedir.ignore
    assert {"*.receipt.json", ".ipynb_checkpoints", "*.pyc"} <= set(ignored)


def test_the_command_draws_and_reads_the_seed_from_its_input(
    tree: CourseTree, course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    """« --cohort - » reads one line; the course is that of the seed, and the seed is not printed."""
    monkeypatch.setenv("ALLIANCES_ROOT", str(tree.root))
    monkeypatch.setattr("sys.stdin", io.StringIO(SEED + "\n"))
    folder = tmp_path / "drawn" / "course"
    assert main(["course", "create", str(folder), "--lang", "fr", "--cohort", "-", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["cohort"] is True
    assert "tiny n'a pas de cohort.yaml" in said.err
    assert SEED not in said.out + said.err
    assert files(folder) == files(course)
    assert main(["course", "create", str(folder), "--private", "x.yaml"]) == 2


def git(folder: Path, *words: str) -> None:
    """Run git in a folder, without the variables of a surrounding hook."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=env)


@pytest.mark.parametrize(
    ("state", "refused"), [("tracked", True), ("untracked", True), ("ignored", False), ("outside", False)]
)
def test_a_private_file_in_the_repository_is_refused(tmp_path: Path, state: str, refused: bool) -> None:
    """A file that Git follows, or would take, is refused; an ignored one and one elsewhere are read."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / ".gitignore").write_text("work/\n", encoding="utf-8")
    place = {"ignored": folder / "work", "outside": tmp_path}.get(state, folder)
    place.mkdir(exist_ok=True)
    path = private(place)
    if state == "tracked":
        git(folder, "add", path.name)
    if refused:
        with pytest.raises(AlliancesError, match=r"est dans le dépôt Git.*hors du dépôt"):
            read_private(path)
    else:
        assert read_private(path).of("tiny").tests
