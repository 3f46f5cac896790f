"""What the steps of « Feuille de route 21 » show, as blocks: paragraphs, lists, tables, figures, details.

A block is a small JSON table with a ``kind``: the page draws it without knowing what it says. Texts are
plain; a figure's HTML comes from ``logic.chart``, which escapes every word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from alliances.apps.roadmap21_programme import CAPACITY, Programme
from alliances.i18n import Language, format_number, text
from alliances.logic import chart, programme, roadmap_findings
from alliances.logic.findings import Finding, name_of
from alliances.logic.follow_up import FollowUp, Pause, told
from alliances.logic.roadmap import HORIZON_IDS, Measure, Roadmap, horizon_label
from alliances.logic.roadmap_schedule import Schedule, critical_path, load_per_month, months_over_capacity
from alliances.questions.prose import typographic

if TYPE_CHECKING:
    from alliances.logic.roadmap import Horizon

__all__ = ["Block", "Blocks"]

Block = dict[str, Any]
_MOST_PATHS: Final = 3
_ONE: Final = 1


class Blocks:
    """The blocks of one language, for a programme as it stands."""

    def __init__(self, around: Programme, lang: Language) -> None:
        self.around = around
        self.lang: Language = lang

    # Words.

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the tool, with the typography of its language."""
        return typographic(text(f"roadmap21.{key}", self.lang, **values), self.lang)

    def number(self, value: float) -> str:
        """Return a number with as many decimals as it needs, one at most."""
        rounded = round(value, _ONE)
        return format_number(rounded, 0 if rounded.is_integer() else _ONE, self.lang)

    def called(self, measure: Measure) -> str:
        """Return « VC-01 » for a measure of the list, and the title of one's own."""
        if measure.id in self.around.frame.candidate:
            return measure.id
        return str(name_of(measure.title)) if measure.title else measure.id

    def owner(self, measure: Measure) -> str:
        """Return the owner's name, or what was written."""
        return self.around.partners.get(measure.owner, measure.owner) or self.say("none")

    # Reading the programme.

    def reading(self, roadmap: Roadmap) -> list[Block]:
        """Return the step « Lire le programme »."""
        if not roadmap.measures:
            return [_note(self.say("nothing_planned"))]
        return [
            _p(f"{self.say('synthetic')} {self.say('read_help')}"),
            self.measures_table(roadmap),
            {"kind": "source", "text": self.around.source_line},
        ]

    def measures_table(self, roadmap: Roadmap) -> Block:
        """Return the programme as a table, in the order of horizons."""
        heads = ("measure", "horizon", "owner", "months", "load", "waits", "indicator")
        rows = [
            self.measure_row(roadmap, one)
            for horizon in (*HORIZON_IDS, "")
            for one in roadmap.of_horizon(horizon)
        ]
        return {
            "kind": "table",
            "caption": self.say("table_caption", count=len(roadmap.measures)),
            "head": [self.say(f"column_{name}") for name in heads],
            "rows": rows,
        }

    def measure_row(self, roadmap: Roadmap, one: Measure) -> list[str]:
        """Return one measure as a line: title, horizon, owner, months, days, what it waits for, indicator."""
        waits = [
            self.called(roadmap.by_id[other]) if other in roadmap.by_id else other
            for other in roadmap.depends(self.around.frame)[one.id]
        ]
        horizon = next((h for h in self.around.frame.horizons if h.id == one.horizon), None)
        return [
            one.title or one.id,
            self.window(horizon) if horizon else self.say("none"),
            self.owner(one),
            self.say("unknown_dates") if one.end is None else self.say("span", start=one.start, end=one.end),
            self.number(one.load),
            ", ".join(waits) or self.say("none"),
            self.around.indicators.get(one.id, self.say("none")),
        ]

    def window(self, horizon: Horizon) -> str:
        """Return « Horizon 1 (3 à 9 mois) »."""
        return typographic(horizon_label(horizon, self.lang), self.lang)

    # Checking.

    def checking(self, roadmap: Roadmap) -> list[Block]:
        """Return the step « Charge et chemin critique »."""
        if not roadmap.measures:
            return [_note(self.say("nothing_planned"))]
        return [*self.remarks(roadmap), *self.load(roadmap), *self.path(roadmap), *self.covered(roadmap)]

    def remarks(self, roadmap: Roadmap) -> list[Block]:
        """Return what rules say, worst first as the rules are ordered."""
        around = self.around
        found = [
            *roadmap_findings.findings(roadmap, around.frame),
            *programme.findings(roadmap, around.links, around.fragilities, around.partners, around.frame),
        ]
        lines = [self.remark(one) for one in _once(found)]
        body = [{"kind": "list", "items": lines}] if lines else [_p(self.say("findings_none"))]
        return [_h3(self.say("findings_title")), *body, _hint(self.say("findings_help"))]

    def remark(self, finding: Finding) -> str:
        """Return « À relire : … »."""
        severity = finding.severity_text(self.lang)
        sentence = typographic(finding.text(self.lang), self.lang)
        return self.say("finding", severity=severity, sentence=sentence)

    def load(self, roadmap: Roadmap) -> list[Block]:
        """Return the load month by month, against capacity."""
        loads = load_per_month(roadmap)
        if not loads:
            return []
        over = months_over_capacity(roadmap, self.around.frame)
        worst = max(range(len(loads)), key=lambda month: (loads[month], -month))
        values = {
            "count": len(over),
            "months": sum(load > 0 for load in loads),
            "month": worst,
            "load": self.number(loads[worst]),
            "capacity": self.number(CAPACITY),
        }
        first = next((month for month, load in enumerate(loads) if load > 0), 0)
        months = list(range(first, len(loads)))
        figure = chart.lines(
            months,
            {
                self.say("load_series"): [loads[month] for month in months],
                self.say("capacity_series"): [self.around.frame.capacity_of(month) for month in months],
            },
            caption=self.say("load_caption"),
            source=self.around.source_line,
            unit=self.say("days_unit"),
            decimals=1,
            axis_head=self.say("column_month"),
            synthetic=True,
            lang=self.lang,
        )
        return [
            _h3(self.say("load_title")),
            _p(self.say("load_over" if over else "load_within", **values)),
            {"kind": "figure", "html": figure.to_html()},
            _details(self.say("how_title"), [_p(self.how_load(roadmap, worst, loads[worst]))]),
        ]

    def how_load(self, roadmap: Roadmap, month: int, load: float) -> str:
        """Return the sum of one month, written out."""
        parts = " + ".join(
            f"{self.called(one)} {self.number(one.load)}" for one in roadmap.measures if one.runs(month)
        )
        return self.say("how_load", month=month, sum=parts, load=self.number(load))

    def path(self, roadmap: Roadmap) -> list[Block]:
        """Return the critical path, and each measure's slack."""
        title = _h3(self.say("path_title"))
        try:
            dates = critical_path(roadmap, self.around.frame)
        except ValueError:
            return [title, _note(self.say("path_circle"))]
        lines = [
            self.say(
                "path_line",
                path=" → ".join(self.called(roadmap.by_id[name]) for name in path),
                length=self.number(dates.length),
            )
            for path in dates.paths[:_MOST_PATHS]
        ]
        if len(dates.paths) > _MOST_PATHS:
            lines.append(self.say("path_more", count=len(dates.paths)))
        return [
            title,
            {"kind": "list", "items": lines},
            _hint(self.say("path_help")),
            _details(self.say("slack_caption"), [self.slack_table(roadmap, dates)]),
            _details(self.say("how_title"), [_p(line) for line in self.how_path(roadmap, dates)]),
        ]

    def slack_table(self, roadmap: Roadmap, dates: Schedule) -> Block:
        """Return earliest and latest dates and slack, measure by measure."""
        rows = [
            [
                self.called(roadmap.by_id[name]),
                self.say(
                    "span", start=self.number(slot.earliest_start), end=self.number(slot.earliest_finish)
                ),
                self.say("span", start=self.number(slot.latest_start), end=self.number(slot.latest_finish)),
                self.number(slot.slack),
            ]
            for name, slot in dates.slots.items()
        ]
        heads = ("measure", "earliest", "latest", "slack")
        return {
            "kind": "table",
            "caption": self.say("slack_caption"),
            "head": [self.say(f"column_{name}") for name in heads],
            "rows": rows,
        }

    def how_path(self, roadmap: Roadmap, dates: Schedule) -> list[str]:
        """Return the formula with one measure's numbers, and what went in."""
        name = next(iter(dates.paths[0])) if dates.paths else next(iter(dates.slots))
        slot = dates.slots[name]
        depends = roadmap.depends(self.around.frame)
        return [
            self.say(
                "how_path",
                measure=self.called(roadmap.by_id[name]),
                early=self.number(slot.earliest_start),
                late=self.number(slot.latest_start),
                slack=self.number(slot.slack),
            ),
            self.say(
                "how_numbers",
                count=len(roadmap.measures),
                days=self.number(sum(one.load * (one.duration or 0) for one in roadmap.measures)),
                links=sum(len(others) for others in depends.values()),
                capacity=self.number(CAPACITY),
            ),
            self.say("how_findings"),
        ]

    def covered(self, roadmap: Roadmap) -> list[Block]:
        """Return the counts by fragility and by partner."""
        around = self.around
        seen = programme.coverage(
            roadmap, around.links, list(around.fragilities), list(around.partners), around.frame
        )
        days = programme.load_by_owner(roadmap)
        return [
            _h3(self.say("coverage_title")),
            self.counts("coverage_caption", "fragility", around.fragilities, seen.fragilities),
            {
                "kind": "table",
                "caption": self.say("partners_caption"),
                "head": [self.say(f"column_{name}") for name in ("partner", "count", "days")],
                "rows": [
                    [name, str(seen.partners[one]), self.number(days.get(one, 0.0))]
                    for one, name in around.partners.items()
                ],
            },
        ]

    def counts(self, caption: str, head: str, names: Mapping[str, str], counted: Mapping[str, int]) -> Block:
        """Return a table of names and counts."""
        return {
            "kind": "table",
            "caption": self.say(caption),
            "head": [self.say(f"column_{head}"), self.say("column_count")],
            "rows": [[name, str(counted[one])] for one, name in names.items()],
        }

    # Following.

    def following(self, roadmap: Roadmap, run: FollowUp, before: int | None) -> list[Block]:
        """Return what the six months gave; ``before`` is how many were late in the try before."""
        blocks = [
            _h3(self.say("shocks_title")),
            {
                "kind": "list",
                "items": [
                    typographic(told(shock, self.around.partners, self.lang), self.lang)
                    for shock in run.shocks
                ],
            },
            _h3(self.say("months_title")),
            self.months_table(roadmap, run),
            _h3(self.say("late_title")),
            self.late(roadmap, run),
        ]
        if before is not None:
            blocks.append(_note(self.say("before_after", before=before, after=len(run.late))))
        blocks.append(_details(self.say("how_title"), [_p(self.say("how_follow"))]))
        return blocks

    def months_table(self, roadmap: Roadmap, run: FollowUp) -> Block:
        """Return the six months, one a line."""
        rows = [
            [
                str(entry.month),
                self.say("none") if entry.capacity is None else self.number(entry.capacity),
                self.number(entry.asked),
                self.number(entry.done),
                ", ".join(self.pause(roadmap, pause) for pause in entry.pauses) or self.say("none"),
            ]
            for entry in run.months
        ]
        heads = ("month", "capacity", "asked", "done", "still")
        return {
            "kind": "table",
            "caption": self.say("months_caption"),
            "head": [self.say(f"column_{name}") for name in heads],
            "rows": rows,
        }

    def pause(self, roadmap: Roadmap, pause: Pause) -> str:
        """Return a measure that stands still, with the reason in a word."""
        name = self.called(roadmap.by_id[pause.measure])
        if pause.shock is not None:
            return self.say(f"still_shock_{pause.shock.kind}", measure=name)
        others = ", ".join(self.called(roadmap.by_id[other]) for other in pause.waits_for)
        return self.say("still_waits", measure=name, others=others)

    def late(self, roadmap: Roadmap, run: FollowUp) -> Block:
        """Return the measures that end after their horizon, or a sentence that says that there is none."""
        if not run.late:
            return _p(self.say("late_none"))
        rows = []
        for name in run.late:
            end, delay = run.ends[name], run.delay(name)
            rows.append(
                [
                    roadmap.by_id[name].title or name,
                    str(run.planned[name]),
                    self.say("never") if end is None else str(end),
                    self.say("none") if delay is None else f"+{delay}" if delay > 0 else str(delay),
                ]
            )
        return {
            "kind": "table",
            "caption": self.say("late_caption"),
            "head": [self.say(f"column_{name}") for name in ("measure", "planned", "end", "delay")],
            "rows": rows,
        }


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Return findings without those of the second rule set that the first already says."""
    kept: list[Finding] = []
    said = set()
    for one in found:
        # A fragility that nothing covers is a tag that nothing covers: once is enough.
        subject = one.values.get("fragility", one.values.get("tag"))
        key = (
            ("uncovered", subject)
            if one.name in {"uncovered", "fragility_uncovered"}
            else (one.code, one.where, str(one.values))
        )
        if key not in said:
            said.add(key)
            kept.append(one)
    return kept


def _p(words: str) -> Block:
    return {"kind": "p", "text": words}


def _h3(words: str) -> Block:
    return {"kind": "h3", "text": words}


def _note(words: str) -> Block:
    return {"kind": "note", "text": words}


def _hint(words: str) -> Block:
    return {"kind": "hint", "text": words}


def _details(summary: str, blocks: Sequence[Block]) -> Block:
    return {"kind": "details", "summary": summary, "blocks": list(blocks)}
