"""The gallery as a page, as a notebook, and what the notebook's cells show."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from alliances.course.gallery import Sample, Shown, samples, states_of
from alliances.course.gallery_pieces import pieces_of
from alliances.course.notebook_file import code_cell, markdown_cell, notebook_bytes
from alliances.course.tree import find_tree
from alliances.i18n import text
from alliances.questions.prose import typographic
from alliances.widgets.fallback import fallback_of
from alliances.widgets.state import question_state
from alliances.widgets.static import static_mount

if TYPE_CHECKING:
    from alliances.course.tree import CourseTree
    from alliances.i18n import Language

__all__ = ["gallery_notebook", "gallery_page", "show"]

# Both ends of what a report may say, and what a person reads.
_REPORTED: Final = ("right", "partly", "wrong", "unknown", "unanswered", "person")


def gallery_page(tree: CourseTree, lang: Language) -> dict[str, Any]:
    """Return the data of the gallery's page: a part a sample question or component, a figure a state.

    Raises:
        SourceError: a sample is malformed.
    """
    parts = [
        {
            "id": sample.question["id"],
            "title": _heading(sample, lang),
            "states": [
                _state(shown.question["id"], shown.state, _html(shown), lang) for shown in states_of(sample)
            ],
        }
        for sample in samples(tree, lang)
    ]
    for kind, pieces in groupby(pieces_of(lang, _reported(tree, lang)), key=lambda piece: piece.kind):
        states = [_state(f"{kind}_{piece.state}", piece.state, piece.html, lang) for piece in pieces]
        parts.append({"id": kind, "title": _say(f"type_{kind}", lang), "states": states})
    return {
        "kind": "gallery",
        "title": _say("title", lang),
        "intro": [_say("intro", lang), _say("sources", lang)],
        "screen_reader": _say("screen_reader", lang),
        "parts": parts,
        "contents": [{"anchor": part["id"], "title": part["title"], "minutes": ""} for part in parts],
    }


def _state(name: str, state: str, html: str, lang: Language) -> dict[str, str]:
    return {"id": name, "title": _say(f"state_{state}", lang), "html": html}


def _html(shown: Shown) -> str:
    question, practice = shown.question, shown.state == "practice"
    state = question_state(question, question["lang"], practice=practice)
    values = {**state, "answer": shown.answer, "feedback": shown.feedback}
    return static_mount(question["type"], values, fallback_of(question, question["lang"], keys=practice))


def _reported(tree: CourseTree, lang: Language) -> list[Shown]:
    """Return one question a verdict, for the report."""
    every = [shown for sample in samples(tree, lang) for shown in states_of(sample) if shown.mark]
    return [
        next(shown for shown in every if shown.mark and shown.mark.verdict == verdict)
        for verdict in _REPORTED
    ]


def gallery_notebook(tree: CourseTree, lang: Language) -> bytes:
    """Return the gallery as a notebook: a cell a sample question or component.

    Raises:
        SourceError: a sample is malformed.
    """
    title = _say("title", lang)
    cells = [
        markdown_cell(f"# {title}\n\n{_say('notebook_intro', lang)}"),
        code_cell("from alliances.course.gallery_views import show"),
    ]
    for sample in samples(tree, lang):
        cells.append(markdown_cell(f"## {_heading(sample, lang)}"))
        cells.append(code_cell(f'show("{sample.question["id"]}", "{lang}")'))
    for kind in dict.fromkeys(piece.kind for piece in pieces_of(lang, [])):
        cells.append(markdown_cell(f"## {_say(f'type_{kind}', lang)}"))
        cells.append(code_cell(f'show("{kind}", "{lang}")'))
    about = {"slug": "gallery", "lang": lang, "kind": "gallery", "version": 1}
    return notebook_bytes(cells, "gallery", lang, alliances=about, title=title)


def show(name: str, lang: Language) -> None:
    """Display a sample question (by its id) with a choice of states, or another component in all of its own.

    One live question a cell: a kernel sends each widget's whole program, and the server stops a kernel that
    sends megabytes at once.

    Raises:
        ValueError: there is none of that name.
    """
    from IPython.display import Markdown, display

    tree = find_tree()
    sample = next((one for one in samples(tree, lang) if one.question["id"] == name), None)
    if sample is not None:
        display(_question(sample, lang))  # type: ignore[no-untyped-call]
        return
    pieces = [piece for piece in pieces_of(lang, _reported(tree, lang)) if piece.kind == name]
    if not pieces:
        raise ValueError(f"the gallery shows nothing called {name!r}")
    for piece in pieces:
        title = Markdown(f"### {_say(f'state_{piece.state}', lang)}")  # type: ignore[no-untyped-call]
        display(title, piece.live())  # type: ignore[no-untyped-call]


def _question(sample: Sample, lang: Language) -> Any:  # noqa: ANN401 - a widget
    """Return a choice of states over the live component in the state chosen."""
    import ipywidgets

    from alliances.widgets.components import component_of

    states = {shown.state: shown for shown in states_of(sample)}

    def live(state: str) -> Any:  # noqa: ANN401 - a widget
        shown = states[state]
        component: Any = component_of(
            shown.question, lang=lang, answer=shown.answer, practice=state == "practice"
        )
        component.feedback = shown.feedback
        return component

    choice = ipywidgets.Dropdown(
        options=[(_say(f"state_{state}", lang), state) for state in states],
        value="answered",
        description=_say("state", lang),
        style={"description_width": "initial"},
    )
    box = ipywidgets.VBox([choice, live(choice.value)], layout={"overflow": "visible"})

    def follow(change: Any) -> None:  # noqa: ANN401 - traitlets' own
        before = box.children[-1]
        box.children = (choice, live(change["new"]))
        before.close()

    choice.observe(follow, "value")
    return box


def _heading(sample: Sample, lang: Language) -> str:
    kind = _say(f"type_{sample.kind}", lang)
    return _say("heading", lang, name=kind, title=sample.question.get("title", ""))


def _say(key: str, lang: Language, **values: object) -> str:
    return typographic(text(f"gallery.{key}", lang, **values), lang)
