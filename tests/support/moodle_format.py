"""What Moodle asks of a file of questions, as rules that a test can check without Moodle.

Sources: the page « Moodle XML format » (docs.moodle.org), and what Moodle's own importers do, read in
moodle/moodle: ``question/format/xml/format.php`` (names of elements, ``<text>``, formats, kinds),
``question/format.php`` and ``question/engine/bank.php`` (an import refuses a share of the points that its
list has not), ``question/type/ordering/questiontype.php`` and ``question/type/multianswer/questiontype.php``.
Written here anew; nothing is shared with the exporter.
"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["gaps", "moodle_problems"]

_FORMATS = {"html", "moodle_auto_format", "plain_text", "markdown"}
_COMMON = {"name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "tags"}
_COMBINED = {"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"}
_OWN = {
    "multichoice": {
        "single", "shuffleanswers", "answernumbering", "showstandardinstruction", "answer", *_COMBINED,
    },
    "numerical": {"answer", "units", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"},
    "matching": {"shuffleanswers", "subquestion", *_COMBINED},
    "ordering": {
        "layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle", "answer",
        *_COMBINED,
    },
    "cloze": set(),
    "essay": {
        "responseformat", "responserequired", "responsefieldlines", "minwordlimit", "maxwordlimit",
        "attachments", "attachmentsrequired", "graderinfo", "responsetemplate",
    },
}  # fmt: skip
_WRAPPED = {
    "name", "questiontext", "generalfeedback", "feedback", "subquestion", "graderinfo", "responsetemplate",
    "tag", "answer", *_COMBINED,
}  # fmt: skip
_ORDER_GRADINGS = {
    "ALL_OR_NOTHING", "ABSOLUTE_POSITION", "RELATIVE_ALL_PREVIOUS_AND_NEXT", "LONGEST_ORDERED_SUBSET",
}  # fmt: skip
# p/q for q up to 6, tenths, 1/q up to 10, and 1/20, with seven decimals.
_SHARES = {round(p / q, 7) for q in (1, 2, 3, 4, 5, 6, 10) for p in range(q + 1)}
_SHARES |= {round(1 / q, 7) for q in (7, 8, 9, 20)}


def _listed(share: float) -> bool:
    return any(abs(abs(share) - known) < 1e-5 for known in _SHARES)


def moodle_problems(content: bytes) -> list[str]:
    """Return what an import would stumble on; ``[]`` for a good file."""
    if not content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>'):
        return ["the file must start with the XML line and <quiz>"]
    root = ET.fromstring(content.decode("utf-8"))  # noqa: S314 - written by the test itself
    problems: list[str] = []
    numbers: set[tuple[str, str]] = set()
    category = ""
    for node in root:
        if node.tag != "question":
            problems.append(f"<{node.tag}> in <quiz>")
        elif node.get("type") == "category":
            category = node.findtext("category/text") or ""
            if not category.startswith("$course$/"):
                problems.append(f"category {category!r}")
        else:
            number = (category, node.findtext("idnumber") or "")
            if number in numbers:
                problems.append(f"id number {number} twice in its category")
            numbers.add(number)
            problems += _of_question(node)
    return problems


def _of_question(node: Element) -> list[str]:
    kind, name = node.get("type") or "", node.findtext("name/text") or ""
    if kind not in _OWN:
        return [f"{name}: type {kind!r}"]
    known = _COMMON | _OWN[kind]
    problems = [f"<{child.tag}> in a question of type {kind}" for child in node if child.tag not in known]
    for inner in node.iter():
        problems += _of_element(inner)
    if not name or len(name) > 255:
        problems.append(f"name {name!r}")
    if not (node.findtext("questiontext/text") or "").strip():
        problems.append("no question text")
    return [f"{name}: {problem}" for problem in (*problems, *_CHECKS[kind](node))]


def _of_element(node: Element) -> list[str]:
    problems = []
    if node.tag in _WRAPPED and len(node.findall("text")) != 1:
        problems.append(f"<{node.tag}> without one <text>")
    if node.tag in _WRAPPED and (node.text or "").strip():
        problems.append(f"words outside <text> in <{node.tag}>")
    if "format" in node.attrib and node.get("format") not in _FORMATS:
        problems.append(f"format {node.get('format')!r}")
    return problems


def _of_shares(node: Element, *, single: bool) -> list[str]:
    shares = [float(answer.get("fraction") or "nan") / 100 for answer in node.findall("answer")]
    problems = [f"share {share} is not one of Moodle's" for share in shares if not _listed(share)]
    if single and max(shares, default=0) < 1:
        problems.append("no answer is worth everything")
    return problems


def _multichoice(node: Element) -> list[str]:
    single = node.findtext("single")
    problems = _of_shares(node, single=single == "true")
    if single not in {"true", "false"} or len(node.findall("answer")) < 2:
        problems.append("single must be true or false, with two answers or more")
    if single == "false":
        gained = sum(max(0.0, float(answer.get("fraction") or 0)) for answer in node.findall("answer"))
        if not 90 <= gained <= 110:
            problems.append(f"the right answers are worth {gained} per cent")
    return problems


def _numerical(node: Element) -> list[str]:
    problems = _of_shares(node, single=True)
    for answer in node.findall("answer"):
        value = answer.findtext("text") or ""
        if value != "*" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            problems.append(f"answer {value!r} is not a number")
        if float(answer.findtext("tolerance") or "nan") < 0:
            problems.append("tolerance below 0")
    for unit in node.iterfind("units/unit"):
        if not (unit.findtext("unit_name") or "").strip() or float(unit.findtext("multiplier") or "nan") <= 0:
            problems.append("a unit needs a name and a multiplier above 0")
    return problems


def _matching(node: Element) -> list[str]:
    asked = [sub for sub in node.findall("subquestion") if (sub.findtext("text") or "").strip()]
    rights = {sub.findtext("answer/text") or "" for sub in node.findall("subquestion")}
    return (
        [] if len(asked) >= 2 and len(rights) >= 3 and "" not in rights else ["two questions, three answers"]
    )


def _ordering(node: Element) -> list[str]:
    places = [float(answer.get("fraction") or 0) for answer in node.findall("answer")]
    problems = [] if all(b - a == 1 for a, b in pairwise([0.0, *places])) else ["places must be 1, 2, 3 …"]
    if len(places) < 2 or node.findtext("selectcount") != str(len(places)):
        problems.append("two items or more, all of them shown")
    if node.findtext("gradingtype") not in _ORDER_GRADINGS:
        problems.append(f"gradingtype {node.findtext('gradingtype')!r}")
    return problems


def _cloze(node: Element) -> list[str]:
    found = gaps(node.findtext("questiontext/text") or "")
    problems = [] if found else ["no gap"]
    for kind, weight, answers in found:
        if weight < 1 or max((share for _, share, _ in answers), default=0) < 1:
            problems.append("a gap needs a weight and a full answer")
        if kind == "MULTICHOICE" and len(answers) < 2:
            problems.append("a list needs two answers")
    return problems


def gaps(text: str) -> list[tuple[str, int, list[tuple[str, float, str]]]]:
    """Cut the gaps of a cloze as Moodle does: kind, weight, and (answer, share, feedback) of each.

    ``~``, ``#`` and ``}`` cut unless a backslash or an ampersand (the start of an entity) stands before.
    """
    found = []
    rest = text
    while start := re.search(r"\{(\d*):(MULTICHOICE|NUMERICAL):", rest):
        rest = rest[start.end() :]
        end = re.search(r"(?<![\\&])\}", rest)
        if end is None:
            return []
        answers = [_alternative(part) for part in re.split(r"(?<![\\&])~", rest[: end.start()])]
        found.append((start[2], int(start[1] or 1), answers))
        rest = rest[end.end() :]
    return found


def _alternative(part: str) -> tuple[str, float, str]:
    share = 0.0
    if part.startswith("="):
        share, part = 1.0, part[1:]
    elif weight := re.match(r"%(-?\d+(?:\.\d*)?)%", part):
        share, part = float(weight[1]) / 100, part[weight.end() :]
    said, *feedback = re.split(r"(?<![\\&])#", part, maxsplit=1)
    return html.unescape(said), share, html.unescape(feedback[0] if feedback else "")


def _essay(node: Element) -> list[str]:
    fine = node.findtext("responseformat") in {
        "editor",
        "editorfilepicker",
        "plain",
        "monospaced",
        "noinline",
    }
    return [] if fine else ["responseformat"]


_CHECKS = {
    "multichoice": _multichoice,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
    "cloze": _cloze,
    "essay": _essay,
}
