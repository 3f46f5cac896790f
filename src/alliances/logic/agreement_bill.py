"""The five conditions of the 2021 bill on innovative alliances, held against an agreement.

**The bill is not in force.** It was registered on 9 February 2021 (associations.gouv.fr, 26 February 2021)
and never debated (Le RAMEAU, Carenews, 10 May 2022). Its conditions are taken up from amendment 591 to text
4721 at the National Assembly (NosDéputés.fr, 1 December 2021), itself ruled inadmissible.

This layer is a « what if » for learning: it says what a text shows of each condition, never that a text
would qualify. A rule sees the parties, who decides, and whether a clause is there; what a purpose is worth,
a person reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from alliances.i18n import Language, text
from alliances.logic.agreement import Agreement
from alliances.logic.agreement_findings import SHORTEST_CLAUSE
from alliances.logic.artefact_reading import count_words

__all__ = ["CONDITIONS", "ROLES", "Reading", "notice", "read_bill"]

CONDITIONS: Final = ("parties", "shared_interest", "parity", "disinterested", "not_profit")
ROLES: Final = ("general_interest", "company", "public", "other")
_FEWEST_PARTIES: Final = 2


@dataclass(frozen=True)
class Reading:
    """What the text shows of one condition.

    ``found`` is True when the structure shows it, False when it was not found, None when only a person can
    read it.
    """

    condition: str
    found: bool | None

    def label(self, lang: Language | None = None) -> str:
        """Return the condition in a few words."""
        return text(f"agreement.bill_{self.condition}", lang)

    def text(self, lang: Language | None = None) -> str:
        """Return one sentence: what was seen, and what to do next."""
        state = {True: "found", False: "not_found", None: "to_read"}[self.found]
        return text(f"agreement.bill_{self.condition}_{state}", lang)


def notice(lang: Language | None = None) -> str:
    """Return the sentence that goes with every showing of this layer: the bill is not in force."""
    return text("agreement.bill_notice", lang)


def read_bill(agreement: Agreement, roles: Mapping[str, str] | None = None) -> tuple[Reading, ...]:
    """Return what the agreement shows of each condition, in the order of ``CONDITIONS``.

    ``roles`` gives what each party is, by its id: one of ``ROLES``. The agreement itself does not say it;
    without it the condition on the parties stays to be read.
    """
    found = {
        "parties": _parties(agreement, roles or {}),
        "shared_interest": _shared(agreement),
        "parity": _parity(agreement),
        "disinterested": None if _written(agreement, "purpose", "results") else False,
        "not_profit": None if _written(agreement, "purpose", "results") else False,
    }
    return tuple(Reading(name, found[name]) for name in CONDITIONS)


def _written(agreement: Agreement, *kinds: str) -> bool:
    return any(count_words(clause.text) >= SHORTEST_CLAUSE for clause in agreement.of_kind(*kinds))


def _parties(agreement: Agreement, roles: Mapping[str, str]) -> bool | None:
    """At least one general-interest body and one company."""
    known = {roles[party.id] for party in agreement.parties if party.id in roles}
    if {"general_interest", "company"} <= known:
        return True
    return False if all(party.id in roles for party in agreement.parties) else None


def _shared(agreement: Agreement) -> bool | None:
    """A community of interests around an innovative project: a purpose that names every party, at least."""
    named = {
        one
        for clause in agreement.of_kind("purpose")
        if count_words(clause.text) >= SHORTEST_CLAUSE
        for one in clause.parties
    }
    everyone = {party.id for party in agreement.parties}
    return None if len(everyone) >= _FEWEST_PARTIES and everyone <= named else False


def _parity(agreement: Agreement) -> bool | None:
    """Parity governance whatever each brings: every party decides."""
    says = [party.decides for party in agreement.parties]
    if len(says) < _FEWEST_PARTIES or False in says:
        return False
    return None if None in says else True
