"""Prints how fast forms are marked: 10,000 answers files of 20 questions, on one core.

    make bench

Two forms: the questions of a course's form, and one question of each type there is, the artefacts among them,
whose rules are graphs. The peer is the same marking with the question compiled anew for each answer, as a
hidden test cell does: the ratio is what one table for all copies gains. Reading (JSON, shape, hash) is told
apart from marking.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliances.course.cases import read_cases
from alliances.course.exercise_manifest import read_exercise
from alliances.course.form_source import form_parts
from alliances.course.references import read_references
from alliances.course.tree import find_tree
from alliances.questions.answers import AnswerFile, answers_to_bytes, read_answers
from alliances.questions.compiling import compile_question
from alliances.questions.drawing import with_figures
from alliances.questions.marking import mark, marker
from alliances.questions.registry import type_of
from alliances.questions.spec import load_items
from alliances.storage import write_safely

if TYPE_CHECKING:
    from collections.abc import Callable

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


def form_of_every_type() -> list[dict[str, Any]]:
    """Return twenty questions: the gallery's, one of each type, and four of them again."""
    items = load_items(find_tree().site / "gallery" / "questions.yaml").items
    by_type = {item.raw["type"]: item.raw for item in items}
    questions = [compile_question(raw, "fr") for raw in by_type.values()]
    return [{**questions[n % len(questions)], "id": f"q{n:02}"} for n in range(QUESTIONS)]


def answers_of_every_type(questions: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """Return model answers with a part left out here and there, and « je ne sais pas »."""
    given: dict[str, Any] = {}
    for question in questions:
        full = type_of(question["type"]).full_answer(with_figures(question, str(chance.random())))
        if chance.random() < 0.05:
            given[question["id"]] = {"unknown": True}
        elif chance.random() < 0.5:
            given[question["id"]] = full
        else:
            given[question["id"]] = _with_less(full, chance)
    return given


def _with_less(value: Any, chance: random.Random) -> Any:
    """Return an answer without some of its parts."""
    if isinstance(value, dict):
        return {key: _with_less(part, chance) for key, part in value.items()}
    if isinstance(value, list):
        return [entry for entry in value if chance.random() < 0.8]
    return value


def main() -> int:
    """Measure and print."""
    course = measured("the course's form", form_of_twenty(), answers_to)
    every = measured("every type", form_of_every_type(), answers_of_every_type)
    seconds = {"seconds": round(course, 2), "seconds_every_type": round(every, 2)}
    print(json.dumps({**seconds, "copies_per_second": round(COPIES / course)}))
    return 0


def measured(
    name: str,
    questions: list[dict[str, Any]],
    answering: Callable[[list[dict[str, Any]], random.Random], dict[str, Any]],
) -> float:
    """Read and mark ``COPIES`` copies of a form, print how it went, and return the seconds of one core."""
    chance = random.Random(20)  # noqa: S311 - sample answers
    with tempfile.TemporaryDirectory() as place:
        paths = []
        for number in range(COPIES):
            path = Path(place) / f"{number:05}" / "answers.json"
            path.parent.mkdir()
            file = AnswerFile(f"c{number:05}", "bench", "form", "fr", None, answering(questions, chance))
            write_safely(path, answers_to_bytes(file), wait=False)
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
            for question, answer in file.answers.items():
                mark(by_id[question], answer)
        peer = (time.process_time() - started) / PEER_COPIES
    whole = reading + marking
    print(
        f"{name}: {COPIES} copies of {QUESTIONS} questions in {whole:.1f} s on one core "
        f"(target {TARGET_SECONDS} s), {COPIES / whole:.0f} copies a second"
    )
    print(f"  reading {reading:.1f} s, marking {marking:.1f} s, mean {points / COPIES:.1f} points")
    print(f"  one table for all copies, against one a copy: {peer / (marking / COPIES):.1f} times as fast")
    return whole


if __name__ == "__main__":
    sys.exit(main())
