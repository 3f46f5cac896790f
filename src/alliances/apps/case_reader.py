"""The tool « Lecteur de cas »: six cases from several sides, their evidence, pairs, and the whole table.

``CaseReader("fr")`` is shown by Voilà and JupyterLab. It keeps nothing of anybody: every view follows from
what is chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ipywidgets import VBox

from alliances.apps.case_reader_data import CHAIRS, deep_cases
from alliances.apps.case_reader_html import Words
from alliances.apps.case_reader_table import ANY, FILTERS, compared, filter_options, filtered
from alliances.apps.case_reader_views import ALL_CHAIRS, case_view, evidence_view, side_by_side
from alliances.i18n import Language, area_texts, current_language
from alliances.logic.case_conditions import CONDITIONS, OUTCOMES
from alliances.widgets.labels import typeset_labels
from alliances.widgets.tool_explorer import Explorer
from alliances.widgets.tool_parts import Steps

__all__ = ["CaseReader"]

_STEPS: Final = ("read", "weigh", "pair", "filter", "compare")
_FIRST: Final = {
    "read": {"case": "tzcld", "chair": ALL_CHAIRS},
    "weigh": {"case": "tzcld"},
    "pair": {"one": "tzcld", "other": "strive_cincinnati"},
    "filter": dict.fromkeys(FILTERS, ANY),
    "compare": {"first": "joint_offer", "second": "priced_order", "third": ANY, "outcome": "figure",
                "case": "programme_malin"},
}  # fmt: skip
Choices = dict[str, str]
Options = Sequence[tuple[str, str]]


class CaseReader(VBox):  # type: ignore[misc]
    """The whole tool: ``choices`` is what is chosen, step by step; it opens on a finished example."""

    def __init__(self, lang: Language | None = None) -> None:
        from alliances.data import descriptor, rows

        self.language: Language = lang or current_language()
        self.words = Words(self.language)
        self.cases = deep_cases(self.language)
        self.rows = rows("cases")
        own = {key: entry[self.language] for key, entry in area_texts("case_reader").items()}
        labels = typeset_labels(own, self.language)
        resource = next(one for one in descriptor()["resources"] if one["name"] == "case_readings")
        self._source_line = str(resource["source_line" if self.language == "fr" else "source_line_en"])
        self.choices: dict[str, Choices] = {name: dict(values) for name, values in _FIRST.items()}
        self._step = 0
        titles = [labels[f"step_{name}"] for name in _STEPS]
        self.steps = Steps({"steps": titles, "current": 0, "status": labels["status"]}, lang=self.language,
                           labels=labels)  # fmt: skip
        self.parts = {name: Explorer(self._data(name), lang=self.language, labels=labels) for name in _STEPS}
        super().__init__([self.steps, *self.parts.values()])
        self.add_class("al-composition")
        self.parts["read"].active = True
        self.steps.on_msg(self._heard)
        for name, part in self.parts.items():
            part.observe(self._changed(name), names="value")

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        """Go to a step when the page asks."""
        if not isinstance(content, dict) or content.get("kind") != "go":
            return
        if content.get("step") not in range(len(_STEPS)):
            return
        self._step = content["step"]
        for place, part in enumerate(self.parts.values()):
            part.active = place == self._step
        self.steps.data = {**self.steps.data, "current": self._step}

    def _changed(self, name: str) -> Callable[[object], None]:
        def follow(_change: object) -> None:
            part = self.parts[name]
            asked = part.value.get("choices")
            if not isinstance(asked, dict):
                return
            allowed = {
                control["id"]: {one["id"] for one in control["options"]} for control in self._controls(name)
            }
            kept = {
                key: value
                for key, value in asked.items()
                if isinstance(value, str) and value in allowed.get(key, ())
            }
            self.choices[name] = {**self.choices[name], **kept}
            part.data = self._data(name)

        return follow

    def _data(self, name: str) -> dict[str, Any]:
        html, said = self._shown(name, self.choices[name])
        return {
            "name": name,
            "title": self.words.plain(f"step_{name}"),
            "help": self.words.plain(f"help_{name}"),
            "controls": self._controls(name),
            "html": html,
            "said": said,
        }

    def _shown(self, name: str, chosen: Mapping[str, str]) -> tuple[str, str]:
        """Return what a step shows, and what a screen reader hears of it."""
        words, lang = self.words, self.language
        if name == "read":
            case = self.cases[chosen["case"]]
            return case_view(case, chosen["chair"], lang, self._source_line), words.plain(
                "said_case", title=case.title
            )
        if name == "weigh":
            case = self.cases[chosen["case"]]
            return evidence_view(case, lang), words.plain("said_evidence", title=case.title)
        if name == "pair":
            one, other = self.cases[chosen["one"]], self.cases[chosen["other"]]
            return side_by_side(one, other, lang), words.plain("said_pair")
        if name == "filter":
            html, count = filtered(self.rows, chosen, lang)
            return html, words.plain("said_filter", count=count)
        conditions = [chosen[place] for place in ("first", "second", "third")]
        html = compared(self.rows, conditions, chosen["outcome"], chosen["case"], lang)
        return html, words.plain("said_compare")

    def _controls(self, name: str) -> list[dict[str, Any]]:
        words, lang = self.words, self.language
        deep: Options = [(case.id, case.title) for case in self.cases.values()]
        none: Options = [(ANY, words.plain("none"))]
        asked: Options = [(one.id, words.spaced(one.label(lang))) for one in CONDITIONS]
        every: Options = sorted(
            ((row["case_id"], words.spaced(row[f"title_{lang}"])) for row in self.rows),
            key=lambda pair: pair[1],
        )
        chairs: Options = [(ALL_CHAIRS, words.plain("all_chairs")), *_chairs(words)]
        options: dict[str, dict[str, Options]] = {
            "read": {"case": deep, "chair": chairs},
            "weigh": {"case": deep},
            "pair": {"one": deep, "other": deep},
            "filter": {
                column: [(ANY, words.plain("any")), *filter_options(self.rows, column, lang)]
                for column in FILTERS
            },
            "compare": {
                "first": asked,
                "second": [*none, *asked],
                "third": [*none, *asked],
                "outcome": [(one.id, words.spaced(one.label(lang))) for one in OUTCOMES],
                "case": [*none, *every],
            },
        }
        return [
            {
                "id": key,
                "label": words.plain(f"filter_{key}" if name == "filter" else f"control_{name}_{key}"),
                "options": [{"id": value, "text": said} for value, said in pairs],
                "value": self.choices[name][key],
            }
            for key, pairs in options[name].items()
        ]


def _chairs(words: Words) -> Options:
    return [(name, words.plain(f"chair_{name}")) for name in CHAIRS]
