"""One compiled question of each type, in either language, for pages of components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alliances.questions.spec import compile_question

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["CASES", "DRAWN", "sample"]

_REASON = {
    "fr": "Le texte dit qui paie, qui décide et qui exécute, et cela suffit pour trancher ici.",
    "en": "The text says who pays, who decides and who does the work, and that is enough to decide here.",
}
_STEP = {
    "fr": "Relisez [la section sur les familles](#familles).",
    "en": "Read [the section on families](#families).",
}
_SETS = {
    "families": [
        {"id": "giving", "text": {"fr": "Mécénat", "en": "Giving (mécénat)"}},
        {
            "id": "responsible_practices",
            "text": {"fr": "Pratiques responsables", "en": "Responsible practices"},
        },
        {
            "id": "economic_cooperation",
            "text": {"fr": "Coopération économique", "en": "Economic cooperation"},
        },
        {"id": "societal_innovation", "text": {"fr": "Innovation sociétale", "en": "Societal innovation"}},
        {"id": "no_alliance", "text": {"fr": "Pas d'alliance", "en": "No alliance"}},
    ],
    "criteria": [
        {"id": "direction", "text": {"fr": "Sens des apports", "en": "Direction of contributions"}},
        {"id": "joint_offer", "text": {"fr": "Offre commune", "en": "Joint offer"}},
        {"id": "priced_order", "text": {"fr": "Commande payée", "en": "Priced order"}},
    ],
}
CASES = {
    "workshop": {
        "title": {"fr": "L'atelier de mobilité de la ville", "en": "The town's mobility workshop"},
        "text": {
            "fr": "La ville publie un marché pour tenir un atelier de réparation de vélos, trois "
            "demi-journées par semaine. Une association y répond, signe et facture chaque mois. La ville "
            "fixe les horaires et le public.",
            "en": "The town issues a contract to run a bicycle repair workshop, three half-days a week. An "
            "association bids, signs and invoices each month. The town sets the hours and the public.",
        },
        "source_line": {"fr": "Cas fictif, Val-Commun.", "en": "Fictional case, Val-Commun."},
    }
}
_RAW: dict[str, dict[str, Any]] = {
    "choice": {
        "id": "q1",
        "type": "choice",
        "points": 1,
        "outcome": "tell",
        "next_step": _STEP,
        "prompt": {
            "fr": "Qui porte le risque dans un *contrat-alliance* ?",
            "en": "Who bears the risk in a *alliance contract*?",
        },
        "options": [
            {
                "id": "a",
                "correct": False,
                "misconception": "buyer",
                "reason": _REASON,
                "text": {"fr": "Celui qui paie", "en": "Whoever pays"},
            },
            {
                "id": "b",
                "correct": True,
                "reason": _REASON,
                "text": {"fr": "Les partenaires, ensemble", "en": "The partners, together"},
            },
            {"id": "c", "correct": False, "reason": _REASON, "text": {"fr": "Personne", "en": "Nobody"}},
        ],
    },
    "classify": {
        "id": "c01",
        "type": "classify",
        "points": 1,
        "outcome": "tell",
        "case": "workshop",
        "categories": "families",
        "reasons": "criteria",
        "readings": {"no_alliance": ["priced_order"]},
        "team_reason": _REASON,
        "next_step": _STEP,
    },
    "number": {
        "id": "n1",
        "type": "number",
        "points": 2,
        "outcome": "count",
        "value": 70,
        "tolerance": 0.5,
        "unit": "%",
        "next_step": _STEP,
        "prompt": {
            "fr": "Deux personnes lisent 20 cas.\n\n| | B : oui | B : non |\n|---|---:|---:|\n"
            "| A : oui | 10 | 2 |\n| A : non | 4 | 4 |"
            "\n\nQuel est leur accord observé ?",
            "en": "Two people read 20 cases.\n\n| | B: yes | B: no |\n|---|---:|---:|\n"
            "| A: yes | 10 | 2 |\n| A: no | 4 | 4 |"
            "\n\nWhat is their observed agreement?",
        },
        "reason": {"fr": "(10 + 4) / 20 = 70 %.", "en": "(10 + 4) / 20 = 70%."},
        "otherwise": {"fr": "Additionnez la diagonale.", "en": "Add up the diagonal."},
        "known_errors": [
            {
                "value": 50,
                "tolerance": 0.5,
                "reason": {"fr": "C'est la seule case oui-oui.", "en": "That is the yes-yes cell alone."},
            }
        ],
    },
    "text": {
        "id": "j01",
        "type": "text",
        "outcome": "tell",
        "min_words": 5,
        "max_words": 40,
        "prompt": {
            "fr": "Justifiez une de vos lectures par un fait du texte.",
            "en": "Support one of your readings with a fact from the text.",
        },
    },
}


# A number whose figures are drawn for each learner.
DRAWN: dict[str, Any] = {
    "id": "d01",
    "type": "number",
    "outcome": "count",
    "points": 2,
    "parameters": {
        "n": {"from": 20, "to": 60, "step": 5},
        "rate": {"choose": [10, 20, 25]},
        "total": {"is": "n * 2"},
    },
    "prompt": {
        "fr": "Sur {total} associations, {rate} % ont un partenaire privé. Combien ? {autre}",
        "en": "Of {total} associations, {rate}% have a private partner. How many? {other}",
    },
    "value": "total * rate / 100",
    "tolerance": 0.5,
    "unit": {"fr": "associations", "en": "associations"},
    "reason": {"fr": "{rate} % de {total}, soit {answer}.", "en": "{rate}% of {total}, that is {answer}."},
    "otherwise": {"fr": "Prenez {rate} % de {total}.", "en": "Take {rate}% of {total}."},
    "known_errors": [{"value": "rate", "reason": {"fr": "{rate} est le taux.", "en": "{rate} is the rate."}}],
    "next_step": {"fr": "Relisez.", "en": "Read it again."},
}


def sample(kind: str, lang: Language) -> dict[str, Any]:
    """Return the question of a type, with its keys."""
    return compile_question(_RAW[kind], lang, _SETS, CASES)
