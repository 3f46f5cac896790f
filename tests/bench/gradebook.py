"""Prints how many copies a second the gradebook takes, on SQLite, beside nbgrader's own way of writing.

    PYTHONPATH=src:autograder python tests/bench/gradebook.py

Notebooks of 12 cells: six answers with a comment row, six tests with a grade row. Wall time and processor
time are both shown: on a shared machine the second says more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from alliances_grader.gradebook import GradebookWriter
from alliances_grader.gradebook_entries import BookEntry
from alliances_grader.journal import Journal
from alliances_grader.ledger import Ledger
from alliances_grader.receipts_graded import Terms, receipt_of, write_receipt
from alliances_grader.verdicts import CellVerdict, CopyVerdict

COPIES = 4000
STOCK = 20
BATCH = 200
PAIRS = 6

CELLS = (
    *(CellVerdict(f"test_{number}", "grade", 2.0, 1.0, False) for number in range(PAIRS)),
    *(CellVerdict(f"answer_{number}", "solution", 0.0, None, False) for number in range(PAIRS)),
)


def prepare(address: str) -> None:
    """Put an assignment of one notebook into a new gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(address) as book:
        book.add_assignment("bench")
        book.add_notebook("bench", "bench")
        for number in range(PAIRS):
            book.add_grade_cell(f"test_{number}", "bench", "bench", max_score=2, cell_type="code")
            book.add_solution_cell(f"answer_{number}", "bench", "bench")


def ours(writer: GradebookWriter) -> None:
    """Write the class in batches."""
    copies = [CopyVerdict(f"s{n:05}", "bench", "bench", None, 0.0, 0.0, CELLS) for n in range(COPIES)]
    for start in range(0, COPIES, BATCH):
        writer.write(copies[start : start + BATCH])


def whole(folder: Path, writer: GradebookWriter) -> None:
    """Write the class as a run does: a receipt a copy, journal, gradebook."""
    terms = Terms("strict", "namespaces", {"alliances": "0"}, {"cpu_seconds": 10.0})
    with Journal(folder / "journal.jsonl", "bench", terms) as journal, Ledger(journal, writer) as ledger:
        for number in range(COPIES):
            verdict = CopyVerdict(f"w{number:05}", "bench", "bench", None, 0.0, 0.0, CELLS)
            receipt = receipt_of(BookEntry(verdict), source="sha256:0", graded=b"", terms=terms)
            write_receipt(folder / "autograded" / verdict.student / "bench", receipt)
            ledger.add(BookEntry(verdict), "sha256:0")


def resume(folder: Path, writer: GradebookWriter) -> None:
    """Find out that nothing is left to do."""
    terms = Terms("strict", "namespaces", {"alliances": "0"}, {"cpu_seconds": 10.0})
    with Journal(folder / "journal.jsonl", "bench", terms) as journal, Ledger(journal, writer) as ledger:
        for number in range(COPIES):
            assert ledger.find(f"w{number:05}", "bench", "sha256:0") is not None


def stock(address: str) -> None:
    """Write a few copies as nbgrader's autograde does, its opening of the database at each step included."""
    from nbgrader.api import Gradebook

    for number in range(STOCK):
        student = f"stock{number}"
        for step in (
            lambda book, name=student: book.update_or_create_student(name),
            lambda book: book.find_assignment("bench"),
            lambda book, name=student: book.update_or_create_submission("bench", name),
            lambda book: book.find_notebook("bench", "bench"),
            lambda book: book.find_assignment("bench").notebooks,
        ):
            with Gradebook(address) as book:
                step(book)
        with Gradebook(address) as book:
            for pair in range(PAIRS):
                book.find_grade(f"test_{pair}", "bench", "bench", student).auto_score = 1.0
                book.db.commit()
                book.find_comment(f"answer_{pair}", "bench", "bench", student).auto_comment = None
                book.db.commit()


def timed(label: str, copies: int, work: Callable[[], None]) -> None:
    """Run and print copies a second."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{label:28} {copies / wall:9.1f} copies/s   {copies / cpu:9.1f} per processor second")


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'gradebook.db'}"
        writer = GradebookWriter(address)
        prepare(address)
        timed("new copies", COPIES, lambda: ours(writer))
        timed("the same again (regrade)", COPIES, lambda: ours(writer))
        timed("with receipts and journal", COPIES, lambda: whole(Path(folder), writer))
        timed("nothing left to do", COPIES, lambda: resume(Path(folder), writer))
        timed("nbgrader's way", STOCK, lambda: stock(address))
    return 0


if __name__ == "__main__":
    sys.exit(main())
