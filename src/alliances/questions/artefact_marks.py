"""Marking an artefact: findings that count, findings that do not, and what is said of both.

How points are given, equal shares for the ``checks`` that the author names:

- a check is passed when its rule finds nothing **and** there is something to apply it to (an artefact
  without a link is not credited for having no circle);
- with ``start`` (an artefact to repair), each new finding of another kind, « error » or « missing », takes
  back one check: a repair must not break anything else;
- without ``start``, the share is multiplied by how complete the artefact is (kinds there, of those expected);
- the share is multiplied by the part of ``keep`` that is still there and not emptied.

An answer that leaves ``start`` as it was is unanswered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from alliances.i18n import Language, text
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.findings import name_of
from alliances.questions.marks import Mark, Verdict
from alliances.questions.numbers import floor_points
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from alliances.logic.findings import Finding
    from alliances.questions.artefacts import Artefact

__all__ = ["FULL", "Assessment", "Beginning", "assess", "beginning", "explained", "mark"]

FULL: Final = 1 - 1e-9  # thirds of a point add up to one
_NONE: Final = 1e-9
_MOST_COUNTED: Final = 5  # findings that a reason spells out; a longer list is not read
_MOST_REMARKS: Final = 3
_BREAKING: Final = ("error", "missing")


@dataclass(frozen=True)
class Assessment:
    """What the checks of a question find in one artefact.

    Attributes:
        share: of the points, 0 to 1.
        passed: names of the checks that are passed.
        failed: findings of the checks, in the order of the rules.
        idle: checks with nothing to apply them to yet.
        broken: findings that the artefact to repair did not have.
        lost: ids of ``keep`` that are gone or emptied.
        remarks: other findings, which count for nothing.
    """

    share: float
    passed: tuple[str, ...]
    failed: tuple[Finding, ...]
    idle: tuple[str, ...]
    broken: tuple[Finding, ...]
    lost: tuple[str, ...]
    remarks: tuple[Finding, ...]


@dataclass(frozen=True)
class Beginning:
    """What marking a question starts from, worked out once for all its copies.

    Attributes:
        says: the sentences that every type may say.
        nothing: the artefact with nothing in it.
        start: the artefact to repair, None where there is none.
        before: name and place of what the rules find in ``start``.
    """

    says: Mapping[str, str]
    nothing: Any
    start: Any
    before: frozenset[tuple[str, tuple[str, ...]]]


def beginning(kind: Artefact, question: Mapping[str, Any], lang: Language) -> Beginning:
    """Return what marking one question in one language starts from."""
    start = question.get("start")
    artefact = None if start is None else kind.read(start)
    found = () if start is None else kind.find(artefact, question)
    before = frozenset((one.name, one.where) for one in found)
    return Beginning(kind.frame(question, lang)["says"], kind.read({}), artefact, before)


def assess(
    kind: Artefact,
    question: Mapping[str, Any],
    artefact: Any,  # noqa: ANN401 - a type's own
    begun: Beginning,
) -> Assessment:
    """Return what the question's checks find in an artefact."""
    checks = list(dict.fromkeys(question["checks"]))
    found = kind.find(artefact, question)
    failed = tuple(one for one in found if one.name in checks)
    idle = tuple(rule for rule in checks if kind.idle(artefact, rule, question))
    failing = {one.name for one in failed}
    passed = tuple(rule for rule in checks if rule not in failing and rule not in idle)
    broken = _broken(question, found, begun)
    there = kind.elements(artefact)
    keep = list(dict.fromkeys(question.get("keep") or ()))
    lost = tuple(name for name in keep if not there.get(name))
    share = max(0, len(passed) - len({one.name for one in broken})) / len(checks)
    share *= 1 - len(lost) / len(keep) if keep else 1
    if question.get("start") is None:
        share *= kind.completeness(artefact, question)
    remarks = tuple(one for one in found if one.name not in checks and one not in broken)
    return Assessment(share, passed, failed, idle, broken, lost, remarks)


def _broken(question: Mapping[str, Any], found: Iterable[Finding], begun: Beginning) -> tuple[Finding, ...]:
    """Return the findings that the artefact to repair did not have, checks aside."""
    if begun.start is None:
        return ()
    return tuple(
        one
        for one in found
        if one.name not in question["checks"]
        and one.severity in _BREAKING
        and (one.name, one.where) not in begun.before
    )


def mark(
    kind: Artefact, question: Mapping[str, Any], answer: object, lang: Language, begun: Beginning
) -> Mark:
    """Mark one answer. Never raises for what the answer is, and never takes points away."""
    says = begun.says
    if type(answer) is dict and _says_unknown(answer, kind.answer_fields[0]):
        reason = _lines(says["said_unknown"], _expected(kind, question, lang))
        return _given(question, 0, "unknown", reason, lang)
    artefact = _received(kind, answer, lang, begun)
    if isinstance(artefact, str):
        most = float(question.get("points", 1))
        return Mark(0.0, most, "unanswered", typographic(says.get(artefact, artefact), lang))
    result = assess(kind, question, artefact, begun)
    verdict: Verdict = "right" if result.share >= FULL else "partly" if result.share > _NONE else "wrong"
    reason = _lines(explained(kind, question, result, lang), kind.note(artefact, question, lang))
    return _given(question, result.share, verdict, reason, lang)


def _says_unknown(answer: Mapping[str, object], field: str) -> bool:
    coded = answer.get(field)
    return answer.get("unknown") is True or (type(coded) is str and coded == "unknown")


def _received(kind: Artefact, answer: object, lang: Language, begun: Beginning) -> Any:  # noqa: ANN401
    """Return the artefact, or a text: why there is none to mark, or the name of a sentence that says so."""
    if answer is None:
        return "unanswered"
    if type(answer) is not dict:
        return "wrong_shape"
    try:
        artefact = kind.read(answer)
    except ArtefactError as error:
        return error.in_language(lang)
    if artefact == begun.nothing:
        return "unanswered"
    if begun.start is not None and artefact == begun.start:
        return text("marking_artefacts.unchanged", lang)
    return artefact


def _given(question: Mapping[str, Any], share: float, verdict: Verdict, reason: str, lang: Language) -> Mark:
    most = float(question.get("points", 1))
    step = "" if verdict == "right" else str(question.get("next_step") or "")
    return Mark(floor_points(most * share, most), most, verdict, typographic(reason, lang), step)


def explained(kind: Artefact, question: Mapping[str, Any], result: Assessment, lang: Language) -> str:
    """Return what was found, in the order in which to take it up."""
    count = len(set(question["checks"]))
    parts = [text("marking_artefacts.headline", lang, right=len(result.passed), count=count)]
    parts.append(_listed("to_resume", result.failed, _MOST_COUNTED, lang))
    parts.append(_listed("broken", result.broken, _MOST_COUNTED, lang))
    if result.idle:
        labels = ", ".join(kind.rule_label(rule, lang) for rule in result.idle)
        parts.append(text("marking_artefacts.idle", lang, labels=labels))
    if result.lost:
        first = question["model_answer"] if question.get("start") is None else question["start"]
        known = kind.elements(kind.read(first))
        names = ", ".join(str(name_of(known.get(one) or one)) for one in result.lost)
        parts.append(text("marking_artefacts.lost", lang, names=names))
    parts.append(_listed("remarks", result.remarks, _MOST_REMARKS, lang))
    return _lines(*parts)


def _expected(kind: Artefact, question: Mapping[str, Any], lang: Language) -> str:
    """Return what there was to see: the faults of ``start``, or what is checked."""
    checks = question["checks"]
    if question.get("start") is None:
        labels = ", ".join(kind.rule_label(rule, lang) for rule in checks)
        return text("marking_artefacts.checked", lang, labels=labels)
    found = kind.find(kind.read(question["start"]), question)
    return _listed("to_see", [one for one in found if one.name in checks], _MOST_COUNTED, lang)


def _listed(name: str, found: Iterable[Finding], most: int, lang: Language) -> str:
    """Return findings, a line each behind their heading; those beyond ``most`` are counted."""
    said = [one.text(lang) for one in found]
    heading = text(f"marking_artefacts.{name}", lang)
    lines = [f"{heading} {sentence}" for sentence in said[:most]]
    if len(said) > most:
        lines.append(f"{heading} {text('marking_artefacts.others', lang, count=len(said) - most)}")
    return _lines(*lines)


def _lines(*sentences: str) -> str:
    return "\n".join(sentence.strip() for sentence in sentences if sentence.strip())
