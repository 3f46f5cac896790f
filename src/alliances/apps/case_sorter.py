"""The tool « Trieur de cas »: read twelve cases, defend two readings, compare, take them home.

``CaseSorter("fr")`` is shown by Voilà and JupyterLab. Components hold what is seen, this class what happens.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from ipywidgets import VBox

from alliances.apps.sorter_cases import tool_cases
from alliances.apps.sorter_cohort import cohort_readings
from alliances.apps.sorter_comparison import comparison
from alliances.apps.sorter_words import SorterWords
from alliances.apps.sorter_work import SorterWork, Store, readings_csv, work_file
from alliances.errors import AlliancesError
from alliances.i18n import Language, area_texts, current_language
from alliances.widgets.labels import labels_of, typeset_labels
from alliances.widgets.tool_parts import CaseReader, Comparison, Defence, Steps, TakeHome

__all__ = ["CaseSorter"]

_STEPS: Final = ("step_sort", "step_defend", "step_compare", "step_take_home")
_COMPARE: Final = 2


class CaseSorter(VBox):  # type: ignore[misc]
    """The whole tool, composed of its steps.

    ``work`` is what the person did so far.
    """

    def __init__(self, lang: Language | None = None) -> None:
        self.language: Language = lang or current_language()
        self.words = SorterWords(self.language)
        self.cases = tool_cases(self.language)
        self.store = Store(work_file())
        self.work = SorterWork()
        self._step = 0
        own = {key: entry[self.language] for key, entry in area_texts("case_sorter").items()}
        self._labels = {**labels_of("classify", self.language), **labels_of("text", self.language)}
        self._labels |= typeset_labels(own, self.language)
        self._make_parts()
        super().__init__([self.steps, self.reader, self.defence, self.comparison, self.take_home])
        self.add_class("al-composition")
        self._load()

    def _make_parts(self) -> None:
        language, labels = self.language, self._labels
        self.steps = Steps(
            {"steps": [labels[key] for key in _STEPS], "current": 0}, lang=language, labels=labels
        )
        self.reader = CaseReader(
            {
                "cases": [case.shown() for case in self.cases],
                "categories": _listed(self.words.families),
                "reasons": _listed(self.words.criteria),
            },
            lang=language,
            labels=labels,
        )
        self.defence = Defence({}, lang=language, labels=labels)
        self.comparison = Comparison({}, lang=language, labels=labels)
        self.take_home = TakeHome({}, lang=language, labels=labels)
        self._parts = (self.reader, self.defence, self.comparison, self.take_home)
        self.reader.active = True
        for part in (self.steps, *self._parts):
            part.on_msg(self._heard)
        for part in (self.reader, self.defence):
            part.observe(self._changed, names="value")

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        """Answer a message of the page: somebody arrived, goes to a step, or erases everything."""
        if not isinstance(content, dict):
            return
        if content.get("kind") == "mounted":
            self._load()
        elif content.get("kind") == "erase":
            self._erase()
        elif content.get("kind") == "go" and content.get("step") in range(len(_STEPS)):
            self._go(content["step"])

    def _go(self, step: int) -> None:
        self._step = step
        self._refresh()
        for place, part in enumerate(self._parts):
            part.active = place == step
        self._say_status()

    def _load(self) -> None:
        """Read the kept work: at the start, and again when the page appears in a preheated kernel."""
        kept = self.store.read()
        if kept != SorterWork():
            self._take(kept)
        self._refresh()
        if self.store.notice:
            key, values = self.store.notice
            self._say_status(self.words.say(key, **values), alert=True)
        else:
            self._say_status()

    def _take(self, work: SorterWork) -> None:
        """Make ``work`` the state of every part, without writing it again."""
        self.work = work
        with self.reader.hold_trait_notifications(), self.defence.hold_trait_notifications():
            self.reader.value = {"readings": work.answers()}
            self.defence.value = {"defences": [{"case": c, "text": t} for c, t in work.defences]}

    def _changed(self, _change: object) -> None:
        work = SorterWork.from_values(self.reader.value.get("readings"), self.defence.value.get("defences"))
        if work == self.work:
            return
        self.work = work
        try:
            self.store.write(work)
        except AlliancesError as error:
            self._say_status(error.in_language(self.language), alert=True)
        else:
            self._say_status()

    def _erase(self) -> None:
        self._take(SorterWork())
        try:
            self.store.erase()
        except AlliancesError as error:
            self._say_status(error.in_language(self.language), alert=True)
        self._refresh()

    def _refresh(self) -> None:
        """Compute what the current step shows; the others are computed on arrival."""
        families, criteria = self.words.families, self.words.criteria_inside
        placed = [
            (case, reading)
            for case in self.cases
            if (reading := self.work.readings.get(case.id)) and reading.family in families
        ]
        self.defence.data = {
            "readings": [
                {
                    "id": case.id,
                    "title": case.title,
                    "family": families[reading.family],
                    "reason": criteria.get(reading.reason, ""),
                }
                for case, reading in placed
            ]
        }
        if self._step == _COMPARE:
            self.comparison.data = comparison(self.cases, self.work, cohort_readings(), self.language)
        self.take_home.data = self._to_take(families, self.words.criteria)

    def _to_take(self, families: dict[str, str], criteria: dict[str, str]) -> dict[str, Any]:
        unsure = self._labels["unsure"]
        rows = [
            [
                case.title,
                unsure if reading.unsure else families.get(reading.family, reading.family),
                criteria.get(reading.reason, ""),
                self.work.sentence(case.id),
            ]
            for case in self.cases
            if (reading := self.work.readings.get(case.id))
        ]
        folder = os.environ.get("ALLIANCES_WORK")
        rater = Path(folder).name if folder else "moi"
        return {
            "rows": rows,
            "csv": readings_csv(self.work, [case.id for case in self.cases], rater),
            "filename": self._labels["filename"],
        }

    def _say_status(self, message: str = "", *, alert: bool = False) -> None:
        words = message or self._labels["kept" if self.store.path else "not_kept"]
        self.steps.data = {**self.steps.data, "current": self._step, "status": words, "alert": alert}


def _listed(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"id": name, "text": label} for name, label in names.items()]
