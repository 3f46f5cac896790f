"""Prints how fast forms are marked: 10,000 answers files of 20 questions, on one core.

    make bench

The peer is the same marking with the question compiled anew for each answer, as a hidden test cell does: the
ratio is what one table for all copies gains. Reading (JSON, shape, hash) is told apart from marking.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from alliances.course.cases import read_cases
from alliances.course.exercise_manifest import read_exercise
from alliances.course.form_source import form_parts
from alliances.course.references import read_references
from alliances.course.tree import find_tree
from alliances.questions.answers import AnswerFile, read_answers, write_answers
from alliances.questions.marking import mark, marker

COPIES = 10_000
QUESTIONS = 20
PEER_COPIES = 200
TARGET_SECONDS = 10


def form_of_twenty() -> list[dict[str, Any]]:
    """Return twenty questions: those of the course's form that rules mark, some of them twice."""
    tree = find_tree()
    exercise = read_exercise(tree.exercises / "alliance_models" / "exercise.toml")
    parts = form_parts(tree, exercise, "fr", read_cases(tree), read_references(tree))
    questions = [q for part in parts for q in part.questions if q["type"] != "text"]
    return [{**questions[n % len(questions)], "id": f"q{n:02}"} for n in range(QUESTIONS)]


def answers_to(questions: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """Return answers as people give them: right, wrong, half, and « je ne sais pas »."""
    given: dict[str, Any] = {}
    for question in questions:
        if chance.random() < 0.05:
            given[question["id"]] = {"unknown": True}
        elif question["type"] == "choice":
            given[question["id"]] = {"option": chance.choice(question["options"])["id"]}
        elif question["type"] == "classify":
            given[question["id"]] = {
                "category": chance.choice(question["categories"])["id"],
                "reason": chance.choice(question["reasons"])["id"],
            }
        else:
            given[question["id"]] = {"value": str(chance.randint(0, 100))}
    return given


def main() -> int:
    """Measure and print."""
    questions = form_of_twenty()
    chance = random.Random(20)  # noqa: S311 - sample answers
    with tempfile.TemporaryDirectory() as place:
        paths = []
        for number in range(COPIES):
            path = Path(place) / f"{number:05}" / "answers.json"
            path.parent.mkdir()
            answers = answers_to(questions, chance)
            write_answers(path, AnswerFile(f"c{number:05}", "bench", "form", "fr", None, answers))
            paths.append(path)
        started = time.process_time()
        files = [read_answers(path) for path in paths]
        reading = time.process_time() - started
        started = time.process_time()
        markers = {question["id"]: marker(question) for question in questions}
        points = 0.0
        for file in files:
            points += sum(markers[name](answer).points for name, answer in file.answers.items())
        marking = time.process_time() - started
        by_id = {question["id"]: question for question in questions}
        started = time.process_time()
        for file in files[:PEER_COPIES]:
            for name, answer in file.answers.items():
                mark(by_id[name], answer)
        peer = (time.process_time() - started) / PEER_COPIES
    whole = reading + marking
    print(
        f"{COPIES} copies of {QUESTIONS} questions: {whole:.1f} s on one core (target {TARGET_SECONDS} s), "
        f"{COPIES / whole:.0f} copies a second"
    )
    print(f"  reading {reading:.1f} s, marking {marking:.1f} s, mean {points / COPIES:.1f} points")
    print(f"  one table for all copies, against one a copy: {peer / (marking / COPIES):.1f} times as fast")
    print(json.dumps({"seconds": round(whole, 2), "copies_per_second": round(COPIES / whole)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
