"""Questions as a Moodle XML file, the format that Moodle's question bank imports and exports.

The shape follows Moodle's own writer and reader (``question/format/xml/format.php``; for an order,
``question/type/ordering``, in Moodle's core since 4.4): texts inside ``<text>``, a ``format`` beside each,
HTML in CDATA, shares of the points as percentages from a fixed list (``lms.FRACTIONS``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from alliances.questions.cloze import with_places
from alliances.questions.lms import fraction_text, number_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from alliances.questions.lms import Answer, MoodleQuestion

__all__ = ["ROOT_CATEGORY", "write_moodle_xml"]

#: Where categories are made: the top of the course that the file is imported into.
ROOT_CATEGORY: Final = "$course$/top"
_PENALTY: Final = "0.3333333"  # Moodle's default for « interactive with several tries »
_NEEDS_CDATA: Final = re.compile("[&<>\"']")


def write_moodle_xml(questions: Iterable[MoodleQuestion]) -> str:
    """Return the file's text (to be written in UTF-8); a category opens each run of questions in it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    category: tuple[str, ...] | None = None
    for question in questions:
        if question.category != category:
            category = question.category
            lines += _category(category)
        lines += _question(question)
    return "\n".join([*lines, "</quiz>", ""])


def _category(names: tuple[str, ...]) -> list[str]:
    # A slash inside a name is doubled, or it would open a category below.
    path = "/".join([ROOT_CATEGORY, *(name.replace("/", "//") for name in names)])
    return [
        '  <question type="category">',
        *_text("category", path, attributes=""),
        *_text("info", ""),
        "  </question>",
    ]


def _text(name: str, content: str, *, attributes: str = ' format="html"', indent: int = 4) -> list[str]:
    space = " " * indent
    return [f"{space}<{name}{attributes}>", f"{space}  <text>{_escaped(content)}</text>", f"{space}</{name}>"]


def _escaped(content: str) -> str:
    if not _NEEDS_CDATA.search(content):
        return content
    return "<![CDATA[" + content.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _value(name: str, value: object) -> str:
    return f"    <{name}>{_escaped(str(value))}</{name}>"


def _question(question: MoodleQuestion) -> list[str]:
    body = with_places(question.text, question.places) if question.kind == "cloze" else question.text
    lines = [
        f'  <question type="{question.kind}">',
        *_text("name", question.name, attributes=""),
        *_text("questiontext", body),
        *_text("generalfeedback", question.feedback),
    ]
    if question.kind != "cloze":  # a cloze is worth the sum of its gaps
        lines.append(_value("defaultgrade", number_text(question.points)))
    lines += [_value("penalty", _PENALTY), _value("hidden", 0), _value("idnumber", question.idnumber)]
    if question.kind in _PARTICULARS:
        lines += _PARTICULARS[question.kind](question)
    if question.tags:
        lines.append("    <tags>")
        lines += [line for tag in question.tags for line in _text("tag", tag, attributes="", indent=6)]
        lines.append("    </tags>")
    return [*lines, "  </question>"]


def _answer(
    answer: Answer, share: str, *, form: str = ' format="html"', extra: tuple[str, ...] = ()
) -> list[str]:
    return [
        f'    <answer fraction="{share}"{form}>',
        f"      <text>{_escaped(answer.text)}</text>",
        *_text("feedback", answer.feedback, indent=6),
        *extra,
        "    </answer>",
    ]


def _combined() -> list[str]:
    """Return Moodle's three general sentences, empty: each answer says why by itself."""
    names = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
    return [line for name in names for line in _text(name, "")]


def _multichoice(question: MoodleQuestion) -> list[str]:
    lines = [
        _value("single", "true" if question.single else "false"),
        _value("shuffleanswers", "true"),
        _value("answernumbering", "abc"),
        _value("showstandardinstruction", 1),
        *_combined(),
    ]
    return lines + [
        line for answer in question.answers for line in _answer(answer, fraction_text(answer.fraction))
    ]


def _numerical(question: MoodleQuestion) -> list[str]:
    lines: list[str] = []
    for answer in question.answers:
        width = (f"      <tolerance>{number_text(answer.tolerance)}</tolerance>",)
        form = ' format="moodle_auto_format"'
        lines += _answer(answer, fraction_text(answer.fraction), form=form, extra=width)
    if question.units:
        lines.append("    <units>")
        for unit in question.units:
            multiplier = f"<multiplier>{number_text(unit.multiplier)}</multiplier>"
            lines.append(f"      <unit>{multiplier}<unit_name>{_escaped(unit.name)}</unit_name></unit>")
        lines.append("    </units>")
    # 0: a unit may be typed or left out and costs nothing; 3: no unit.
    shown = 0 if question.units else 3
    return [
        *lines,
        _value("unitgradingtype", 0),
        _value("unitpenalty", 0.1),
        _value("showunits", shown),
        _value("unitsleft", 0),
    ]


def _matching(question: MoodleQuestion) -> list[str]:
    lines = [_value("shuffleanswers", "true"), *_combined()]
    for pair in question.pairs:
        lines += [
            '    <subquestion format="html">',
            f"      <text>{_escaped(pair.left)}</text>",
            "      <answer>",
            f"        <text>{_escaped(pair.right)}</text>",
            "      </answer>",
            "    </subquestion>",
        ]
    return lines


def _ordering(question: MoodleQuestion) -> list[str]:
    lines = [
        _value("layouttype", "VERTICAL"),
        _value("selecttype", "ALL"),
        _value("selectcount", len(question.answers)),
        _value("gradingtype", question.grading),
        _value("showgrading", "SHOW"),
        _value("numberingstyle", "none"),
        *_combined(),
    ]
    for place, answer in enumerate(question.answers, start=1):
        lines += _answer(answer, f"{place}.0000000")  # the place in the right order, not a share
    return lines


def _essay(question: MoodleQuestion) -> list[str]:
    least, most = question.words
    lines = [
        _value("responseformat", "noinline" if question.file else "editor"),
        _value("responserequired", 0 if question.file else 1),
        _value("responsefieldlines", 15),
        _value("minwordlimit", least or ""),
        _value("maxwordlimit", most or ""),
        _value("attachments", 1 if question.file else 0),
        _value("attachmentsrequired", 1 if question.file else 0),
    ]
    return [*lines, *_text("graderinfo", question.grader), *_text("responsetemplate", "")]


_PARTICULARS: Final[dict[str, Callable[[MoodleQuestion], list[str]]]] = {
    "multichoice": _multichoice,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}
