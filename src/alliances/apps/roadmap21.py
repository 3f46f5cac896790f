"""The tool « Feuille de route 21 »: read, compose, check, test and take home a programme of measures.

``Roadmap21("fr")`` is shown by Voilà and JupyterLab. Components hold what is seen, this class what happens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ipywidgets import VBox

from alliances.apps.roadmap21_blocks import Block, Blocks
from alliances.apps.roadmap21_export import roadmap_csv, roadmap_ics, roadmap_page
from alliances.apps.roadmap21_programme import CAPACITY, PUBLIC_OWNERS, vc_programme
from alliances.apps.roadmap21_sheet import (
    COLUMN,
    answer_of,
    example,
    question_of,
    sheet_blocks,
    sheet_of,
    sheet_table,
)
from alliances.apps.roadmap21_work import Store, Work, month_zero, work_file
from alliances.errors import AlliancesError
from alliances.i18n import Language, area_texts, current_language, text
from alliances.logic.artefact_reading import ArtefactError
from alliances.logic.follow_up import FollowUp, draw_shocks, follow
from alliances.logic.roadmap import Roadmap, from_dict
from alliances.questions.types.roadmap import TYPE
from alliances.widgets.labels import labels_of, typeset_labels
from alliances.widgets.roadmap import Roadmap as Editor
from alliances.widgets.roadmap_parts import RoadmapFollow, RoadmapHome, RoadmapStep
from alliances.widgets.table import Table
from alliances.widgets.tool_parts import Steps

__all__ = ["Roadmap21"]

_STEPS: Final = ("step_read", "step_compose", "step_check", "step_follow", "step_take")
_READ, _COMPOSE, _CHECK, _FOLLOW, _TAKE = range(len(_STEPS))


class Roadmap21(VBox):  # type: ignore[misc]
    """The whole tool, composed of its steps. ``work`` is what the person did so far."""

    def __init__(self, lang: Language | None = None) -> None:
        self.language: Language = lang or current_language()
        self.programme = vc_programme(self.language)
        self.blocks = Blocks(self.programme, self.language)
        self.store = Store(work_file())
        self.work = Work()
        self._step = _READ
        self._runs = 0
        self._late: dict[tuple[str, int], int] = {}
        self._names = {name.casefold(): one for one, name in self.programme.partners.items()}
        own = {key: entry[self.language] for key, entry in area_texts("roadmap21").items()}
        sheet = {f"sheet_{key}": entry[self.language] for key, entry in area_texts("roadmap21_sheet").items()}
        self._labels = {
            **labels_of("roadmap", self.language),
            **typeset_labels({**own, **sheet}, self.language),
        }
        self._make_parts()
        super().__init__(
            [
                self.steps, self.reading, self.sheet_editor, self.sheet_rule, self.composing, self.editor,
                self.checking, self.following, self.home,
            ]
        )  # fmt: skip
        self.add_class("al-composition")
        self._load()

    @property
    def roadmap(self) -> Roadmap:
        """The programme as it stands: the person's own, or the one that the tool opens on."""
        return self.programme.roadmap if self.work.roadmap is None else self.work.roadmap

    # Making.

    def _make_parts(self) -> None:
        language, labels = self.language, self._labels
        self.steps = Steps(
            {"steps": [labels[key] for key in _STEPS], "current": 0}, lang=language, labels=labels
        )
        self.reading = RoadmapStep(
            {
                "name": "read",
                "title": labels["step_read"],
                "go": [{"step": _COMPOSE, "text": labels["go_compose"]}],
                "places": self._places(),
                "places_title": labels["official_title"],
                "places_help": self.blocks.say("official_help", where=self._where()),
            },
            lang=language,
            labels=labels,
        )
        self.composing = RoadmapStep(
            {
                "name": "compose",
                "title": labels["step_compose"],
                "blocks": [
                    {
                        "kind": "p",
                        "text": self.blocks.say("compose_help", capacity=self.blocks.number(CAPACITY)),
                    }
                ],
                "go": [{"step": _CHECK, "text": labels["go_check"]}],
            },
            lang=language,
            labels=labels,
        )
        self.editor = Editor(self._question(), lang=language)
        self.editor.add_class("al-roadmap21-editor")
        self.sheet_editor = Table(question_of(language), lang=language)
        self.sheet_editor.add_class("al-roadmap21-editor")
        self.sheet_rule = RoadmapStep(
            {
                "name": "sheet",
                "title": labels["sheet_findings"],
                "go": [{"step": _COMPOSE, "text": labels["go_compose"]}],
            },
            lang=language,
            labels=labels,
        )
        self.checking = RoadmapStep(
            {
                "name": "check",
                "title": labels["step_check"],
                "go": [
                    {"step": _COMPOSE, "text": labels["back_compose"], "quiet": True},
                    {"step": _FOLLOW, "text": labels["go_follow"]},
                ],
            },
            lang=language,
            labels=labels,
        )
        self.following = RoadmapFollow({}, lang=language, labels=labels)
        self.home = RoadmapHome({}, lang=language, labels=labels)
        self._parts = (self.reading, self.composing, self.checking, self.following, self.home)
        self.reading.active = self.sheet_rule.active = True
        for part in (self.steps, self.sheet_rule, *self._parts):
            part.on_msg(self._heard)
        self.reading.observe(self._noted, names="value")
        self.editor.observe(self._composed, names="answer")
        self.sheet_editor.observe(self._written, names="answer")

    def _question(self) -> dict[str, Any]:
        """Return the editor's question: the measures to choose from, and the programme to begin from."""
        frame = self.programme.frame
        question: dict[str, Any] = {
            "id": "roadmap21",
            "type": "roadmap",
            "lang": self.language,
            "prompt": self._labels["compose_prompt"],
            "capacity": CAPACITY,
            "unit": self._labels["unit"],
            "candidates": [
                {
                    "id": one.id,
                    "title": one.title,
                    "tags": list(one.tags),
                    "depends": list(one.depends),
                    "duration": one.duration,
                    "load": one.load,
                }
                for one in frame.candidates
            ],
            "cover": dict(frame.cover),
            "start": self._named(self.programme.roadmap),
        }
        return {**question, **TYPE.vocabulary(question, self.language)}

    def _places(self) -> list[dict[str, str]]:
        from alliances.data import rows

        return [
            {
                "id": row["measure_id"],
                "label": self.blocks.say(
                    "official_label", group=self._labels[f"group_{row['group']}"], rank=row["rank"]
                ),
            }
            for row in rows("measures_frame")
        ]

    def _where(self) -> str:
        from alliances.data import rows

        return rows("measures_frame")[0][f"where_to_look_{self.language}"]

    def _named(self, roadmap: Roadmap) -> dict[str, Any]:
        """Return a roadmap for the editor: owners by their names."""
        partners = self.programme.partners
        named = [replace(one, owner=partners.get(one.owner, one.owner)) for one in roadmap.measures]
        return Roadmap(tuple(named)).to_dict()

    def _known(self, roadmap: Roadmap) -> Roadmap:
        """Return a roadmap from the editor: owners by their ids where they are known."""
        return Roadmap(
            tuple(
                replace(one, owner=self._names.get(" ".join(one.owner.casefold().split()), one.owner))
                for one in roadmap.measures
            )
        )

    # Hearing.

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer a message of the page: somebody arrived, goes to a step, plays, dates or erases."""
        if not isinstance(content, dict):
            return
        kind = content.get("kind")
        if kind == "mounted":
            self._load()
        elif kind == "erase":
            self._erase()
        elif kind == "run":
            self._run(content.get("draw"), content.get("first"))
        elif kind == "zero":
            self._zero(content.get("written"))
        elif kind == "go" and type(content.get("step")) is int and content["step"] in range(len(_STEPS)):
            self._go(content["step"])

    def _go(self, step: int) -> None:
        self._step = step
        self._refresh()
        # First: the heading that appears last takes the focus, and it is the step's.
        self.sheet_rule.active = step == _READ
        for place, part in enumerate(self._parts):
            part.active = place == step
        self._say_status()

    def _composed(self, _change: object) -> None:
        answer: object = self.editor.answer
        roadmap = None
        if isinstance(answer, dict):
            try:
                roadmap = self._known(from_dict(answer))
            except ArtefactError as error:
                self._say_status(error.in_language(self.language), alert=True)
                return
        self._keep(replace(self.work, roadmap=roadmap))

    def _written(self, _change: object) -> None:
        answer: object = self.sheet_editor.answer
        rows = answer.get("rows") if isinstance(answer, dict) else None
        table = rows if isinstance(rows, dict) else {}
        lines = {name: row.get(COLUMN) for name, row in table.items() if isinstance(row, dict)}
        sheet = Work.from_values({"sheet": lines}).sheet
        known = answer_of(example(self.language), self.language)
        self._keep(replace(self.work, sheet=None if self._answer(sheet) == known else sheet))
        self._show_sheet()

    def _answer(self, sheet: dict[str, str] | None) -> dict[str, Any] | None:
        """Return the table's answer for the kept lines of a sheet; the example when there are none."""
        if sheet is None:
            return answer_of(example(self.language), self.language)
        return {"rows": {name: {COLUMN: words} for name, words in sheet.items()}} if sheet else None

    def _noted(self, _change: object) -> None:
        titles = Work.from_values({"titles": self.reading.value.get("titles")}).titles
        known = {place["id"] for place in self.reading.data["places"]}
        self._keep(replace(self.work, titles={one: words for one, words in titles.items() if one in known}))

    def _run(self, draw: object, first: object) -> None:
        asked = Work.from_values({"draw": draw, "first": first})
        self._keep(replace(self.work, draw=asked.draw, first=asked.first))
        self._runs += 1
        self._show_run()

    def _zero(self, written: object) -> None:
        trouble = ""
        if isinstance(written, str) and month_zero(written):
            self._keep(replace(self.work, zero=written.strip()))
        else:
            trouble = self.blocks.say("month_zero_bad", kept=self.work.zero)
        self._show_home(trouble)

    # Keeping.

    def _load(self) -> None:
        """Read the kept work: at the start, and again when the page appears in a preheated kernel."""
        self._take(self.store.read())
        self._refresh()
        if self.store.notice:
            key, values = self.store.notice
            self._say_status(self.blocks.say(key, **values), alert=True)
        else:
            self._say_status()

    def _take(self, work: Work) -> None:
        """Make ``work`` the state of every part, without writing it again."""
        self.work = work
        self.editor.set_trait("answer", None if work.roadmap is None else self._named(work.roadmap))
        self.sheet_editor.set_trait("answer", self._answer(work.sheet))
        self.reading.value = {"titles": dict(work.titles)}

    def _keep(self, work: Work) -> None:
        if work == self.work and work.titles == self.work.titles:
            return
        self.work = work
        try:
            self.store.write(work)
        except AlliancesError as error:
            self._say_status(error.in_language(self.language), alert=True)
        else:
            self._say_status()

    def _erase(self) -> None:
        self._late.clear()
        self._runs = 0
        self._take(Work())
        try:
            self.store.erase()
        except AlliancesError as error:
            self._say_status(error.in_language(self.language), alert=True)
        self._refresh()

    # Showing.

    def _refresh(self) -> None:
        """Compute what the current step shows; the others are computed on arrival."""
        self.editor.layout.display = None if self._step == _COMPOSE else "none"
        self.sheet_editor.layout.display = None if self._step == _READ else "none"
        if self._step == _READ:
            pointer = {"kind": "note", "text": self._labels["sheet_intro"]}
            self._show(self.reading, [*self.blocks.reading(self.roadmap), pointer])
            self._show_sheet()
        elif self._step == _CHECK:
            self._show(self.checking, self.blocks.checking(self.roadmap))
        elif self._step == _FOLLOW:
            self._show_run()
        elif self._step == _TAKE:
            self._show_home()

    def _show(self, part: RoadmapStep, blocks: list[Block]) -> None:
        part.data = {**part.data, "blocks": blocks}

    def _show_sheet(self) -> None:
        """Show what the rule says of the sheet as it stands."""
        try:
            blocks = sheet_blocks(sheet_of(self.sheet_editor.answer, self.language), self.language)
        except ArtefactError as error:
            reason = error.in_language(self.language)
            blocks = [
                {"kind": "note", "text": text("roadmap21_sheet.unreadable", self.language, reason=reason)}
            ]
        self._show(self.sheet_rule, blocks)

    def _show_run(self) -> None:
        """Show the six months, once somebody has played them."""
        work = self.work
        shown: dict[str, Any] = {"draw": work.draw, "first": work.first, "run": self._runs, "blocks": []}
        if not self._runs:
            shown["said"] = self.blocks.say("run_first")
        elif not self.roadmap.measures:
            shown["said"] = self.blocks.say("nothing_planned")
        else:
            try:
                run = self._played()
            except ValueError:
                shown["said"] = self.blocks.say("run_circle")
            else:
                before = self._late.get((work.draw, work.first))
                changed = before if before is not None and before != len(run.late) else None
                self._late[work.draw, work.first] = len(run.late)
                shown["said"] = self.blocks.say("run_done", count=len(run.late))
                shown["blocks"] = self.blocks.following(self.roadmap, run, changed)
        self.following.data = shown

    def _played(self) -> FollowUp:
        """Return six months of the programme as it stands.

        Shocks are drawn from the programme that the tool opens on, so that a revision meets the same ones.
        """
        work = self.work
        shocks = draw_shocks(work.draw, self.programme.roadmap, PUBLIC_OWNERS, work.first)
        return follow(self.roadmap, self.programme.frame, shocks, first=work.first)

    def _show_home(self, trouble: str = "") -> None:
        roadmap, labels = self.roadmap, self._labels
        noted = {
            place["label"]: words
            for place in self.reading.data["places"]
            if (words := self.work.titles.get(place["id"]))
        }
        sections = [
            (labels["step_read"], self.blocks.reading(roadmap)),
            (labels["sheet_title"], self._sheet_page()),
            (labels["step_check"], self.blocks.checking(roadmap) if roadmap.measures else []),
        ]
        self.home.data = {
            "files": {
                "html": roadmap_page(self.blocks, sections, noted),
                "csv": roadmap_csv(self.blocks, roadmap),
                "ics": roadmap_ics(self.blocks, roadmap, self.work.zero),
            },
            "filename": labels["filename"],
            "zero": self.work.zero,
            "trouble": trouble,
        }

    def _sheet_page(self) -> list[Block]:
        """Return the person's own sheet to take home; nothing while it is the example."""
        if not self.work.sheet:
            return []
        try:
            return [sheet_table(sheet_of(self.sheet_editor.answer, self.language), self.language)]
        except ArtefactError:
            return []

    def _say_status(self, message: str = "", *, alert: bool = False) -> None:
        words = message or self._labels["kept" if self.store.path else "not_kept"]
        self.steps.data = {**self.steps.data, "current": self._step, "status": words, "alert": alert}
