"""A Moodle XML file read back into questions: the proof that what was written is what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast, get_args

from alliances.errors import AlliancesError
from alliances.questions.cloze import read_places
from alliances.questions.lms import Answer, Kind, MoodleQuestion, Pair, Unit
from alliances.questions.moodle_xml import ROOT_CATEGORY

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["read_moodle_xml"]

# Moodle writes the first names and also reads the second.
_KINDS: Final = {kind: kind for kind in get_args(Kind)} | {"match": "matching", "multianswer": "cloze"}


def read_moodle_xml(content: str) -> list[MoodleQuestion]:
    """Return the questions of a file, in its order, each with the category that was open.

    Raises:
        AlliancesError: not XML, not a ``<quiz>``, a document type or entity declared (they are never read),
            or a kind of question that is not among ``lms.Kind``.
    """
    from xml.etree import ElementTree as ET

    if "<!DOCTYPE" in content or "<!ENTITY" in content:
        raise AlliancesError("bank.xml_declares")
    try:
        # Safe: without a document type there is no entity to expand, nor anything to fetch.
        root = ET.fromstring(content)  # noqa: S314
    except (ET.ParseError, ValueError) as error:
        raise AlliancesError("bank.not_xml", problem=error) from error
    if root.tag != "quiz":
        raise AlliancesError("bank.not_a_quiz", found=root.tag)
    category: tuple[str, ...] = ()
    questions = []
    for node in root.iterfind("question"):
        if node.get("type") == "category":
            category = _category(_said(node, "category"))
        else:
            questions.append(_question(node, category))
    return questions


def _category(path: str) -> tuple[str, ...]:
    inner = path.removeprefix(ROOT_CATEGORY).lstrip("/")
    return tuple(name.replace("\0", "/") for name in inner.replace("//", "\0").split("/") if name)


def _said(node: Element, name: str = "") -> str:
    """Return the ``<text>`` of a node or of its child ``name``."""
    return (node.findtext(f"{name}/text" if name else "text") or "").strip()


def _number(node: Element, name: str, default: float = 0.0) -> float:
    written = (node.findtext(name) or "").strip()
    return float(written) if written else default


def _question(node: Element, category: tuple[str, ...]) -> MoodleQuestion:
    kind = _KINDS.get(node.get("type") or "")
    if kind is None:
        raise AlliancesError("bank.unknown_kind", kind=node.get("type"), name=_said(node, "name"))
    common: dict[str, Any] = {
        "kind": cast("Kind", kind),
        "category": category,
        "name": _said(node, "name"),
        "idnumber": (node.findtext("idnumber") or "").strip(),
        "text": _said(node, "questiontext"),
        "feedback": _said(node, "generalfeedback"),
        "points": _number(node, "defaultgrade", 1.0),
        "tags": tuple(_said(tag) for tag in node.iterfind("tags/tag")),
    }
    if kind == "multichoice":
        single = (node.findtext("single") or "true").strip() not in {"false", "0", ""}
        answers = tuple(_answer(found) for found in node.iterfind("answer"))
        return MoodleQuestion(**common, single=single, answers=answers)
    if kind == "numerical":
        units = tuple(
            Unit((unit.findtext("unit_name") or "").strip(), _number(unit, "multiplier", 1.0))
            for unit in node.iterfind("units/unit")
        )
        return MoodleQuestion(
            **common, answers=tuple(_answer(found) for found in node.iterfind("answer")), units=units
        )
    if kind == "matching":
        pairs = tuple(Pair(_said(found), _said(found, "answer")) for found in node.iterfind("subquestion"))
        return MoodleQuestion(**common, pairs=pairs)
    if kind == "ordering":
        found = sorted(node.iterfind("answer"), key=lambda answer: float(answer.get("fraction") or 0))
        answers = tuple(Answer(_said(answer), 0.0, _said(answer, "feedback")) for answer in found)
        return MoodleQuestion(**common, answers=answers, grading=(node.findtext("gradingtype") or "").strip())
    if kind == "cloze":
        text, places = read_places(common["text"])
        common |= {"text": text, "points": float(sum(place.weight for place in places))}
        return MoodleQuestion(**common, places=places)
    words = (int(_number(node, "minwordlimit")), int(_number(node, "maxwordlimit")))
    file = bool(_number(node, "attachments"))
    return MoodleQuestion(**common, words=words, file=file, grader=_said(node, "graderinfo"))


def _answer(node: Element) -> Answer:
    fraction = round(float(node.get("fraction") or 0) / 100, 7)
    return Answer(_said(node), fraction, _said(node, "feedback"), _number(node, "tolerance"))
