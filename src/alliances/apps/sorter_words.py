"""Names of families and criteria, and the tool's sentences, with the typography of the language."""

from __future__ import annotations

from alliances.i18n import Language, text
from alliances.logic.typology import CRITERIA, FAMILIES
from alliances.questions.prose import typographic

__all__ = ["SorterWords"]


class SorterWords:
    """Everything the tool names, in one language.

    ``families`` and ``criteria`` give names by id; ``criteria_inside`` the same as inside a sentence.
    """

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang
        self.families = {family.id: self.spaced(family.label(lang)) for family in FAMILIES}
        self.criteria = {criterion.id: self.spaced(criterion.label(lang)) for criterion in CRITERIA}
        self.criteria_inside = {name: label[0].lower() + label[1:] for name, label in self.criteria.items()}

    def spaced(self, words: str) -> str:
        """Return a text with the typography of the language."""
        return typographic(words, self.lang)

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the tool, filled."""
        return self.spaced(text(f"case_sorter.{key}", self.lang, **values))
