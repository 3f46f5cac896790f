"""The journal: a run that dies anywhere is taken up by the next, no copy lost and none graded twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from gradebooks import all_rows, make_gradebook, sql, verdict

from alliances.errors import AlliancesError, EnvironmentFault
from alliances_grader.gradebook import GradebookWriter, Refused, Written
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.journal import Finished, Journal, forget_in_journals, journal_path
from alliances_grader.ledger import Ledger
from alliances_grader.receipts_graded import Terms, read_receipt, receipt_of, used, write_receipt
from alliances_grader.verdicts import CopyRun, Finding

TERMS = Terms("strict", "namespaces", {"alliances": "0.1.0"}, {"cpu_seconds": 10.0})


def opened(root: Path, terms: Terms = TERMS) -> Journal:
    return Journal(journal_path(root, "ps"), "ps", terms)


def finished(student: str, **changes: Any) -> Finished:
    return Finished(BookEntry(verdict(student, **changes)), f"sha256:{student}")


class Book:
    """Stands for the gradebook: remembers what was written, and refuses whom it is told to."""

    def __init__(self, refuses: Iterable[str] = ()) -> None:
        self.batches: list[list[str]] = []
        self.refuses = set(refuses)
        self.fault: EnvironmentFault | None = None

    def write(self, batch: Iterable[BookEntry]) -> Written:
        """Remember a batch, or fail as told."""
        if self.fault is not None:
            raise self.fault
        students = [entry.verdict.student for entry in batch]
        self.batches.append([name for name in students if name not in self.refuses])
        reason = AlliancesError("grading_run.bad_student", student="x")
        refused = tuple(Refused(name, "nb", reason) for name in students if name in self.refuses)
        return Written(len(students) - len(refused), refused)

    def recorded(self, assignment: str) -> frozenset[tuple[str, str]]:
        """Return what was remembered."""
        return frozenset((name, "nb") for batch in self.batches for name in batch)


def test_what_is_written_is_found_again(tmp_path: Path) -> None:
    """A verdict comes back whole from a journal that was closed and opened, before and after it is kept."""
    with opened(tmp_path) as journal:
        number = journal.append([finished("ada"), finished("bob", test=None)])
        assert journal.find("ada", "nb", "sha256:ada") == finished("ada").entry
        journal.keep(number)
    with opened(tmp_path) as journal:
        assert journal.find("bob", "nb", "sha256:bob") == finished("bob", test=None).entry
        assert journal.pending() == {}


def test_an_open_batch_is_pending(tmp_path: Path) -> None:
    """A batch that the gradebook has not confirmed is there for the next run, oldest first."""
    with opened(tmp_path) as journal:
        first = journal.append([finished("ada")])
        second = journal.append([finished("bob")])
        journal.keep(second)
        third = journal.append([finished("zoe")])
    with opened(tmp_path) as journal:
        assert list(journal.pending().items()) == [
            (first, [finished("ada").entry]),
            (third, [finished("zoe").entry]),
        ]


def test_a_newer_verdict_replaces_a_pending_one(tmp_path: Path) -> None:
    """A copy that was graded again is not taken back to its older verdict."""
    with opened(tmp_path) as journal:
        journal.append([finished("ada", test=0.0)])
        journal.append([finished("ada", test=2.0)])
        assert list(journal.pending().values()) == [[], [finished("ada", test=2.0).entry]]


OTHER_TERMS = {
    "mode": Terms("nbgrader", TERMS.sandbox, TERMS.versions, TERMS.limits),
    "sandbox": Terms(TERMS.mode, "none", TERMS.versions, TERMS.limits),
    "version": Terms(TERMS.mode, TERMS.sandbox, {"alliances": "0.2.0"}, TERMS.limits),
    "limit": Terms(TERMS.mode, TERMS.sandbox, TERMS.versions, {"cpu_seconds": 20.0}),
}


@pytest.mark.parametrize("terms", OTHER_TERMS.values(), ids=OTHER_TERMS)
def test_other_terms_mean_grading_again(tmp_path: Path, terms: Terms) -> None:
    """With another mode, sandbox, version or limit a copy is not finished."""
    with opened(tmp_path) as journal:
        journal.append([finished("ada")])
    with opened(tmp_path, terms) as journal:
        assert journal.find("ada", "nb", "sha256:ada") is None
        assert terms.digest != TERMS.digest


def test_another_copy_means_grading_again(tmp_path: Path) -> None:
    """A copy that changed, another learner and another notebook are not finished."""
    with opened(tmp_path) as journal:
        journal.append([finished("ada")])
        assert journal.find("ada", "nb", "sha256:changed") is None
        assert journal.find("bob", "nb", "sha256:ada") is None
        assert journal.find("ada", "second", "sha256:ada") is None


def test_a_file_cut_anywhere_opens_with_its_whole_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whatever byte the end was lost, every whole line before it counts and writing goes on after it."""
    # Thousands of waits for the disk would say nothing here.
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    with opened(tmp_path) as journal:
        for name in ("ada", "bob"):
            journal.keep(journal.append([finished(name, cells=())]))
    whole = journal_path(tmp_path, "ps").read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        root = tmp_path / str(cut)
        path = journal_path(root, "ps")
        path.parent.mkdir(parents=True)
        path.write_bytes(whole[:cut])
        with opened(root) as journal:
            assert journal.cut == cut - max([end for end in ends if end <= cut], default=0)
            found = [name for name in ("ada", "bob") if journal.find(name, "nb", f"sha256:{name}")]
            # Header, terms, ada, kept, bob, kept.
            assert found == [name for name, end in (("ada", ends[2]), ("bob", ends[4])) if end <= cut]
            journal.append([finished("zoe", cells=())])
        with opened(root) as journal:
            assert journal.cut == 0
            assert journal.find("zoe", "nb", "sha256:zoe") is not None
        shutil.rmtree(root)


@pytest.mark.parametrize(
    "tail", [b"\0" * 4096, b"x", b"00000000 {}\n", b"\n\n"], ids=["zeros", "x", "sum", "empty"]
)
def test_what_a_power_cut_leaves_is_cut_off(tmp_path: Path, tail: bytes) -> None:
    """Bytes after the last whole line are dropped and counted."""
    with opened(tmp_path) as journal:
        journal.append([finished("ada")])
    with journal_path(tmp_path, "ps").open("ab") as file:
        file.write(tail)
    with opened(tmp_path) as journal:
        assert journal.cut == len(tail)
        assert journal.find("ada", "nb", "sha256:ada") is not None


def test_a_foreign_file_is_not_touched(tmp_path: Path) -> None:
    """A file that is no journal, another assignment's, or of a newer version is refused as it is."""
    path = journal_path(tmp_path, "ps")
    with opened(tmp_path):
        own = path.read_bytes()
    for content, message in (
        (b"notes du formateur\n", "n'est pas un journal de correction de « ps »"),
        (own, "n'est pas un journal de correction de « other »"),
    ):
        path.write_bytes(content)
        with pytest.raises(AlliancesError, match=message):
            Journal(path, "ps" if content != own else "other", TERMS)
        assert path.read_bytes() == content


def test_a_newer_journal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of a later format says which versions meet."""
    from alliances_grader import journal

    monkeypatch.setattr(journal, "_VERSION", 2)
    with opened(tmp_path):
        pass
    monkeypatch.undo()
    with pytest.raises(AlliancesError, match=r"format 2, celle-ci lit jusqu'à 1"):
        opened(tmp_path)


def test_tidying_keeps_what_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal with many replaced verdicts is written anew at opening: smaller, with the latest of each."""
    from alliances_grader import journal as module

    monkeypatch.setattr(module, "_WORTH_TIDYING", 20)
    with opened(tmp_path) as journal:
        for test in range(30):
            journal.keep(journal.append([finished("ada", test=test / 10), finished("bob", test=0.0)]))
    size = journal_path(tmp_path, "ps").stat().st_size
    with opened(tmp_path) as journal:
        assert journal_path(tmp_path, "ps").stat().st_size < size / 5
        assert journal.find("ada", "nb", "sha256:ada") == finished("ada", test=2.9).entry
        assert journal.pending() == {}
        journal.append([finished("zoe")])
    with opened(tmp_path) as journal:
        assert [entry.verdict.student for batch in journal.pending().values() for entry in batch] == ["zoe"]


def test_forgetting_takes_a_learner_out_of_every_journal(tmp_path: Path) -> None:
    """No byte of the learner is left in any journal; the others' verdicts are."""
    for name in ("ps", "ps 2/é"):
        with Journal(journal_path(tmp_path, name), name, TERMS) as journal:
            journal.keep(journal.append([finished("ada"), finished("bob")]))
            journal.drop([("ada", "nb")])
    assert forget_in_journals(tmp_path, "ada") == 4
    assert forget_in_journals(tmp_path, "ada") == 0
    for name in ("ps", "ps 2/é"):
        path = journal_path(tmp_path, name)
        assert path.parent == tmp_path / ".alliances" / "journal"
        assert b"ada" not in path.read_bytes()
        with Journal(path, name, TERMS) as journal:
            assert journal.find("bob", "nb", "sha256:bob") is not None


def test_a_ledger_writes_batches(tmp_path: Path) -> None:
    """Copies go to the gradebook together, the last ones at the end, each once."""
    book = Book()
    with opened(tmp_path) as journal, Ledger(journal, book, batch=3, patience=1e9) as ledger:
        for number in range(7):
            ledger.add(finished(f"s{number}").entry, f"sha256:s{number}")
    assert book.batches == [["s0", "s1", "s2"], ["s3", "s4", "s5"], ["s6"]]


def test_a_slow_run_does_not_sit_on_its_copies(tmp_path: Path) -> None:
    """A batch that has waited long enough is written before it is full."""
    book = Book()
    with opened(tmp_path) as journal, Ledger(journal, book, batch=100, patience=0.0) as ledger:
        ledger.add(finished("ada").entry, "sha256:ada")
        assert book.batches == [["ada"]]


def test_an_interrupted_run_keeps_what_it_has(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a batch still writes the copies that were finished."""
    book = Book()

    def run() -> None:
        with opened(tmp_path) as journal, Ledger(journal, book, patience=1e9) as ledger:
            ledger.add(finished("ada").entry, "sha256:ada")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert book.batches == [["ada"]]


def test_a_finished_copy_is_found_only_while_the_gradebook_has_it(tmp_path: Path) -> None:
    """With a new, empty gradebook every copy is graded again, whatever the journal says."""
    book = Book()
    with opened(tmp_path) as journal, Ledger(journal, book) as ledger:
        ledger.add(finished("ada").entry, "sha256:ada")
    with opened(tmp_path) as journal:
        assert Ledger(journal, book).find("ada", "nb", "sha256:ada") == finished("ada").entry
        assert Ledger(journal, Book()).find("ada", "nb", "sha256:ada") is None


def test_a_refused_copy_is_not_finished(tmp_path: Path) -> None:
    """What the gradebook would not take is reported, and graded again the next time."""
    book = Book(refuses={"eve"})
    with opened(tmp_path) as journal, Ledger(journal, book) as ledger:
        for name in ("ada", "eve"):
            ledger.add(finished(name).entry, f"sha256:{name}")
        ledger.flush()
        assert [refused.student for refused in ledger.refused] == ["eve"]
    with opened(tmp_path) as journal:
        assert journal.pending() == {}
        assert journal.find("eve", "nb", "sha256:eve") is None
        assert journal.find("ada", "nb", "sha256:ada") is not None


def test_a_fault_of_the_gradebook_leaves_the_copies_to_the_next_run(tmp_path: Path) -> None:
    """Locked or full, the gradebook has nothing; the next run writes from the journal and grades nothing."""
    book = Book()
    book.fault = EnvironmentFault("grading_run.database_locked", address="a", reason="r")

    def run() -> None:
        with opened(tmp_path) as journal, Ledger(journal, book) as ledger:
            ledger.add(finished("ada").entry, "sha256:ada")

    with pytest.raises(EnvironmentFault, match="un autre programme"):
        run()
    assert book.batches == []
    book.fault = None
    with opened(tmp_path) as journal, Ledger(journal, book) as ledger:
        assert (ledger.taken_up, book.batches) == (1, [["ada"]])
        assert ledger.find("ada", "nb", "sha256:ada") is not None


# A run over 40 copies with a small journal of what it executes; ended at a place that is named.
RUN = """\
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, {support!r})
    from gradebooks import verdict
    from sqlalchemy import event
    from alliances.errors import AlliancesError
    from alliances_grader.gradebook import GradebookWriter
    from alliances_grader.gradebook_entries import BookEntry
    from alliances_grader.journal import Journal, journal_path
    from alliances_grader.ledger import Ledger
    from alliances_grader.receipts_graded import Terms
    from alliances_grader.run_lock import RunLock

    root, place, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

    def die(*_):
        global count
        count -= 1
        if count == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    writer = GradebookWriter(f"sqlite:///{{root / 'gradebook.db'}}", patience=float(sys.argv[4]))
    if place == "statement":
        event.listen(writer.engine, "before_cursor_execute", die)
    if place == "commit":
        event.listen(writer.engine, "commit", die)
    try:
        terms = Terms("strict", "none")
        with RunLock(root).acquire(wait=60), Journal(journal_path(root, "ps"), "ps", terms) as j:
            if place == "append":
                whole = os.write
                def torn(handle, content):
                    global count
                    count -= 1
                    if count:
                        return whole(handle, content)
                    whole(handle, content[: len(content) // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
                os.write = torn
            if place == "keep":
                j.keep = lambda number, keep=j.keep: (die(), keep(number))
            with Ledger(j, writer, batch=8, patience=1e9) as ledger:
                for number in range(40):
                    name = f"s{{number:02}}"
                    if ledger.find(name, "nb", name) is None:
                        with (root / "executed").open("a") as file:
                            file.write(name + "\\n")
                        ledger.add(BookEntry(verdict(name)), name)
    except AlliancesError as error:
        print(error.key)
        sys.exit(1)
"""


def run(root: Path, place: str = "", count: int = 0, patience: float = 30.0, **options: Any) -> Any:
    support = str(Path(__file__).parents[1] / "support")
    program = textwrap.dedent(RUN).format(support=support)
    return subprocess.Popen(
        [sys.executable, "-c", program, str(root), place, str(count), str(patience)],
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def executed(root: Path) -> list[str]:
    path = root / "executed"
    return path.read_text(encoding="utf-8").split() if path.exists() else []


CLASS = [f"s{number:02}" for number in range(40)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_gradebook(tmp_path_factory.mktemp("gradebook"))


@pytest.fixture(scope="module")
def undisturbed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return every row of a gradebook whose run nothing disturbed."""
    root = tmp_path_factory.mktemp("whole")
    shutil.copy(made, root / "gradebook.db")
    GradebookWriter(f"sqlite:///{root / 'gradebook.db'}").write(verdict(name) for name in CLASS)
    return all_rows(root / "gradebook.db")


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Path:
    """Return a course folder with a small gradebook."""
    shutil.copy(made, tmp_path / "gradebook.db")
    return tmp_path


# Batches of 8 copies; a batch is 10 statements, its journal one write, and one more for « kept ».
KILLS = {
    "first statement": ("statement", 5, 8),
    "middle of a transaction": ("statement", 30, 8),
    "before a commit": ("commit", 3, 8),
    "after a commit, before its line": ("keep", 2, 0),
    "in a line of the journal": ("append", 4, 8),
    "in the first line": ("append", 1, 8),
}


@pytest.mark.grader
@pytest.mark.parametrize(("place", "count", "lost"), KILLS.values(), ids=KILLS)
def test_a_killed_run_is_taken_up(
    course: Path, undisturbed: dict[str, Any], place: str, count: int, lost: int
) -> None:
    """After kill -9 anywhere, the next run leaves the gradebook as if nothing had happened.

    What was journalled stays done: only copies whose batch had not reached the journal (``lost``, at most one
    batch) are executed again.
    """
    dead = run(course, place, count)
    dead.communicate(timeout=120)
    assert dead.returncode == -9
    done = executed(course)
    assert 0 < len(done) <= 40
    students = sql(f"sqlite:///{course / 'gradebook.db'}", "SELECT count(*) FROM student")[0][0]
    assert students % 8 == 0, "a batch is there whole or not at all"

    again = run(course)
    again.communicate(timeout=120)
    assert again.returncode == 0
    assert all_rows(course / "gradebook.db") == undisturbed
    twice = [name for name in CLASS if executed(course).count(name) > 1]
    assert len(twice) <= (lost if place == "append" else 0)
    assert set(executed(course)) == set(CLASS)

    third = run(course)
    third.communicate(timeout=120)
    assert len(executed(course)) == 40 + len(twice), "a third run has nothing left to do"


@pytest.mark.grader
def test_two_runs_at_once_grade_each_copy_once(course: Path, undisturbed: dict[str, Any]) -> None:
    """The second run waits for the first and finds nothing left to do."""
    both = [run(course) for _ in range(2)]
    for process in both:
        process.communicate(timeout=120)
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(executed(course)) == CLASS
    assert all_rows(course / "gradebook.db") == undisturbed


@pytest.mark.grader
def test_a_locked_gradebook_costs_no_copy(course: Path, undisturbed: dict[str, Any]) -> None:
    """A run that meets a locked database ends with its fault; the next executes only what was not reached."""
    other = sqlite3.connect(course / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    stopped = run(course, patience=0.1)
    said = stopped.communicate(timeout=120)[0]
    other.close()
    assert (stopped.returncode, said) == (1, "grading_run.database_locked\n")
    assert executed(course) == CLASS[:8]
    run(course).communicate(timeout=120)
    assert executed(course) == CLASS
    assert all_rows(course / "gradebook.db") == undisturbed


FULL = """\
    import resource, sys
    from pathlib import Path
    sys.path.insert(0, {support!r})
    from gradebooks import verdict
    from alliances.errors import EnvironmentFault
    from alliances_grader.gradebook_entries import BookEntry
    from alliances_grader.journal import Finished, Journal, journal_path
    from alliances_grader.receipts_graded import Terms
    root = Path(sys.argv[1])
    with Journal(journal_path(root, "ps"), "ps", Terms("strict", "none")) as journal:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        number = 0
        try:
            while True:
                batch = [Finished(BookEntry(verdict(f"s{{number + n}}")), "x") for n in range(8)]
                journal.append(batch)
                number += 8
        except EnvironmentFault as fault:
            print(number, fault.key)
"""


def test_a_full_disk_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    """A batch that does not fit is named and taken back whole: no torn line is left."""
    program = textwrap.dedent(FULL).format(support=str(Path(__file__).parents[1] / "support"))
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    number, key = result.stdout.split()
    assert key == "storage.disk_full"
    with opened(tmp_path, Terms("strict", "none")) as journal:
        assert journal.cut == 0
        found = [n for n in range(int(number) + 8) if journal.find(f"s{n}", "nb", "x")]
        assert found == list(range(int(number)))


def test_a_receipt_says_how_a_mark_came_about(tmp_path: Path) -> None:
    """What was graded, by what terms, what it took and what it gave are read back as written."""
    entry = BookEntry(verdict(findings=(Finding("odd", "test", {"n": 1, "place": Path("x")}),)))
    run_of_it = CopyRun((), "cpu", 1.23456, 2.0, 9_000)
    receipt = receipt_of(entry, source="sha256:a", graded=b"{}", terms=TERMS, run=used(run_of_it))
    path = write_receipt(tmp_path / "autograded" / "ada" / "ps", receipt)
    assert path.name == "nb.receipt.json"
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    found = read_receipt(path.parent, "nb")
    assert found == receipt
    assert found.terms == TERMS.to_json()
    assert found.run == {"ended": "cpu", "cpu_seconds": 1.235, "wall_seconds": 2.0, "peak_bytes": 9000}
    assert found.findings == ({"key": "odd", "cell": "test", "values": {"n": 1, "place": "x"}},)
    assert "ada" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format": "alliances-receipt", "version": 1}', b"\xff"]
)
def test_an_unreadable_receipt_is_none(tmp_path: Path, content: bytes) -> None:
    """A receipt that is torn, foreign, or a learner's own invention is no receipt."""
    (tmp_path / "nb.receipt.json").write_bytes(content)
    assert read_receipt(tmp_path, "nb") is None


def test_a_receipt_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """A folder that is none is said in words, and nothing lies about."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    receipt = receipt_of(BookEntry(verdict()), source="a", graded=b"", terms=TERMS)
    with pytest.raises(EnvironmentFault, match="Impossible d'écrire"):
        write_receipt(tmp_path / "file", receipt)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
