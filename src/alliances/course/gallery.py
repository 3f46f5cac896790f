"""The gallery: every component in every state, with one sensible question a type, in both languages.

It is where a change to a component is looked at, and what authors copy from: ``site/gallery/questions.yaml``
has the form of a bank of items, ``answers.yaml`` beside it says what is answered where the type's own model
answer does not say it.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from alliances.course.files import read_text
from alliances.i18n import LANGUAGES
from alliances.questions.compiling import compile_question
from alliances.questions.marking import mark
from alliances.questions.registry import type_of
from alliances.questions.spec import load_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alliances.course.tree import CourseTree
    from alliances.i18n import Language
    from alliances.questions.marks import Mark

__all__ = ["Sample", "Shown", "samples", "states_of", "wanted_states"]

# Types whose answers are right or wrong, nothing between.
_ALL_OR_NOTHING: Final = frozenset({"choice", "number"})
# Types where something can be typed that is not what was asked for.
_TYPED: Final = frozenset({"number", "allocation", "table"})


@dataclass(frozen=True)
class Sample:
    """A question of the gallery in one language, keys included, and what is answered to it by name."""

    question: dict[str, Any]
    answers: dict[str, Any]

    @property
    def kind(self) -> str:
        """The question's type."""
        return str(self.question["type"])


@dataclass(frozen=True)
class Shown:
    """One question in one state.

    Attributes:
        state: ``empty``, ``answered``, ``practice`` (with « Vérifier »), ``error`` (something that cannot be
            read), or the verdict that is shown.
        question: with its keys; its id ends with the state, for all stand on one page.
        answer: what was answered, None when nothing was.
        mark: what is said of it, None before marking.
    """

    state: str
    question: dict[str, Any]
    answer: dict[str, Any] | None
    mark: Mark | None

    @property
    def feedback(self) -> dict[str, Any] | None:
        """The mark as the component takes it."""
        if self.mark is None:
            return None
        return self.mark.to_dict() | {"next_step_html": self.question.get("next_step_html", "")}


def samples(tree: CourseTree, lang: Language) -> list[Sample]:
    """Return the gallery's questions in the order of their file.

    Raises:
        SourceError: a question is malformed.
    """
    folder = tree.site / "gallery"
    answers = yaml.safe_load(read_text(folder / "answers.yaml")) or {}
    found = []
    for entry in load_items(folder / "questions.yaml").items:
        question = compile_question(entry.raw, lang)
        given = _in(answers.get(entry.id, {}), lang)
        found.append(Sample(question, {state: _whole(value, question) for state, value in given.items()}))
    return found


def _in(value: Any, lang: Language) -> Any:  # noqa: ANN401 - any YAML value
    """Return what was answered in one language: typed by a person, so without our typography."""
    if isinstance(value, dict):
        return value[lang] if set(value) == set(LANGUAGES) else {k: _in(v, lang) for k, v in value.items()}
    return [_in(entry, lang) for entry in value] if isinstance(value, list) else value


def _whole(answer: dict[str, Any], question: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with what it takes from the question's own artefacts."""
    return {
        name: deepcopy(question[value][name]) if value in ("start", "model_answer") else value
        for name, value in answer.items()
    }


def states_of(sample: Sample) -> Iterator[Shown]:
    """Yield a question in each of its states.

    Raises:
        ValueError: an answer of ``answers.yaml`` does not earn the verdict that it stands for.
    """
    question, given = sample.question, sample.answers
    model = type_of(sample.kind).full_answer(question)
    # Figures that were drawn for a learner go with every answer.
    drawn = {"drawn": model["drawn"]} if "drawn" in model else {}
    full = given.get("answered", model) | drawn
    expected = mark(question, full).verdict
    yield _shown(sample, "empty", None)
    yield _shown(sample, "answered", full)
    yield _shown(sample, "practice", None)
    for state in ("partly", "wrong"):
        if state in given:
            yield _marked(sample, given[state] | drawn, state)
    yield _marked(sample, full, expected)
    yield _marked(sample, {"unknown": True}, "unknown")
    yield _marked(sample, None, "unanswered")
    if "error" in given:
        yield _shown(sample, "error", given["error"] | drawn)


def wanted_states(sample: Sample) -> set[str]:
    """Return the states that a question of this type can be in: what the gallery must show of it."""
    expected = mark(sample.question, type_of(sample.kind).full_answer(sample.question)).verdict
    states = {"empty", "answered", "practice", "unknown", "unanswered", expected}
    if expected == "right":
        states |= {"wrong"} if sample.kind in _ALL_OR_NOTHING else {"wrong", "partly"}
        states |= {"error"} if sample.kind in _TYPED else set()
    return states


def _shown(sample: Sample, state: str, answer: Any, found: Mark | None = None) -> Shown:  # noqa: ANN401
    question = {**sample.question, "id": f"{sample.question['id']}_{state}"}
    return Shown(state, question, answer, found)


def _marked(sample: Sample, answer: Any, verdict: str) -> Shown:  # noqa: ANN401
    found = mark(sample.question, answer)
    if found.verdict != verdict:
        name = sample.question["id"]
        raise ValueError(f"{name}: the answer for {verdict!r} earns {found.verdict!r}: {found.reason}")
    return _shown(sample, verdict, answer, found)
