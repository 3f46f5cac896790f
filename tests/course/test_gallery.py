"""The gallery shows every component and question type, in every state that it can be in."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from alliances.course.gallery import Sample, samples, states_of, wanted_states
from alliances.course.gallery_pieces import pieces_of
from alliances.course.gallery_views import gallery_notebook, gallery_page, show
from alliances.course.tree import CourseTree
from alliances.i18n import LANGUAGES, area_texts
from alliances.logic import chart
from alliances.questions.marking import mark
from alliances.questions.registry import TYPES
from alliances.widgets.static import COMPONENTS
from alliances.widgets.status import STATES

if TYPE_CHECKING:
    from alliances.i18n import Language

TREE = CourseTree(Path(__file__).resolve().parents[2])
PIECES = {
    "timer": {"still", "paused", "over", "off"},
    "status": set(STATES),
    "tabs": {"first", "second"},
    "steps": {"step_first", "step_trouble"},
    # Bars twice, without and with a row chosen; then each other kind that is drawn.
    "chart": {"plain", "chosen", *chart.__all__} - {"Figure", "bars"},
    "report": {"empty", "full"},
}


def every(lang: Language) -> list[Sample]:
    return samples(TREE, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_there_in_every_state(kind: str, lang: Language) -> None:
    """Each type has a question, and each question every state that its type knows."""
    of_kind = [sample for sample in every(lang) if sample.kind == kind]
    assert of_kind
    for sample in of_kind:
        assert {shown.state for shown in states_of(sample)} == wanted_states(sample)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_other_component_is_there_in_every_state(lang: Language) -> None:
    """Timer, status, tabs, steps, each kind of chart, report; one added to a list must be added here."""
    found: dict[str, set[str]] = {}
    for piece in pieces_of(lang, []):
        found.setdefault(piece.kind, set()).add(piece.state)
    assert found == PIECES
    assert set(COMPONENTS) == {*TYPES, *PIECES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_state_is_what_it_says(lang: Language) -> None:
    """What is shown as right, partly right or wrong is marked so, and points agree with the verdict."""
    for sample in every(lang):
        for shown in states_of(sample):
            if shown.mark is None:
                continue
            assert shown.mark == mark(sample.question, shown.answer)
            assert shown.mark.verdict == shown.state
            least, most = {"right": (1, 1), "partly": (0.01, 0.99)}.get(shown.state, (0, 0))
            assert least * shown.mark.max_points <= shown.mark.points <= most * shown.mark.max_points


def test_an_answer_that_earns_something_else_is_refused() -> None:
    """A gallery that says « right » over a wrong answer would teach the wrong thing."""
    sample = every("fr")[0]
    wrong = Sample(sample.question, {"wrong": {"option": "need"}})
    with pytest.raises(ValueError, match="the answer for 'wrong' earns 'right'"):
        list(states_of(wrong))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_names_each_place_once(lang: Language) -> None:
    """Anchors are unique, each part is in the table of contents, and each state has its title."""
    page = gallery_page(TREE, lang)
    names = [part["id"] for part in page["parts"]]
    names += [state["id"] for part in page["parts"] for state in part["states"]]
    assert len(names) == len(set(names))
    assert [entry["anchor"] for entry in page["contents"]] == [part["id"] for part in page["parts"]]
    assert all(state["title"] for part in page["parts"] for state in part["states"])


def test_no_form_state_carries_its_key() -> None:
    """Apart from practice, a mounted question holds neither table nor reason: as in a form."""
    for part in gallery_page(TREE, "fr")["parts"]:
        for state in part["states"]:
            if not state["id"].startswith("p") or state["id"].endswith("_practice"):
                continue
            data: dict[str, Any] = json.loads(
                state["html"].partition('application/json">')[2].partition("</script>")[0]
            )
            assert "table" not in data
            assert not {"key", "readings", "zones", "value", "checks", "constraints"} & set(data["question"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_notebook_is_sound_and_shows_the_same(lang: Language) -> None:
    """It is valid, the same at each build, and has one cell for each part of the page."""
    content = gallery_notebook(TREE, lang)
    assert content == gallery_notebook(TREE, lang)
    notebook = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(notebook)
    calls = [cell.source for cell in notebook.cells if cell.source.startswith("show(")]
    shown = [ast.literal_eval(call.removeprefix("show"))[0] for call in calls]
    assert shown == [part["id"] for part in gallery_page(TREE, lang)["parts"]]


def test_an_unknown_name_is_refused() -> None:
    """A cell that asks for what is not there says so."""
    with pytest.raises(ValueError, match="nothing called 'p99'"):
        show("p99", "fr")


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect what cells display."""
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", lambda *values: shown.extend(values))
    return shown


@pytest.mark.parametrize("sample", every("en"), ids=lambda sample: sample.question["id"])
def test_a_cell_shows_a_question_in_the_state_chosen(sample: Sample, displayed: list[Any]) -> None:
    """In a kernel a cell takes every state: question, answer, mark, and what marks it in practice."""
    show(sample.question["id"], "en")
    (box,) = displayed
    choice = box.children[0]
    for shown in states_of(sample):
        choice.value = shown.state
        component = box.children[1]
        assert component.question["id"] == shown.question["id"]
        assert (component.answer, component.feedback) == (shown.answer, shown.feedback)
        assert component.practice is (shown.state == "practice")
        assert bool(component.marked_by) is component.practice


@pytest.mark.parametrize("name", PIECES)
def test_a_cell_shows_another_component_in_every_state(name: str, displayed: list[Any]) -> None:
    """A heading and a widget a state."""
    show(name, "fr")
    assert len(displayed) == 2 * len(PIECES[name])
    assert len([one for one in displayed if hasattr(one, "comm")]) == len(PIECES[name])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_activity_has_its_screen_reader_script(lang: Language) -> None:
    """The published scripts name every type and component, and say that nobody has tried them yet."""
    text = (TREE.site / "texts" / f"screen_reader.{lang}.md").read_text(encoding="utf-8").replace("'", "’")
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    names = [area_texts("gallery")[f"type_{kind}"][lang] for kind in (*TYPES, *PIECES)]
    assert [name for name in names if not any(heading.startswith(name) for heading in headings)] == []
    untried = {"fr": "**Non testé.**", "en": "**Not tested.**"}[lang]
    assert text.count(untried) >= len(names)
