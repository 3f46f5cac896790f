"""What every part of a feedback page shares: the page's facts, its words, its numbers, its verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from alliances.i18n import Language, text
from alliances.questions.drawing import drawn_of, fill, written_figure
from alliances.questions.marks import written_points
from alliances.questions.prose import block_html, inline_html, plain_text, typographic
from alliances_grader.feedback_items import Item
from alliances_grader.feedback_remarks import Remark
from alliances_grader.inert_text import escaped

__all__ = [
    "LEVEL_CLASS",
    "THRESHOLDS",
    "Page",
    "anchor",
    "badge",
    "block",
    "heading",
    "level_of",
    "points_of",
    "prompt_of",
    "result_of",
    "say",
    "sentence",
    "without_links",
    "written",
]

THRESHOLDS: Final = {"acquired": 0.8, "under_way": 0.5}
"""Share of the points from which a question counts as « acquis », « en cours » (track of public servants)."""

_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_SIGNS: Final = {
    "right": "✓", "partly": "◐", "wrong": "✗", "unknown": "?", "unanswered": "○", "person": "…", "noted": "–",
}  # fmt: skip
LEVEL_CLASS: Final = {"acquired": "right", "under_way": "partly", "to_resume": "wrong"}
"""How a level looks: like the verdict that it stands beside."""
_LONGEST_HEADING: Final = 80
_KEPT: Final = 4_096  # the texts of a course's questions: a class asks for the same ones again and again


@dataclass(frozen=True)
class Page:
    """What one page is about; times are UTC, points are marks.

    Attributes:
        language: of the whole page.
        title: of the exercise, or the notebook's name.
        door: ``form``, ``code``, or empty where the course has no doors.
        student: code.
        handed_in: when, ``None`` if nobody knows.
        items: the questions, in order.
        points: before the late penalty.
        max_points: of the notebook.
        late_penalty: taken off ``points``.
        agents: show levels in words instead of marks.
        outcomes: words of the outcomes by id, in the course's order.
        remarks: what the learner should know of how the copy was read.
        inputs: fingerprint of everything that the page is made of.
    """

    language: Language
    title: str
    door: str
    student: str
    handed_in: datetime | None
    items: tuple[Item, ...]
    points: float
    max_points: float
    late_penalty: float
    agents: bool = False
    outcomes: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    inputs: str = ""


def level_of(points: float, max_points: float) -> str:
    """Return ``acquired``, ``under_way`` or ``to_resume``: see ``THRESHOLDS``."""
    share = points / max_points if max_points else 0.0
    return next((name for name, least in THRESHOLDS.items() if share >= least - 1e-9), "to_resume")


def say(page: Page, key: str, **values: object) -> str:
    """Return a text of the catalogue in the page's language and typography; values go in as they are."""
    return _template(key, page.language).format(**values)


@lru_cache(_KEPT)
def _template(key: str, language: Language) -> str:
    return typographic(text(f"feedback.{key}", language), language)


def written(page: Page, value: float) -> str:
    """Write a number of points in the page's language."""
    return written_points(value, page.language)


def points_of(page: Page, points: float, max_points: float) -> str:
    """Write « 3,5 / 9 »."""
    return say(page, "points", points=written(page, points), max=written(page, max_points))


def anchor(item: Item) -> str:
    """Return the question's id in the page."""
    return f"q-{re.sub('[^A-Za-z0-9_-]', '-', item.id)}"


def heading(item: Item) -> str:
    """Return the question's title, escaped: its case, its title, the heading over it, or how it begins."""
    case = item.question.get("case")
    named = case.get("title") if isinstance(case, Mapping) else item.question.get("title")
    words = plain_text(str(named or _over(item) or _beginning(item))).strip()
    if len(words) > _LONGEST_HEADING:
        words = words[:_LONGEST_HEADING].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return escaped(f"{item.id} · {words}" if words else item.id)


def _over(item: Item) -> str:
    """Return the words of the heading over a prompt, without the id in front and the points behind."""
    first = next((line for line in item.prompt.split("\n") if line.lstrip().startswith("#")), "")
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", first.lstrip("# ").strip())
    return re.sub(rf"^{re.escape(item.id)}\b\W*", "", bare)


def prompt_of(item: Item) -> str:
    """Return a question's prompt with the figures that were drawn for this learner.

    Where nothing was answered, nothing says which ones the page had shown: three dots stand for them.
    """
    given = item.answer if isinstance(item.answer, Mapping) else {}
    drawn = drawn_of(item.question, given.get("drawn")) or {}
    lang = item.question.get("lang", "fr")
    figures = {str(name): "…" for name, _ in item.question.get("parameters") or ()}
    figures |= {name: written_figure(value, lang) for name, value in drawn.items()}
    return fill(str(item.question.get("prompt") or ""), figures)


def _beginning(item: Item) -> str:
    prompt = prompt_of(item).strip()
    return re.split(r"(?<=[.?!…])\s|\n", prompt, maxsplit=1)[0]


def result_of(page: Page, item: Item) -> str:
    """Return the verdict of a question, with its points unless they are still to come."""
    if not item.max_points and not item.to_mark:
        return badge(item.verdict, say(page, f"verdict_{item.verdict}"))
    if item.to_mark:
        shown = badge("person", say(page, "verdict_person"))
    elif page.agents:
        level = level_of(item.points, item.max_points)
        shown = badge(LEVEL_CLASS[level], say(page, f"level_{level}"))
    else:
        shown = badge(item.verdict, say(page, f"verdict_{item.verdict}"))
    if page.agents or (item.to_mark and not item.points):
        return shown
    return f'{shown} <span class="points">{points_of(page, item.points, item.max_points)}</span>'


def badge(verdict: str, label: str) -> str:
    """Return a verdict as a sign and words: never a colour alone."""
    return f'<span class="verdict {verdict}"><span aria-hidden="true">{_SIGNS[verdict]}</span> {label}</span>'


@lru_cache(_KEPT)
def block(markdown: str) -> str:
    """Return paragraphs, lists and tables of the course's as HTML, without links."""
    return block_html(without_links(markdown))


@lru_cache(_KEPT)
def sentence(markdown: str) -> str:
    """Return a sentence of the course's as HTML; a lesson's link leads nowhere from here, its words stay."""
    return inline_html(without_links(markdown))


def without_links(markdown: str) -> str:
    """Return Markdown whose links are replaced by their words."""
    return _LINK.sub(r"\1", markdown)
