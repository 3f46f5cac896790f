"""One question on a feedback page: what was asked, answered, earned, why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from alliances.questions.registry import TYPES, type_of
from alliances_grader.feedback_items import CriterionItem, Item
from alliances_grader.feedback_words import (
    Page,
    anchor,
    badge,
    block,
    heading,
    points_of,
    prompt_of,
    result_of,
    say,
    sentence,
)
from alliances_grader.inert_text import escaped

__all__ = ["question_section"]

_LONGEST: Final = 400  # characters of one line of an answer
_MOST_LINES: Final = 200


def question_section(page: Page, item: Item) -> str:
    """Return the section of one question."""
    name = anchor(item)
    prompt = _prompt(item)
    parts = [
        f'<section class="question" aria-labelledby="{name}">',
        f'<h2 id="{name}">{heading(item)}</h2>',
        f'<p class="result">{result_of(page, item)}</p>',
    ]
    if prompt:
        parts.append(f"<details><summary>{say(page, 'prompt')}</summary>{prompt}</details>")
    parts += [f"<h3>{say(page, 'your_answer')}</h3>", _answer(page, item)]
    reason, step = _reason(page, item)
    if reason:
        parts.append(f"<h3>{say(page, 'why')}</h3>{reason}")
    if item.criteria:
        parts.append(_criteria(page, item))
    if item.comment:
        parts.append(_comment(page, item.comment))
    if step:
        parts.append(f'<p class="step"><strong>{say(page, "next_step")}</strong> {step}</p>')
    parts.append("</section>")
    return "\n".join(parts)


def _prompt(item: Item) -> str:
    case = item.question.get("case")
    if isinstance(case, Mapping):
        source = case.get("source_line", "")
        source = f'<p class="source">{sentence(str(source))}</p>' if source else ""
        return block(str(case.get("text", ""))) + source + _asked(item)
    if item.question.get("prompt"):
        return _asked(item)
    lines = [line for line in item.prompt.split("\n") if not line.lstrip().startswith("#")]
    return block("\n".join(lines))


def _asked(item: Item) -> str:
    question = item.question
    lang = question.get("lang", "fr")
    asked = block(prompt_of(item))
    kind = type_of(question["type"]) if question.get("type") in TYPES else None
    for title, entries in () if kind is None or kind.shared_codes else kind.codes(question, lang):
        asked += f"<p>{sentence(title)}</p>" if title else ""
        asked += "<ul>" + "".join(f"<li>{sentence(words)}</li>" for _, words in entries) + "</ul>"
    return asked


def _answer(page: Page, item: Item) -> str:
    if item.kind == "task":
        return f"<p>{say(page, 'task_where')}</p>"
    if item.kind in {"code", "open"} and not item.answer:
        none = "no_answer" if item.by_person or item.verdict == "unanswered" else "no_own_cell"
        return f'<p class="none">{say(page, none)}</p>'
    if item.kind == "code":
        label = say(page, "your_code")
        code = escaped(str(item.answer))
        shown = f'<pre tabindex="0" role="group" aria-label="{label}"><code>{code}</code></pre>'
        if item.error:
            shown += f"<p>{say(page, 'your_error', error=f'<code>{escaped(item.error)}</code>')}</p>"
        return shown
    if item.kind == "open":
        return f'<blockquote class="written">{escaped(str(item.answer))}</blockquote>'
    return _marked_answer(page, item)


def _marked_answer(page: Page, item: Item) -> str:
    given = item.answer if isinstance(item.answer, Mapping) else {}
    if given.get("unknown") is True:
        return f"<p>{say(page, 'said_unknown')}</p>"
    name = item.question.get("type")
    lines = (
        type_of(name).said(item.question, dict(given), item.question.get("lang", "fr"))
        if name in TYPES
        else []
    )
    if not lines:
        return f'<p class="none">{say(page, "no_answer")}</p>'
    if len(lines) == 1 and not lines[0][0]:
        return f"<p>{escaped(lines[0][1], _LONGEST)}</p>"
    rows = "".join(
        f"<div><dt>{escaped(name, _LONGEST)}</dt><dd>{escaped(value, _LONGEST)}</dd></div>"
        for name, value in lines[:_MOST_LINES]
    )
    return f'<dl class="given">{rows}</dl>'


def _reason(page: Page, item: Item) -> tuple[str, str]:
    """Return why, and one thing to do next, as safe HTML."""
    if item.by_person:
        blank = "" if item.answer or item.kind == "task" else f"<p>{say(page, 'open_blank')}</p>"
        return blank, _open_step(page, item)
    if item.mark is not None and item.mark.reason:
        first, *others = (sentence(line) for line in item.mark.reason.split("\n") if line.strip())
        listed = "<ul>" + "".join(f"<li>{line}</li>" for line in others) + "</ul>" if others else ""
        told, step = f"<p>{first}</p>{listed}", sentence(item.mark.next_step)
        if item.told_in is not None:
            told = f'<div lang="{item.told_in}">{told}</div>'
            step = f'<span lang="{item.told_in}">{step}</span>' if step else ""
        return told, step
    return _tested(page, item)


def _tested(page: Page, item: Item) -> tuple[str, str]:
    """Return why, and one thing to do next, where tests marked without saying a reason."""
    if item.to_mark:
        return "", say(page, "code_wait")
    if item.verdict == "right":
        return f"<p>{say(page, 'tests_right')}</p>", ""
    if item.verdict == "unanswered":
        return "", say(page, "tests_blank_step")
    if item.verdict == "noted":
        return "", ""
    told = _check(page, item)
    if item.verdict == "partly":
        told = f"<p>{say(page, 'tests_partly')}</p>{told}"
    return told or f"<p>{say(page, 'tests_wrong')}</p>", say(page, "tests_step")


def _check(page: Page, item: Item) -> str:
    """Return the check that was not passed, in words: the course's own, or what it bears on."""
    check = item.check
    if check is None:
        return ""
    if check.kind == "time":
        return f"<p>{say(page, 'check_time')}</p>"
    if check.kind == "hidden":
        outcome = page.outcomes.get(item.outcome)
        if outcome:
            return f"<p>{say(page, 'check_hidden_outcome', about=sentence(outcome.rstrip('.')))}</p>"
        return f"<p>{say(page, 'check_hidden', about=heading(item))}</p>"
    line = f"<code>{escaped(check.line, _LONGEST)}</code>"
    if check.error:
        shown = say(page, "check_error", error=f"<code>{escaped(check.error)}</code>", line=line)
    elif check.message:
        shown = say(page, "check_message", message=f"<strong>{escaped(check.message)}</strong>")
    else:
        shown = say(page, "check_line", line=line)
    return f'<p class="check">{shown}</p>'


def _open_step(page: Page, item: Item) -> str:
    """Return the words of the highest level of the criterion that has most to gain."""
    if item.to_mark:
        return say(page, "open_wait" if item.kind == "open" else "code_wait")
    if item.kind != "open":
        return ""
    if not item.answer:
        return say(page, "open_blank_step")
    gains = [
        (criterion.result.max_points - criterion.result.points, criterion)
        for criterion in item.criteria
        if criterion.result is not None and criterion.words is not None
    ]
    gain, weakest = max(gains, key=lambda pair: pair[0], default=(0.0, None))
    if weakest is None or gain <= 0 or weakest.words is None or weakest.result is None:
        return ""
    aim = weakest.words.levels[-1]
    return say(page, "open_step", criterion=sentence(weakest.words.text), level=sentence(aim))


def _criteria(page: Page, item: Item) -> str:
    rows = "".join(_criterion(page, criterion) for criterion in item.criteria)
    return f'<h3>{say(page, "criteria")}</h3><ul class="criteria">{rows}</ul>'


def _criterion(page: Page, item: CriterionItem) -> str:
    name = sentence(item.words.text) if item.words is not None else escaped(item.id)
    result, level = item.result, ""
    if result is None or result.to_mark:
        state = badge("person", say(page, "verdict_person"))
    else:
        points = points_of(page, result.points, result.max_points)
        state = "" if page.agents else f'<span class="points">{points}</span>'
        level = f"<p>{sentence(item.words.level(result.points))}</p>" if item.words is not None else ""
    comment = _comment(page, item.comment) if item.comment else ""
    return f"<li><p><strong>{name}</strong> {state}</p>{level}{comment}</li>"


def _comment(page: Page, comment: str) -> str:
    return f'<p class="comment"><strong>{say(page, "comment")}</strong> {escaped(comment, 4000)}</p>'
