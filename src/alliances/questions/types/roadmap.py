"""A roadmap to build or to repair: measures, horizons, dependencies, load against capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, format_number, text
from alliances.logic.roadmap import (
    DEFAULT_HORIZONS,
    HORIZON_IDS,
    LATEST_MONTH,
    MOST_MEASURES,
    Candidate,
    Frame,
    Horizon,
    Measure,
    Roadmap,
    from_dict,
    horizon_label,
    vocabulary,
)
from alliances.logic.roadmap_findings import RULES, findings
from alliances.questions.artefacts import Artefact, refuse, table_schema
from alliances.questions.options import BILINGUAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.logic.findings import Finding
    from alliances.questions.source import Field

__all__ = ["TYPE", "RoadmapType", "frame_of"]

_ENDS: Final = 2
#: Checks that say nothing unless the question sets what they compare with.
_NEEDS: Final = {
    "over_capacity": "capacity",
    "over_horizon_capacity": "capacity",
    "too_few": "wanted",
    "too_many": "wanted",
    "uncovered": "cover",
    "nothing_dropped": "must_drop",
    "altered": "candidates",
}


def frame_of(question: Mapping[str, Any]) -> Frame:
    """Return what a question sets around a roadmap, from its fields in one language."""
    windows = question.get("windows") or {}
    horizons = tuple(
        Horizon(default.id, *windows.get(default.id, (default.low, default.high)))
        for default in DEFAULT_HORIZONS
    )
    capacity = question.get("capacity")
    by_month: tuple[float, ...] = ()
    by_horizon: dict[str, float] = {}
    if isinstance(capacity, dict):
        by_horizon = {name: float(value) for name, value in capacity.items()}
    elif isinstance(capacity, list):
        by_month = tuple(map(float, capacity))
    elif capacity is not None:
        by_month = (float(capacity),)
    candidates = tuple(
        Candidate(
            entry["id"],
            str(entry.get("title") or ""),
            tuple(entry.get("tags") or ()),
            tuple(entry.get("depends") or ()),
            entry.get("duration"),
            None if entry.get("load") is None else float(entry["load"]),
        )
        for entry in question.get("candidates") or ()
    )
    return Frame(
        horizons,
        by_month,
        by_horizon,
        dict(question.get("wanted") or {}),
        dict(question.get("cover") or {}),
        candidates,
        must_drop=bool(question.get("must_drop")),
    )


class RoadmapType(Artefact):
    """``{"measures": [...]}`` (shape in ``logic.roadmap``).

    The question may set ``capacity`` (a number a month, a list of months, or a table by horizon), ``wanted``
    (measures by horizon), ``windows`` (first and last month by horizon), ``unit`` of the load, ``candidates``
    to choose from with their ``tags``, ``cover`` (tags to cover, with their labels) and ``must_drop``. How
    points are given: ``questions.artefacts``.
    """

    name: ClassVar[str] = "roadmap"
    answer_fields: ClassVar[tuple[str, ...]] = ("measures",)
    optional: ClassVar[tuple[str, ...]] = (
        "start", "keep", "capacity", "wanted", "windows", "unit", "candidates", "cover", "must_drop",
    )  # fmt: skip
    public_fields: ClassVar[tuple[str, ...]] = ("capacity", "wanted", "unit", "candidates", "cover")
    rules: ClassVar[Sequence[str]] = RULES

    def read(self, value: object) -> Roadmap:
        """Return the roadmap of a JSON value."""
        return from_dict(value)

    def find(self, artefact: Roadmap, question: Mapping[str, Any]) -> tuple[Finding, ...]:
        """Return what the rules find, within the question's frame."""
        return findings(artefact, frame_of(question))

    def idle(self, artefact: Roadmap, rule: str, question: Mapping[str, Any]) -> bool:
        """Rules on dependencies need one, those on load a load, the others a measure."""
        if rule in {"circular", "unknown_dependency", "starts_too_early"}:
            return not any(artefact.depends(frame_of(question)).values())
        if rule in {"over_capacity", "over_horizon_capacity"}:
            return not any(measure.load for measure in artefact.measures)
        if rule == "altered":
            return not artefact.by_id.keys() & frame_of(question).candidate.keys()
        return not artefact.measures

    def elements(self, artefact: Roadmap) -> dict[str, str]:
        """Return the title of each measure."""
        return {measure.id: measure.title for measure in artefact.measures}

    def completeness(self, artefact: Roadmap, question: Mapping[str, Any]) -> float:
        """Return the part of the measures asked for that is there, horizon by horizon."""
        wanted: Mapping[str, int] = question.get("wanted") or {}
        total = sum(wanted.values())
        there = sum(min(count, len(artefact.of_horizon(name))) for name, count in wanted.items())
        return there / total if total else 1.0

    def vocabulary(self, question: Mapping[str, Any], lang: Language) -> dict[str, Any]:
        """Return horizons with their windows, and the fields of a measure."""
        frame = frame_of(question)
        words: dict[str, Any] = dict(vocabulary(lang, frame))
        words["horizons"] = [
            {"id": one.id, "text": horizon_label(one, lang), "low": one.low, "high": one.high}
            for one in frame.horizons
        ]
        return words

    def lines(self, artefact: Roadmap, lang: Language) -> list[tuple[str, str]]:
        """Return measures by horizon, each with its months, load, what it waits for and its owner."""
        return [
            (_said_horizon(horizon, lang), _said_measure(artefact, measure, lang))
            for horizon in (*HORIZON_IDS, "")
            for measure in artefact.of_horizon(horizon)
        ]

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return horizons, and the measures to choose from."""
        # The public part of a question has its horizons in words, and no longer the windows behind them.
        words = question.get("horizons") or self.vocabulary(question, lang)["horizons"]
        horizons = [(str(one["id"]), str(one["text"])) for one in words]
        lists = [(text("marking_roadmap.codes_horizons", lang), horizons)]
        if question.get("candidates"):
            measures = [
                (entry["id"], _said_candidate(entry, question, lang)) for entry in question["candidates"]
            ]
            lists.append((text("marking_roadmap.codes_candidates", lang), measures))
        return lists

    def artefact_schema(self) -> dict[str, Any]:
        """Return the schema of measures."""
        name = {"type": "string", "minLength": 1, "maxLength": 60}
        month = {"type": "integer", "minimum": 0, "maximum": LATEST_MONTH}
        measure = table_schema(
            ("id", "title", "horizon", "start", "duration"),
            {
                "id": name,
                "title": "text",
                "horizon": {"enum": list(HORIZON_IDS)},
                "start": month,
                "duration": {**month, "minimum": 1},
                "load": {"type": "number", "minimum": 0},
                "depends": {"type": "array", "items": name},
                "owner": {"type": "string"},
            },
        )
        measures = {"type": "array", "maxItems": MOST_MEASURES, "items": measure}
        return table_schema((), {"measures": measures})

    def properties(self) -> dict[str, Any]:
        """Return the schema of its fields."""
        amount = {"type": "number", "minimum": 0}
        name = {"type": "string", "minLength": 1, "maxLength": 60}
        names = {"type": "array", "items": name}
        candidate = table_schema(
            ("id", "title"),
            {
                "id": name,
                "title": BILINGUAL,
                "tags": names,
                "depends": names,
                "duration": {"type": "integer", "minimum": 1},
                "load": amount,
            },
        )
        window = {"type": "array", "minItems": _ENDS, "maxItems": _ENDS, "items": {"type": "integer"}}
        return {
            **super().properties(),
            "capacity": {
                "anyOf": [amount, {"type": "array", "minItems": 1, "items": amount}, _by_horizon(amount)]
            },
            "wanted": _by_horizon({"type": "integer", "minimum": 0}),
            "windows": _by_horizon(window),
            "unit": BILINGUAL,
            "candidates": {"type": "array", "minItems": 1, "items": candidate},
            "cover": {"type": "object", "minProperties": 1, "additionalProperties": BILINGUAL},
            "must_drop": {"type": "boolean"},
        }

    def check_more(self, fields: Mapping[str, Field]) -> None:
        """Check capacity, counts, windows and candidates, and that each check has what it compares with."""
        if "capacity" in fields:
            _check_capacity(fields["capacity"])
        for count in _of_horizons(fields, "wanted").values():
            count.whole()
        for window in _of_horizons(fields, "windows").values():
            ends = [end.whole() for end in window.entries()]
            if len(ends) != _ENDS or ends[0] > ends[1]:
                refuse(window, "source_window")
        if "unit" in fields:
            fields["unit"].bilingual()
        for label in fields["cover"].mapping().values() if "cover" in fields else ():
            label.bilingual()
        if "must_drop" in fields:
            fields["must_drop"].flag()
        _check_candidates(fields)
        for one in fields["checks"].entries():
            needed = _NEEDS.get(one.value)
            if needed and needed not in fields:
                refuse(one, "source_needs", found=one.value, needed=needed)


def _by_horizon(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": dict.fromkeys(HORIZON_IDS, schema),
    }


def _of_horizons(fields: Mapping[str, Field], name: str) -> dict[str, Field]:
    return fields[name].mapping([], HORIZON_IDS) if name in fields else {}


def _check_capacity(field: Field) -> None:
    if isinstance(field.value, dict):
        for amount in field.mapping([], HORIZON_IDS).values():
            amount.number(minimum=0)
    elif isinstance(field.value, list):
        for amount in field.entries(minimum=1):
            amount.number(minimum=0)
    else:
        field.number(minimum=0)


def _check_candidates(fields: Mapping[str, Field]) -> None:
    if "candidates" not in fields:
        return
    entries = fields["candidates"].entries(minimum=1)
    seen: dict[str, int] = {}
    for entry in entries:
        parts = entry.mapping(["id", "title"], ["tags", "depends", "duration", "load"])
        name = parts["id"].text()
        if name in seen:
            parts["id"].refuse("repeated_id", first=seen[name])
        seen[name] = parts["id"].line
        parts["title"].bilingual()
        for tag in parts["tags"].entries() if "tags" in parts else ():
            tag.text()
        if "duration" in parts:
            parts["duration"].whole(minimum=1)
        if "load" in parts:
            parts["load"].number(minimum=0)
    for entry in entries:
        for other in entry["depends"].entries() if "depends" in entry.value else ():
            if other.text() not in seen:
                other.refuse("not_in_set", unknown=other.value, set="candidates", allowed=", ".join(seen))


def _said_candidate(entry: Mapping[str, Any], question: Mapping[str, Any], lang: Language) -> str:
    """Return a candidate's sheet on one line: a notebook shows it nowhere else."""
    tags = [str((question.get("cover") or {}).get(tag, tag)) for tag in entry.get("tags") or ()]
    load = entry.get("load")
    written = "" if load is None else format_number(load, 0 if float(load).is_integer() else 1, lang)
    sheet = [
        text("marking_roadmap.lasts", lang, duration=entry["duration"]) if "duration" in entry else "",
        text("marking_roadmap.load", lang, load=written) if written else "",
        text("marking_roadmap.waits", lang, others=", ".join(entry.get("depends") or ())),
        text("marking_roadmap.covers", lang, tags=", ".join(tags)),
    ]
    there = (entry.get("duration"), written, entry.get("depends"), tags)
    said = [part for part, value in zip(sheet, there, strict=True) if value]
    title = str(entry["title"])
    return f"{title} ({(' ; ' if lang == 'fr' else '; ').join(said)})" if said else title


def _said_horizon(horizon: str, lang: Language) -> str:
    if not horizon:
        return text("roadmap.field_title", lang)
    return text("marking_roadmap.horizon", lang, number=HORIZON_IDS.index(horizon) + 1)


def _said_measure(artefact: Roadmap, measure: Measure, lang: Language) -> str:
    waits = [artefact.by_id[one].title if one in artefact.by_id else one for one in measure.depends]
    load = format_number(measure.load, 0 if measure.load.is_integer() else 1, lang)
    start, duration = ("–" if months is None else months for months in (measure.start, measure.duration))
    said = [
        measure.title or measure.id,
        text("marking_roadmap.months", lang, start=start, duration=duration),
        text("marking_roadmap.load", lang, load=load),
        text("marking_roadmap.waits", lang, others=", ".join(waits)) if waits else "",
        measure.owner,
    ]
    return (" ; " if lang == "fr" else "; ").join(part for part in said if part)


TYPE = RoadmapType()
