"""What a trainer is told of a copy: what a page would act on, and what chance or the clock decides."""

from __future__ import annotations

from typing import Any

import pytest

from alliances.i18n import LANGUAGES
from alliances_grader.active_content import active_content, active_names
from alliances_grader.chance import is_steady, named_by
from alliances_grader.findings import needs_attention, say
from alliances_grader.kit import Kit
from alliances_grader.shell_inputs import CellSource


def cell(kind: str, source: str, name: str = "", data: dict[str, Any] | None = None, **more: Any) -> Any:
    """Return a cell; ``data`` is what it displayed."""
    about = {"nbgrader": {"grade_id": name, **more}} if name else {}
    made = {"cell_type": kind, "metadata": about, "source": source}
    if kind == "code":
        shown = [] if data is None else [{"output_type": "display_data", "data": data, "metadata": {}}]
        made["outputs"] = shown
    return made


def told(*cells: Any, release: tuple[Any, ...] = ()) -> dict[str, str]:
    """Return what is said of the cells of a copy, by cell."""
    found = active_content({"cells": list(cells)}, {"cells": list(release)})
    return {one.cell: str(one.values["what"]) for one in found}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<script>x</script>", "script"),
        ("< SCRIPT src=x>", "script"),
        ("<img src=x onerror='a()'>", "onerror"),
        ('<svg/onload="a()">', "onload"),
        ("<details open ontoggle=a()>", "ontoggle"),
        ("[a](javascript:alert(1))", "javascript:"),
        ("<iframe srcdoc='a'></iframe>", "iframe"),
        ("<img src=http://evil.test/a.png>", "src"),
        ('<img src="//evil.test/a.png">', "src"),
        ("<div style='background:url(http://evil.test/o.png)'>", "url("),
        ("<style>@import 'http://evil.test/i.css'</style>", "@import"),
        ("<a href='https://insee.fr'>source</a>", ""),
        ("<table><tr><td onclick>1</td></tr></table>", ""),
        ("a < b and on = 3 > c", ""),
        ("Le script de la pièce ; une base <b>commune</b>", ""),
        ("<style scoped>.dataframe tbody tr th { vertical-align: top; }</style>", ""),
        ('<img src="data:image/png;base64,iVBO">', ""),
    ],
)
def test_what_a_page_would_act_on(text: str, names: str) -> None:
    """Tags that run or load something, handlers and addresses are named; tables, links and words are not."""
    assert ", ".join(dict.fromkeys(active_names(text))) == names


def test_looking_takes_no_longer_than_the_text() -> None:
    """Brackets and blanks without end are gone through once."""
    for text in ("<" * 400_000, "<a " * 200_000, "<a" + " " * 400_000, "on" * 300_000, "url(" * 200_000):
        assert list(active_names(text)) == []


@pytest.mark.parametrize(
    ("mime", "value", "names"),
    [
        ("application/javascript", "alert(1)", "application/javascript"),
        ("application/vnd.plotly.v1+json", {"data": []}, "application/vnd.plotly.v1+json"),
        ("text/html", ["<b>a</b>", "<script>b</script>"], "script"),
        ("image/png", "no picture", "image/png"),
        ("image/png", "iVBORw0KGgo=", ""),
        ("text/html", "<table></table>", ""),
        ("text/latex", "$$x$$", ""),
        ("text/plain", "<script>", ""),
    ],
)
def test_what_a_cell_showed(mime: str, value: Any, names: str) -> None:
    """Outputs count wherever learner code shows them, in a test of the course too."""
    locked = cell("code", "test()", "t", {mime: value}, locked=True)
    assert told(locked, release=(locked,)) == ({"t": names} if names else {})


def test_the_courses_own_text_is_not_told() -> None:
    """What learners received as it is, a frame included, is no concern of theirs."""
    own = cell("markdown", "<iframe src=https://example.test></iframe>", "intro", locked=True)
    loose = cell("markdown", "<iframe></iframe>")
    assert told(own, loose, release=(own, loose)) == {}
    assert told(cell("markdown", "<iframe></iframe>", "why"), release=(own, loose)) == {}
    assert told(cell("markdown", "x <iframe></iframe>", "why"), release=(own, loose)) == {"why": "iframe"}


@pytest.mark.parametrize(
    ("program", "steady"),
    [
        ("x = 1", True),
        ("%matplotlib inline\nimport random", False),
        ("%matplotlib inline\nx = 1", True),
        ("import numpy as np\nnp.random.rand()", False),
        ("datetime.now()", False),
        ("f(:\nimport time\ntime.time_ns()", False),
    ],
)
def test_an_author_who_draws_expects_draws(program: str, steady: bool) -> None:
    """One program of the author's that names chance or the clock, and nobody is told of it."""
    assert is_steady(["x = 1", program]) is steady


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (("import random\nx = random.random()",), ["random"]),
        (("import uuid, time", "x = uuid.uuid4().int + time.time_ns()"), ["time_ns, uuid4"]),
        (("import random\nrandom.seed(1)\nx = random.random()",), []),
        (("from datetime import date\nx = date(2020, 5, 1)",), []),
        (("x = 'random'  # today",), []),
        (("f(:",), []),
    ],
)
def test_programs_that_leave_it_to_chance(sources: tuple[str, ...], names: list[str]) -> None:
    """Answers are read by their names, not by words and comments; a seed draws the same each time."""
    cells = [CellSource(place, f"a{place}", source) for place, source in enumerate(sources)]
    assert [one.values["names"] for one in named_by(cells)] == names
    loose = [CellSource(place, "", source) for place, source in enumerate(sources)]
    assert list(named_by(loose)) == []
    guarded = [CellSource(0, "t", source, guarded=True) for source in sources]
    assert list(named_by(guarded)) == []


def test_both_are_said_in_words_and_accuse_nobody() -> None:
    """They stand in the report and the receipt, in both languages, and raise no flag."""
    (chance,) = named_by([CellSource(0, "a", "import random")])
    (active,) = active_content({"cells": [cell("markdown", "<script>")]}, {"cells": []})
    for finding in (chance, active):
        assert not needs_attention(finding)
        assert len({say(finding, language) for language in LANGUAGES}) == len(LANGUAGES)
    assert "--check-stability" in say(chance, "en")
    assert "script" in say(active, "fr")


def test_a_kit_says_whether_its_author_is_steady() -> None:
    """What was found in the author's programs travels to the workers."""
    for steady in (True, False):
        assert Kit.from_bytes(Kit("ps", "", "", "fr", (), steady=steady).to_bytes()).steady is steady
