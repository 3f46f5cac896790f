"""Practice questions in lessons, and the files that carry components."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from sample_questions import sample

from alliances.errors import AlliancesError
from alliances.i18n import LANGUAGES, area_texts
from alliances.questions.spec import public
from alliances.widgets.assembly import copy_static, module_of, static_files
from alliances.widgets.labels import labels_of
from alliances.widgets.practice import practice
from alliances.widgets.static import COMPONENTS, static_mount, static_question

if TYPE_CHECKING:
    from pathlib import Path

NAME = "alliance_models.p01"
WIDGET = "application/vnd.jupyter.widget-view+json"
TOOL_PARTS = ("steps", "sorter", "defend", "compare", "takehome")


def test_on_a_page_only_html_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages get a mount and its readable fallback, and no widget."""
    monkeypatch.setenv("ALLIANCES_STATIC", "1")
    shown = practice(NAME, "fr")
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert 'data-al-component="choice"' in bundle["text/html"]
    assert "<details" in bundle["text/html"]
    assert "\n\n" not in bundle["text/html"]
    assert shown.answer is None


def test_in_a_notebook_the_component_comes_with_the_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel shows the live component; the HTML stays for where widgets do not run."""
    monkeypatch.delenv("ALLIANCES_STATIC", raising=False)
    shown = practice(NAME, "en")
    bundle = shown._repr_mimebundle_()
    assert {WIDGET, "text/html", "text/plain"} <= set(bundle)
    assert shown.answer is None
    assert shown.question["id"] == NAME


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("p01", "n’est pas un nom d’item"),
        ("alliance_models.", "n’est pas un nom d’item"),
        ("alliance_models.p99", "n’existe pas parmi les items"),
        ("alliance_models.t01", "n’existe pas parmi les items"),
    ],
)
def test_an_item_that_is_not_there_is_named(name: str, message: str) -> None:
    """A malformed or unknown name, or a test item, is refused with what exists."""
    with pytest.raises(AlliancesError, match=message):
        practice(name)


@pytest.mark.parametrize("component", [*dict.fromkeys([*COMPONENTS, *TOOL_PARTS])])
def test_a_module_for_jupyter_imports_nothing(component: str) -> None:
    """Jupyter receives each component whole, with one default export."""
    module = module_of(component)
    assert not re.search(r"^import ", module, re.MULTILINE)
    assert len(re.findall(r"^export ", module, re.MULTILINE)) == 1


def test_files_name_no_other_server() -> None:
    """No file of a component asks anything outside its own folder."""
    for name, content in static_files().items():
        # Neither a source named in a comment nor the name of SVG's elements is fetched.
        code = re.sub(r"^ *// .*$", "", content, flags=re.MULTILINE)
        own = code.replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"""(?:https?:)?//[\w.-]+\.\w{2,}/|url\(""", own), name


def test_static_files_are_copied_as_they_are(tmp_path: Path) -> None:
    """Pages get every script and style, and each script finds what it imports."""
    written = {path.name for path in copy_static(tmp_path / "alliances")}
    assert {"host.js", "start.js", "components.css", *(f"{name}.js" for name in COMPONENTS)} <= written
    for name, content in static_files().items():
        assert {f"{needed}.js" for needed in re.findall(r'from "\./(\w+)\.js"', content)} <= written, name


@pytest.mark.parametrize("component", [*dict.fromkeys([*COMPONENTS, *TOOL_PARTS])])
def test_every_label_that_a_component_uses_exists(component: str) -> None:
    """What a script says, with all that it imports, is in the labels that it receives, in both languages."""
    used = set(re.findall(r'say\(labels, "(\w+)"', module_of(component)))
    for lang in LANGUAGES:
        known = set(labels_of(component, lang))
        if component in TOOL_PARTS:
            known |= {*labels_of("classify", lang), *labels_of("text", lang), *area_texts("case_sorter")}
        assert used <= known


def test_the_state_cannot_close_its_script() -> None:
    """Text that looks like markup cannot leave the state."""
    question = public(sample("choice", "fr"))
    question["prompt"] = "</script><!--<script>"
    html = static_mount("choice", {"question": question})
    state = html.partition('application/json">')[2].partition("</script>")[0]
    assert "<" not in state
    assert json.loads(state)["question"]["prompt"] == "</script><!--<script>"


def test_a_form_question_shows_no_reason_without_keys() -> None:
    """The fallback of a form question lists what can be answered, and nothing of the key."""
    html = static_question(public(sample("choice", "en")))
    assert "The partners, together" in html
    assert "enough to decide" not in html


def test_an_unknown_component_is_named() -> None:
    """A mistake in a component's name says which exist."""
    with pytest.raises(ValueError, match="Composants présents"):
        static_mount("dice", {})
