"""The feedback of one copy as one HTML file: no script, no other file, readable on paper and by ear.

Everything that a learner or a marker wrote is escaped; the course's own Markdown is rendered without HTML.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final

from alliances.questions.calibration import calibration, sentences, stated_level
from alliances_grader.feedback_outcomes import outcome_table
from alliances_grader.feedback_question import question_section
from alliances_grader.feedback_words import Page, anchor, heading, points_of, result_of, say, written
from alliances_grader.inert_text import escaped

__all__ = ["INPUTS", "render_page"]

INPUTS: Final = "alliances-inputs"
"""Name of the page's own note of what it was made of, in its head."""
# No script, picture, font, frame or form, from anywhere, whatever the page might come to hold.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_page(page: Page) -> str:
    """Return the whole page."""
    language = page.language
    title = say(page, "page_title", title=escaped(page.title))
    body = [
        f'<a class="skip" href="#content">{say(page, "skip")}</a>',
        f"<header><p>{say(page, 'project')}</p></header>",
        '<main id="content" tabindex="-1">',
        f"<h1>{title}</h1>",
        _facts(page),
        _summary(page),
        *(question_section(page, item) for item in page.items),
        "</main>",
        f"<footer><p>{say(page, 'who_marks')}</p><p>{say(page, 'independent')}</p></footer>",
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{language}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            # Nothing here needs a script or another host: a reader's browser is told so.
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="robots" content="noindex">',
            f'<meta name="{INPUTS}" content="{escaped(page.inputs)}">',
            f"<title>{title}</title>",
            f"<style>\n{_style()}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


@cache
def _style() -> str:
    return resources.files(__package__).joinpath("feedback.css").read_text(encoding="utf-8")


def _facts(page: Page) -> str:
    rows = [("learner", escaped(page.student))]
    if page.door in {"form", "code"}:
        rows.append(("door", say(page, f"door_{page.door}")))
    if page.handed_in is not None:
        rows.append(("handed_in", _date(page, page.handed_in.replace(tzinfo=UTC))))
    cells = "".join(f"<div><dt>{say(page, name)}</dt><dd>{value}</dd></div>" for name, value in rows)
    return f'<dl class="facts">{cells}</dl>'


def _date(page: Page, moment: datetime) -> str:
    # People know the time on their own clock; this machine's is the best guess at it.
    local = moment.astimezone()
    month = say(page, f"month_{local.month}")
    words = say(page, "date", day=local.day, month=month, year=local.year, time=f"{local:%H:%M}")
    return f'<time datetime="{moment:%Y-%m-%dT%H:%MZ}">{words}</time>'


def _summary(page: Page) -> str:
    waiting = sum(item.to_mark for item in page.items)
    parts = [
        '<section class="summary" aria-labelledby="summary">',
        f'<h2 id="summary">{say(page, "summary")}</h2>',
    ]
    if page.agents:
        parts.append(f"<p>{say(page, 'agents_how')}</p>")
    else:
        total = points_of(page, max(0.0, page.points - page.late_penalty), page.max_points)
        parts.append(f'<p class="total">{say(page, "total", points=f"<strong>{total}</strong>")}</p>')
        if page.late_penalty > 0:
            parts.append(f"<p>{say(page, 'late', points=written(page, page.late_penalty))}</p>")
    if waiting:
        key = "waiting_one" if waiting == 1 else "waiting"
        parts.append(f'<p class="waiting">{say(page, key, count=waiting)}</p>')
    return "\n".join(
        [*parts, _remarks(page), _table(page), outcome_table(page), _certainty(page), "</section>"]
    )


def _remarks(page: Page) -> str:
    """Return what the learner should know of how the copy was read; empty when there is nothing."""
    if not page.remarks:
        return ""
    titles = {cell: heading(item) for item in page.items for cell in item.cells}
    lines = []
    for remark in page.remarks:
        about = titles.get(remark.cell) or escaped(remark.cell)
        lines.append(f"<li>{say(page, f'told_{remark.key}', cell=about)}</li>")
    return f'<h3>{say(page, "remarks")}</h3><ul class="remarks">{"".join(lines)}</ul>'


def _certainty(page: Page) -> str:
    """Return how sure somebody was beside what the answers earned; empty where nothing was asked."""
    by_id = {item.id: item for item in page.items}
    asked = [item for item in page.items if item.question.get("type") == "confidence"]
    if not asked:
        return ""
    pairs = []
    for item in asked:
        about = by_id.get(str(item.question.get("about")))
        level = stated_level(item.question, item.answer)
        if about is None or level is None or about.to_mark or not about.max_points:
            continue
        if about.verdict in {"right", "partly", "wrong"}:
            pairs.append((level, about.points / about.max_points))
    lines = "".join(f"<li>{escaped(line)}</li>" for line in sentences(calibration(pairs), page.language))
    return f"<h3>{say(page, 'certainty')}</h3><ul>{lines}</ul>"


def _table(page: Page) -> str:
    head = "".join(f'<th scope="col">{say(page, name)}</th>' for name in ("question", "result"))
    rows = "".join(
        f'<tr><th scope="row"><a href="#{anchor(item)}">{heading(item)}</a></th>'
        f"<td>{result_of(page, item)}</td></tr>"
        for item in page.items
    )
    caption = f"<caption>{say(page, 'table_caption')}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
