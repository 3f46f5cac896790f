"""The form of a cohort: the published one with other cases, figures, items and keys, on the same scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from alliances.course.cohort_cases import PRIVATE, case_questions, draw_cases
from alliances.course.cohort_figures import filled
from alliances.course.cohort_source import question_id
from alliances.errors import AlliancesError
from alliances.questions.checking import check_question
from alliances.questions.kind import Checking
from alliances.questions.parameters import completed
from alliances.questions.source import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from alliances.course.cohort_cases import CaseBank
    from alliances.course.cohort_chance import Chance
    from alliances.course.cohort_private import PrivateExercise
    from alliances.course.cohort_source import CohortSource
    from alliances.questions.source import Field
    from alliances.questions.spec import Form

__all__ = ["form_of"]

# What a drawn question keeps of the one in whose place it stands.
_KEPT: Final = ("id", "outcome", "points")


def form_of(  # noqa: PLR0913 - what a form is drawn from
    path: Path,
    form: Form,
    source: CohortSource,
    *,
    figures: Mapping[str, Any],
    private: PrivateExercise,
    bank: CaseBank,
    chance: Chance,
) -> tuple[dict[str, Any], list[str]]:
    """Return the content of the drawn ``form.yaml``, and sentences on what could not vary.

    Args:
        path: the published ``form.yaml``.
        form: the same, checked.
        source: what the exercise declares.
        figures: drawn figures, by name.
        private: what the private file adds.
        bank: the cases, private ones included.
        chance: the cohort's.

    Raises:
        SourceError: a drawn or private question is malformed.
        AlliancesError: a pool is too small.
    """
    content: dict[str, Any] = read_source(path).value
    questions = {question["id"]: question for part in content["parts"] for question in part["questions"]}
    for asked in (private.items, private.keys):
        for name, place in asked.items():
            question_id(place[0] if isinstance(place, tuple) else place, name, questions)
    known = Checking(form.sets, content.get("misconceptions") or {})
    drawn, notes = _cases(form, known, source, private=private, bank=bank, chance=chance)
    questions |= drawn
    for name, changes in source.questions.items():
        questions[name] = {**questions[name], **filled(changes, figures)}
    for name in {**source.pools, **private.items}:
        questions[name] = _item(form, known, questions[name], source=source, private=private, chance=chance)
    for name in source.shuffle:
        questions[name] = _shuffled(questions[name], form.exercise, chance)
    for name, question in questions.items():
        questions[name] = _with_parameters(question, form.exercise, chance)
    for name, place in private.keys.items():
        questions[name] = _checked(known, place, {**questions[name], **place.value})
    for part in content["parts"]:
        part["questions"] = [questions[question["id"]] for question in part["questions"]]
    return content, notes


def _cases(  # noqa: PLR0913 - as above
    form: Form,
    known: Checking,
    source: CohortSource,
    *,
    private: PrivateExercise,
    bank: CaseBank,
    chance: Chance,
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    draw = source.cases
    if draw is None:
        return {}, []
    slots = {entry.id: entry for entry in form.questions if entry.id in draw.questions}
    published = [entry.raw["case"] for entry in slots.values()]
    for name in published:
        if name not in bank.rows:
            raise AlliancesError("cohort.unknown_case", exercise=form.exercise, case=name)
    tables = (PRIVATE,) if private.only_private_cases else (*draw.tables, PRIVATE)
    drawn, said = draw_cases(form.exercise, published, bank, tables=tables, draw=draw, chance=chance)
    questions = case_questions(slots, drawn, bank, draw)
    for question in questions.values():
        if place := bank.places.get(question["case"]):
            _checked(known, place, question)
    return questions, said


def _item(  # noqa: PLR0913 - the place, what may stand there, and chance
    form: Form,
    known: Checking,
    published: dict[str, Any],
    *,
    source: CohortSource,
    private: PrivateExercise,
    chance: Chance,
) -> dict[str, Any]:
    """Return one question of a pool; with private ones, no published one is drawn."""
    name = published["id"]
    secret = private.items.get(name)
    made: list[dict[str, Any]] = [] if secret else [published]
    for place in secret or source.pools[name]:
        for key in place.mapping():
            if key in _KEPT:
                place[key].refuse("unknown_field", unknown=key, allowed="—")
        kept: dict[str, Any] = {key: published[key] for key in _KEPT if key in published}
        made.append(_checked(known, place, {**kept, **place.value}))
    return chance.pick(made, form.exercise, "item", name)


def _checked(known: Checking, place: Field, question: dict[str, Any]) -> dict[str, Any]:
    """Return a question that its type accepts; a complaint names the file that the change stands in."""
    check_question(replace(place, value=question), known, points_needed=True)
    return question


def _shuffled(question: dict[str, Any], exercise: str, chance: Chance) -> dict[str, Any]:
    """Return a choice with its options in a drawn order, their ids given anew from the first."""
    options = {option["id"]: option for option in question["options"]}
    order = chance.order(options, exercise, "options", question["id"])
    return {
        **question,
        "options": [{**options[old], "id": new} for old, new in zip(order, options, strict=True)],
    }


def _with_parameters(question: dict[str, Any], exercise: str, chance: Chance) -> dict[str, Any]:
    """Return a question whose figures are drawn for the whole cohort."""
    written = question.get("parameters")
    if not written:
        return question
    return {
        **question,
        "parameters": {
            name: source if "is" in source else {"is": _drawn(source, exercise, question["id"], name, chance)}
            for name, source in written.items()
        },
    }


def _drawn(source: Mapping[str, Any], exercise: str, question: str, name: str, chance: Chance) -> float:
    question_of_one: dict[str, Any] = {"parameters": {name: source}}
    completed(question_of_one)
    values: list[float] = question_of_one["parameters"][0][1]
    return values[chance.below(len(values), exercise, "parameter", question, name)]
