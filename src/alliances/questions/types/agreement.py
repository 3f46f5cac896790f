"""An agreement to write or to repair: parties, clauses, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from alliances.i18n import Language, text
from alliances.logic.agreement import (
    CLAUSE_KINDS,
    MOST_CLAUSES,
    MOST_PARTIES,
    Agreement,
    Party,
    from_dict,
    read_date,
    vocabulary,
)
from alliances.logic.agreement_bill import ROLES, notice, read_bill
from alliances.logic.agreement_findings import RULES, findings
from alliances.questions.artefacts import Artefact, table_schema
from alliances.questions.rules import joined
from alliances.questions.shapes import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alliances.logic.findings import Finding
    from alliances.questions.source import Field

__all__ = ["TYPE", "AgreementType"]

_LAYERS: Final = ("ppl_2021",)
_OF_PARTIES: Final = (
    "too_few_parties", "no_name", "no_contribution", "decision_unsaid", "contributes_without_deciding",
)  # fmt: skip


class AgreementType(Artefact):
    """``{"parties": [...], "clauses": [...], "start", "end"}`` (shape in ``logic.agreement``).

    ``expects`` lists the kinds of clauses asked for, all by default. ``layer: ppl_2021`` adds what the text
    shows of the 2021 bill's conditions (not in force, never counted), with ``roles`` for what each party is.
    How points are given: ``questions.artefacts``.
    """

    name: ClassVar[str] = "agreement"
    answer_fields: ClassVar[tuple[str, ...]] = ("parties", "clauses", "start", "end")
    optional: ClassVar[tuple[str, ...]] = ("start", "keep", "expects", "layer", "roles")
    public_fields: ClassVar[tuple[str, ...]] = ("layer",)
    rules: ClassVar[Sequence[str]] = RULES

    def read(self, value: object) -> Agreement:
        """Return the agreement of a JSON value."""
        return from_dict(value)

    def find(self, artefact: Agreement, question: Mapping[str, Any]) -> tuple[Finding, ...]:
        """Return what the rules find, within the kinds expected."""
        return findings(artefact, kinds=question.get("expects") or CLAUSE_KINDS)

    def idle(self, artefact: Agreement, rule: str, question: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Rules on parties need a party, those on dates a date, the others a clause."""
        start, end = read_date(artefact.start), read_date(artefact.end)
        dated = any(clause.date for clause in artefact.clauses)
        there: dict[str, object] = {
            **dict.fromkeys(_OF_PARTIES, artefact.parties),
            "exit_without_notice": artefact.of_kind("exit"),
            "decides_outside_governance": artefact.of_kind("governance"),
            "dates_crossed": start and end,
            "date_outside": dated and (start or end),
            "date_unreadable": dated or artefact.start or artefact.end,
        }
        return not there.get(rule, artefact.clauses)

    def elements(self, artefact: Agreement) -> dict[str, str]:
        """Return the name of each party and the text of each clause."""
        return {party.id: party.name for party in artefact.parties} | {
            clause.id: clause.text for clause in artefact.clauses
        }

    def completeness(self, artefact: Agreement, question: Mapping[str, Any]) -> float:
        """Return the part of the expected kinds that have a clause."""
        expected = set(question.get("expects") or CLAUSE_KINDS)
        return len(expected & {clause.kind for clause in artefact.clauses}) / len(expected)

    def vocabulary(self, question: Mapping[str, Any], lang: Language) -> dict[str, Any]:  # noqa: ARG002
        """Return kinds of clauses, fields of parties and clauses, and the words of the period."""
        return dict(vocabulary(lang))

    def note(self, artefact: Agreement, question: Mapping[str, Any], lang: Language) -> str:
        """Return that a rule does not read law, and what is seen of the bill when asked."""
        said = text("marking_agreement.not_advice", lang)
        if question.get("layer") not in _LAYERS:
            return said
        bill = [
            text("marking_agreement.condition", lang, label=one.label(lang), sentence=one.text(lang))
            for one in read_bill(artefact, question.get("roles"))
        ]
        return joined(said, notice(lang), *bill)

    def lines(self, artefact: Agreement, lang: Language) -> list[tuple[str, str]]:
        """Return parties, then clauses in the order of the text, then the period."""
        between = " ; " if lang == "fr" else "; "
        parties = [
            (text("agreement.party_name", lang), between.join(_said_party(party, lang)))
            for party in artefact.parties
        ]
        clauses = [
            (
                text(f"agreement.kind_{clause.kind or 'unset'}", lang),
                between.join(
                    part
                    for part in (
                        clause.text or "–",
                        ", ".join(_called(artefact, one) for one in clause.parties),
                        clause.date,
                    )
                    if part
                ),
            )
            for clause in artefact.clauses
        ]
        period = [
            (text(f"agreement.period_{name}", lang), written)
            for name, written in (("start", artefact.start), ("end", artefact.end))
            if written
        ]
        return parties + clauses + period

    def codes(self, question: Mapping[str, Any], lang: Language) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: ARG002
        """Return kinds of clauses."""
        kinds = vocabulary(lang)["clause_kinds"]
        return [
            (
                text("marking_agreement.codes_clause_kinds", lang),
                [(entry["id"], entry["text"]) for entry in kinds],
            )
        ]

    def artefact_schema(self) -> dict[str, Any]:
        """Return the schema of parties, clauses and period."""
        name = {"type": "string", "minLength": 1, "maxLength": 60}
        decides = {"type": ["boolean", "null"]}
        party = table_schema(
            ("id", "name"), {"id": name, "name": "text", "contributes": "text", "decides": decides}
        )
        clause = table_schema(
            ("id", "kind", "text"),
            {
                "id": name,
                "kind": {"enum": list(CLAUSE_KINDS)},
                "text": "text",
                "parties": {"type": "array", "items": name},
                "date": {"type": "string"},
            },
        )
        return table_schema(
            (),
            {
                "parties": {"type": "array", "maxItems": MOST_PARTIES, "items": party},
                "clauses": {"type": "array", "maxItems": MOST_CLAUSES, "items": clause},
                "start": {"type": "string"},
                "end": {"type": "string"},
            },
        )

    def properties(self) -> dict[str, Any]:
        """Return the schema of its fields."""
        kinds = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(CLAUSE_KINDS)}}
        roles = {"type": "object", "additionalProperties": {"enum": list(ROLES)}}
        return {**super().properties(), "expects": kinds, "layer": {"enum": list(_LAYERS)}, "roles": roles}

    def check_more(self, fields: Mapping[str, Field]) -> None:
        """Check the kinds expected, the layer and the roles."""
        for one in distinct(fields["expects"].entries(minimum=1)) if "expects" in fields else ():
            one.word(CLAUSE_KINDS)
        if "layer" in fields:
            fields["layer"].word(_LAYERS)
        for role in fields["roles"].mapping().values() if "roles" in fields else ():
            role.word(ROLES)


def _called(artefact: Agreement, identifier: str) -> str:
    party = artefact.party.get(identifier)
    return party.name if party and party.name else identifier


def _said_party(party: Party, lang: Language) -> list[str]:
    decides = {True: "decides_yes", False: "decides_no", None: "decides_unsaid"}[party.decides]
    said = [party.name or "–", party.contributes, text(f"marking_agreement.{decides}", lang)]
    return [part for part in said if part]


TYPE = AgreementType()
