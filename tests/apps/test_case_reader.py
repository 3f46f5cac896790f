"""The tool « Lecteur de cas » in a kernel: what each choice shows, and what it never does."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from alliances.apps.case_reader import CaseReader
from alliances.apps.case_reader_data import CHAIRS, DEEP_CASES, deep_cases
from alliances.apps.case_reader_html import details, paragraph, table
from alliances.apps.case_reader_table import FILTERS, compared, filtered
from alliances.apps.case_reader_views import case_view, evidence_view, side_by_side
from alliances.data import rows
from alliances.i18n import LANGUAGES, area_texts
from alliances.logic.case_conditions import CONDITIONS, OUTCOMES, binary_cases, condition

if TYPE_CHECKING:
    from alliances.i18n import Language

CASES = rows("cases")


def _choose(tool: CaseReader, part: str, **chosen: Any) -> str:
    tool.parts[part].value = {"choices": {**tool.choices[part], **chosen}}
    return str(tool.parts[part].data["html"])


class _Balanced(HTMLParser):
    """Fails on a tag that closes another."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Let what closes itself be."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what opens."""
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check what closes."""
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_deep_case_has_all_its_parts(lang: Language) -> None:
    """Each case has a claim, five sides, dates, links, pieces for and against, and open questions."""
    found = deep_cases(lang, now=2026)
    assert tuple(found) == DEEP_CASES
    for case in found.values():
        assert set(case.chairs) == set(CHAIRS)
        assert all(chair.sources for chair in case.chairs.values())
        assert min(len(case.events), len(case.links), len(case.questions)) >= 2
        assert {one.stance for one in case.evidence} == {"for", "against"}
        assert case.claim
        assert all(source.bias for source in case.sources.values())


def test_what_is_said_comes_from_the_documents_of_the_case() -> None:
    """Every claim, date and link names a source that exists; only questions and claims name none."""
    known = {row["source_id"] for row in rows("sources")}
    for name, column in (
        ("case_readings", "sources"),
        ("case_links", "sources"),
        ("case_evidence", "source_id"),
    ):
        for row in rows(name):
            named = set(filter(None, row[column].split(";")))
            assert named <= known
            assert named or row.get("kind") in {"claim", "question"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DEEP_CASES)
def test_every_view_is_whole_html(name: str, lang: Language) -> None:
    """Each view of each case closes what it opens, and fills every place of its sentences."""
    found = deep_cases(lang, now=2026)
    case, other = found[name], found[DEEP_CASES[DEEP_CASES.index(name) - 1]]
    views = [case_view(case, chair, lang, "Source") for chair in (*CHAIRS, "all")]
    views += [evidence_view(case, lang), side_by_side(case, other, lang)]
    for html in views:
        parser = _Balanced()
        parser.feed(html)
        assert parser.open == []
        assert not re.search(r"\{[a-z_]+\}|case_reader\.", html)


def test_a_side_is_shown_alone_when_asked() -> None:
    """With one side chosen the others are not shown."""
    tool = CaseReader("fr")
    assert "Équipes qui agissent" in tool.parts["read"].data["html"]
    html = _choose(tool, "read", case="programme_malin", chair="critics")
    assert "conflit" not in html.split("<figure")[0] or "code de l" in html
    assert "Équipes qui agissent" not in html
    assert "Voix absente" not in html.split("<figure")[0]


def test_an_absent_voice_is_said() -> None:
    """A side that no page lets speak is shown as absent, with where the team looked."""
    html = case_view(deep_cases("fr", now=2026)["peterborough"], "beneficiaries", "fr", "Source")
    assert "Voix absente." in html
    assert "mecenova" in html


def test_a_grade_shows_its_five_steps() -> None:
    """The best piece on the job experiment is a comparison known through the press: five points less one."""
    case = deep_cases("fr", now=2026)["tzcld"]
    best = max(case.evidence, key=lambda one: one.grade.points)
    assert (best.grade.points, best.grade.level, best.source) == (4, "serious", "S212")
    html = evidence_view(case, "fr")
    assert html.count("<tr>") == 6 * len(case.evidence)
    assert "+5" in html
    assert "\u22121" in html
    assert "Comment est-ce calculé" in html


def test_the_same_case_twice_gets_guidance() -> None:
    """Comparing a case with itself is answered with what to do."""
    tool = CaseReader("fr")
    assert "Choisissez-en un autre" in _choose(tool, "pair", one="tzcld", other="tzcld")
    assert "<table" in _choose(tool, "pair", other="peterborough")


@pytest.mark.parametrize("column", FILTERS)
def test_each_filter_keeps_the_cases_that_have_the_value(column: str) -> None:
    """The values of a filter share out the whole table."""
    values = {row[column] for row in CASES}
    counts = [filtered(CASES, {column: value}, "fr")[1] for value in values]
    assert sum(counts) == len(CASES)
    assert all(counts)


def test_filters_that_keep_nothing_say_which() -> None:
    """An empty result names the filters and what to do."""
    html, count = filtered(CASES, {"country": "GB", "scale": "national"}, "fr")
    assert count == 0
    assert "Pays, Échelle" in html
    assert "Remettez" in html


def test_every_value_of_a_filter_has_a_name() -> None:
    """No code of the table is shown in the place of its name, in either language."""
    texts = area_texts("case_reader")
    for column in FILTERS:
        if column != "team_reading":
            assert all(f"{column}_{row[column]}" in texts for row in CASES), column


@pytest.mark.parametrize("lang", LANGUAGES)
def test_conditions_are_read_from_the_table(lang: Language) -> None:
    """Each condition and outcome has its name and its rule, and is true of some cases and false of others."""
    read = binary_cases(CASES)
    for one in (*CONDITIONS, *OUTCOMES):
        assert one.label(lang)
        assert one.rule(lang)
        assert {case[one.id] for case in read} <= {0, 1, None}
        assert any(case[one.id] == 1 for case in read)
    with pytest.raises(ValueError, match="joint_offer"):
        condition("success")


@pytest.mark.parametrize(
    ("conditions", "case", "expected"),
    [
        (["joint_offer", "priced_order", ""], "programme_malin", "Et si… à propos de : Programme Malin"),
        (["joint_offer", "", ""], "peterborough", "Offre commune|offre est commune"),
        (["", "", ""], "", "au moins une condition"),
        (["wide", "wide", ""], "", "deux fois"),
        (["shared_decision", "joint_offer", "new_solution"], "gavi", "n’est pas dans cette table"),
    ],
)
def test_conditions_are_compared_or_guidance_given(conditions: list[str], case: str, expected: str) -> None:
    """Any choice of conditions gets a table with its cautions, or a word on what to choose."""
    assert re.search(expected, compared(CASES, conditions, "figure", case, "fr").replace("\u00a0", " "))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_pair_of_conditions_is_answered(lang: Language) -> None:
    """No choice of conditions, outcome or case breaks the tool, and the last caution always stands."""
    for one in CONDITIONS:
        for other in CONDITIONS:
            for outcome in OUTCOMES:
                html = compared(CASES, [one.id, other.id], outcome.id, "gavi", lang)
                parser = _Balanced()
                parser.feed(html)
                assert parser.open == []
                said = "chosen because" if lang == "en" else "choisis parce"
                assert one is other or said in html


def test_messages_of_a_page_that_make_no_sense_change_nothing() -> None:
    """Unknown steps, controls and values are left out."""
    tool = CaseReader("en")
    before = {name: dict(part.data) for name, part in tool.parts.items()}
    for content in ({"kind": "go", "step": 9}, {"kind": "go"}, "go", {"kind": "erase"}):
        tool._heard(None, content, [])
    for value in (
        {"choices": 3},
        {"choices": {"case": "nobody", "who": "x"}},
        {"choices": {"case": ["tzcld"]}},
    ):
        tool.parts["read"].value = value
    assert {name: dict(part.data) for name, part in tool.parts.items()} == before
    tool._heard(None, {"kind": "go", "step": 3}, [])
    assert [part.active for part in tool.parts.values()] == [False, False, False, True, False]
    assert tool.steps.data["current"] == 3


def test_texts_of_a_table_stay_texts() -> None:
    """What looks like a tag in a text is shown, not run."""
    assert "<script>" not in paragraph("<script>") + details("<script>", "<script>", "")
    assert "<b>" not in table("<b>", ["<b>"], [])


def test_the_tool_starts_without_heavy_libraries() -> None:
    """Making the tool loads neither pandas, numpy nor YAML: a preheated page must be light."""
    code = (
        "import sys; from alliances.apps.case_reader import CaseReader; CaseReader('fr');"
        "print(sorted({'pandas', 'numpy', 'yaml', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
