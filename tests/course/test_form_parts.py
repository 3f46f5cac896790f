"""Form doors are made of the components of the gallery, and of nothing else."""

from __future__ import annotations

import json
import re

import pytest

from alliances.course.formpage import form_page
from alliances.course.syllabus import read_syllabus
from alliances.course.tree import find_tree
from alliances.i18n import LANGUAGES, Language
from alliances.questions.registry import TYPES

TREE = find_tree()
SYLLABUS = read_syllabus(TREE)
MODULES = [
    module.slug
    for slug in SYLLABUS.written
    if (module := SYLLABUS.module(slug)) is not None and module.exercise is not None
]
# What the page itself has: handing in, taking a file of answers up again, erasing.
OF_THE_PAGE = {"data-al-hand-in", "data-al-download", "data-al-erase", "data-al-confirm", "data-al-cancel"}
MOUNT = re.compile(r'data-al-component="([a-z_]+)"')
CONTROL = re.compile(r"<(?:input|select|textarea|button|iframe|object|embed)\b[^>]*>")
STATE = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)


def test_the_first_module_has_a_form_door() -> None:
    """What is held below is held of « Reconnaître les modèles d'alliance » at least."""
    assert "alliance_models" in MODULES


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", MODULES)
def test_every_question_of_a_form_is_a_component(slug: str, lang: Language) -> None:
    """Each is one component of its own type, whose fallback has no control of another making."""
    module = SYLLABUS.module(slug)
    assert module is not None
    page = form_page(TREE, SYLLABUS, module, lang)
    questions = [question for part in page["parts"] for question in part["questions"]]
    assert questions
    for question in questions:
        found = MOUNT.findall(question["mount"])
        (state,) = STATE.findall(question["mount"])
        assert found == [json.loads(state)["question"]["type"]], question["id"]
        assert found[0] in TYPES
        assert CONTROL.findall(STATE.sub("", question["mount"])) == []


def test_the_page_around_has_no_way_of_its_own_to_answer() -> None:
    """Its template has buttons to hand in and to erase, one field for a file of answers, and no more."""
    template = (TREE.site / "theme" / "alliances" / "form.html").read_text(encoding="utf-8")
    controls = CONTROL.findall(template)
    fields = [control for control in controls if not control.startswith("<button")]
    assert len(fields) == 1
    assert 'id="al-take-up"' in fields[0]
    names = {name for control in controls for name in re.findall(r"data-al-[a-z-]+", control)}
    assert names <= OF_THE_PAGE | {"data-al-hand-in-code"}
