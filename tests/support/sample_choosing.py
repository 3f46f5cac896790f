"""One question of each type in which one picks, matches, orders or says how sure one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.questions.compiling import compile_question

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["RAW", "SETS", "sample"]

_STEP = {
    "fr": "Relisez [la section sur le pacte](#pacte).",
    "en": "Read [the section on the pact](#pact) again.",
}


def _why(french: str, english: str) -> dict[str, str]:
    """Return a reason of fifteen words or more that starts with what is given."""
    return {
        "fr": f"{french}, et c'est ce que le pacte de Val-Commun dit en toutes lettres à qui le lit.",
        "en": f"{english}, and that is what the Val-Commun pact says in so many words to its readers.",
    }


def _entry(name: str, french: str, english: str) -> dict[str, Any]:
    return {"id": name, "text": {"fr": french, "en": english}}


def _option(name: str, correct: bool, french: str, english: str, **more: str) -> dict[str, Any]:
    why = _why(f"La clause « {french} » compte ou non", f"The clause “{english}” counts or not")
    return {**_entry(name, french, english), "correct": correct, "reason": why, **more}


SETS = {
    "moments": [
        _entry("before", "Avant de signer", "Before signing"),
        _entry("during", "Pendant l'action", "While acting"),
        _entry("after", "Après le bilan", "After the review"),
        _entry("never", "À aucun moment", "At no time"),
    ]
}
RAW: dict[str, dict[str, Any]] = {
    "choices": {
        "id": "s1",
        "type": "choices",
        "points": 2,
        "outcome": "tell",
        "next_step": _STEP,
        "prompt": {
            "fr": "Quelles clauses rendent la sortie d'un partenaire prévisible ?",
            "en": "Which clauses make it predictable that a partner leaves?",
        },
        "options": [
            _option("notice", True, "Un préavis de trois mois", "Three months' notice"),
            _option("logo", False, "L'usage du logo", "Use of the logo", misconception="form_first"),
            _option("share", True, "Le partage de ce qui a été acheté", "The split of what was bought"),
            _option("press", False, "Un communiqué commun.", "A joint press release."),
            _option("party", False, "Une fête annuelle", "A yearly party", misconception="good_will"),
        ],
    },
    "matching": {
        "id": "m1",
        "type": "matching",
        "points": 3,
        "outcome": "tell",
        "next_step": _STEP,
        "prompt": {
            "fr": "À quel moment chaque document sert-il d'abord ?",
            "en": "When is each document first of use?",
        },
        "left": [
            _entry("charter", "La charte : valeurs et rôles", "The charter: values and roles"),
            _entry("dashboard", "Le tableau de bord", "The dashboard"),
            _entry("lessons", "La fiche des leçons", "The sheet of lessons"),
        ],
        "right": "moments",
        "key": {"charter": "before", "dashboard": ["during", "after"], "lessons": "after"},
        "reasons": {
            "charter": _why("La charte dit qui fait quoi", "The charter says who does what"),
            "dashboard": _why("Le tableau de bord suit l'action", "The dashboard follows the action"),
            "lessons": _why("Les leçons se tirent à la fin", "Lessons are drawn at the end"),
        },
    },
    "ordering": {
        "id": "o1",
        "type": "ordering",
        "points": 4,
        "outcome": "tell",
        "next_step": _STEP,
        "prompt": {
            "fr": "Rangez les étapes de la création de l'alliance, de la première à la dernière.",
            "en": "Put the steps of creating the alliance in order, from first to last.",
        },
        "items": [
            _entry("need", "Nommer le besoin.", "Name the need."),
            _entry("partners", "Chercher des partenaires", "Look for partners"),
            _entry("rules", "Écrire les règles communes", "Write common rules"),
            _entry("pilot", "Essayer en petit", "Try on a small scale"),
            _entry("scale", "Étendre ce qui marche", "Extend what works"),
        ],
        "reason": _why("Le besoin décide des partenaires", "The need decides who the partners are"),
    },
    "confidence": {
        "id": "k1",
        "type": "confidence",
        "outcome": "tell",
        "about": "o1",
        "about_title": {"fr": "Les étapes", "en": "The steps"},
    },
}


def sample(kind: str, lang: Language, **changes: Any) -> dict[str, Any]:
    """Return the compiled question of a type, with its keys; ``changes`` replace fields of its source."""
    return compile_question({**RAW[kind], **changes}, lang, SETS)
