"""« And if only this had been different? »: the answer that the cases at hand allow, condition by condition.

Two configurations that differ by one condition are a pair. Where both were observed the question has a
partial answer; where one was not, it stays a thought experiment, which the reader is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alliances.i18n import Language, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alliances.logic.case_comparison import Row, TruthTable

__all__ = ["Counterfactual", "counterfactuals"]


@dataclass(frozen=True)
class Counterfactual:
    """One question about a case: what if ``condition`` had been otherwise?

    ``present`` says whether the case has the condition; ``pair`` is the configuration that differs by it
    alone; ``answer`` is ``unobserved``, ``mixed``, ``same`` or ``other`` outcome.
    """

    case: str
    condition: str
    present: bool
    pair: Row
    answer: str

    def text(
        self,
        lang: Language | None = None,
        *,
        names: Mapping[str, str] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> str:
        """Return question and answer, with the reader's ``names`` of conditions and ``titles`` of cases."""
        said = ({} if names is None else names).get(self.condition, self.condition)
        known = {} if titles is None else titles
        cases = text("case_comparison.between", lang).join(known.get(name, name) for name in self.pair.cases)
        question = text(
            f"case_comparison.what_if_{'without' if self.present else 'with'}", lang, condition=said
        )
        return f"{question} {text(f'case_comparison.answer_{self.answer}', lang, cases=cases)}"


def counterfactuals(table: TruthTable, case: str) -> tuple[Counterfactual, ...]:
    """Return one question a condition, in the order of the table.

    Raises:
        ValueError: the table does not compare this case.
    """
    own = next((row for row in table.rows if case in row.cases), None)
    if own is None:
        raise ValueError(text("case_comparison.unknown_case", name=case))
    has = case in table.with_outcome
    asked = []
    for place, condition in enumerate(table.conditions):
        values = list(own.configuration)
        values[place] = 1 - values[place]
        pair = table.row(values)
        answer = {"?": "unobserved", "C": "mixed"}.get(pair.outcome)
        if answer is None:
            answer = "same" if (pair.outcome == "1") == has else "other"
        asked.append(Counterfactual(case, condition, bool(own.configuration[place]), pair, answer))
    return tuple(asked)
