"""Questions with several places to fill, one of each type (two tables), compiled in either language."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from alliances.questions.spec import compile_question

if TYPE_CHECKING:
    from alliances.i18n import Language

__all__ = ["RAW", "filled_sample"]

_STEP = {
    "fr": "Relisez [la section sur les rôles](#roles).",
    "en": "Read [the section on roles](#roles) again.",
}


def _two(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


def _entry(name: str, fr: str, en: str) -> dict[str, Any]:
    return {"id": name, "text": _two(fr, en)}


RAW: dict[str, dict[str, Any]] = {
    "allocation": {
        "id": "a1",
        "type": "allocation",
        "outcome": "spread",
        "points": 4,
        "next_step": _STEP,
        "prompt": _two(
            "Répartissez les 100 k€ du fonds commun. L'animation reçoit au moins 20 k€ ; la "
            "communication et les imprévus, ensemble, au plus 30 k€.",
            "Spread the 100 k€ of the common fund. Facilitation receives at least 20 k€; communication "
            "and contingencies together at most 30 k€.",
        ),
        "total": 100,
        "unit": "k€",
        "step": 5,
        "items": [
            _entry("facilitation", "Animation de l'alliance", "Facilitation of the alliance"),
            _entry("actions", "Actions sur le terrain", "Work in the field"),
            _entry("communication", "Communication", "Communication"),
            _entry("reserve", "Imprévus", "Contingencies"),
        ],
        "constraints": [
            {
                "items": ["facilitation"],
                "min": 20,
                "width": 20,
                "reason": _two(
                    "Sans personne payée pour réunir, relancer et garder trace, les partenaires portent "
                    "ce travail seuls et l'alliance s'arrête.",
                    "With nobody paid to convene, follow up and keep records, partners carry that work "
                    "alone and the alliance comes to a halt.",
                ),
            },
            {
                "items": {"communication": 1, "reserve": 1},
                "max": 30,
                "weight": 2,
                "reason": _two(
                    "Au-delà de trente pour cent, ce qui ne sert pas directement les habitants prend la "
                    "place des actions promises aux financeurs.",
                    "Beyond thirty per cent, what does not serve residents directly takes the place of "
                    "the work promised to the funders.",
                ),
            },
        ],
        "example": {"facilitation": 25, "actions": 55, "communication": 10, "reserve": 10},
    },
    "matrix": {
        "id": "m1",
        "type": "matrix",
        "outcome": "assign",
        "points": 3,
        "next_step": _STEP,
        "prompt": _two(
            "Qui réalise (R), qui répond du résultat (A), qui est consulté (C), qui est informé (I) ?",
            "Who does the work (R), answers for the result (A), is consulted (C), is informed (I)?",
        ),
        "rows": [
            _entry("charter", "Rédiger la charte", "Draft the charter"),
            _entry("survey", "Mener l'enquête", "Run the survey"),
        ],
        "columns": [
            _entry("town", "Ville", "Town"),
            _entry("backbone", "Structure pivot", "Backbone"),
            _entry("firm", "Entreprise", "Firm"),
        ],
        "values": [
            _entry("r", "R : réalise", "R: does the work"),
            _entry("a", "A : répond du résultat", "A: answers for the result"),
            _entry("c", "C : est consulté", "C: is consulted"),
            _entry("i", "I : est informé", "I: is informed"),
        ],
        "key": {
            "charter": {"town": ["a", "c"], "backbone": ["r", "a"], "firm": "c"},
            "survey": {"town": "i", "backbone": "a", "firm": ["r", "c"]},
        },
        "per_row": [
            {
                "value": "a",
                "reason": _two(
                    "Une seule organisation répond du résultat : à plusieurs, chacune attend que l'autre "
                    "décide et personne ne rend compte.",
                    "One organisation alone answers for the result: when several do, each waits for the "
                    "other to decide and nobody reports.",
                ),
            }
        ],
        "reasons": {
            "charter": _two(
                "La structure pivot tient la plume, les signataires sont consultés avant de signer, et un "
                "seul d'entre eux répond du texte.",
                "The backbone holds the pen, those who will sign are consulted first, and only one of them "
                "answers for the text.",
            ),
            "survey": _two(
                "L'enquête est un travail de la structure pivot ; la ville en reçoit les résultats sans "
                "diriger les entretiens eux-mêmes.",
                "The survey is the backbone's work; the town receives its results without directing the "
                "interviews in any way itself.",
            ),
        },
    },
    "placement": {
        "id": "pl1",
        "type": "placement",
        "outcome": "place",
        "points": 2,
        "next_step": _STEP,
        "prompt": _two(
            "Placez chaque acteur du projet de ressourcerie selon son influence et son intérêt.",
            "Place each actor of the reuse-centre project by its influence and its interest.",
        ),
        "axes": {
            "x": {
                "name": _two("Intérêt", "Interest"),
                "low": _two("faible", "low"),
                "high": _two("fort", "high"),
            },
            "y": {
                "name": _two("Influence", "Influence"),
                "low": _two("faible", "low"),
                "high": _two("forte", "high"),
            },
        },
        "step": 10,
        "items": [
            _entry("prefecture", "Préfecture", "Prefecture"),
            _entry("residents", "Habitants du quartier", "Neighbourhood residents"),
        ],
        "zones": {
            "prefecture": {"x": [0, 40], "y": [60, 100]},
            "residents": {"x": [60, 100], "y": [0, 50]},
        },
        "reasons": {
            "prefecture": _two(
                "Elle autorise le site et peut donc l'arrêter, mais le projet pèse peu parmi ses dossiers "
                "de cette année.",
                "It authorises the site and can therefore stop it, but the project weighs little among its "
                "files this year.",
            ),
            "residents": _two(
                "Ils vivront à côté et s'y rendront chaque semaine, sans siéger nulle part où la décision "
                "se prend aujourd'hui.",
                "They will live next door and go there every week, without a seat anywhere that the "
                "decision is taken today.",
            ),
        },
    },
    "table": {
        "id": "tb1",
        "type": "table",
        "outcome": "read",
        "points": 2,
        "next_step": _STEP,
        "prompt": _two("Complétez la fiche des deux indicateurs.", "Complete the record of both indicators."),
        "columns": [
            {"id": "unit", "kind": "text", "text": _two("Unité", "Unit")},
            {"id": "value", "kind": "number", "unit": "%", "text": _two("Valeur", "Value")},
            {
                "id": "source",
                "kind": "option",
                "text": _two("Source", "Source"),
                "options": [
                    _entry("register", "Registre", "Register"),
                    _entry("survey", "Enquête", "Survey"),
                ],
            },
        ],
        "rows": [
            _entry("turnout", "Participation", "Turnout"),
            _entry("trust", "Confiance", "Trust"),
        ],
        "given": {"turnout": {"unit": _two("part des inscrits", "share of those enrolled")}},
        "key": {
            "turnout": {"value": {"value": 62, "tolerance": 0.5}, "source": "register"},
            "trust": {
                "unit": [_two("part des réponses", "share of answers"), _two("part", "share")],
                "value": [48, 52],
                "source": ["survey"],
            },
        },
        "reasons": {
            "turnout": _two(
                "La feuille d'émargement compte les présents : c'est un registre, et soixante-deux pour "
                "cent des inscrits y ont signé.",
                "The sign-in sheet counts those present: it is a register, and sixty-two per cent of those "
                "enrolled signed it.",
            ),
            "trust": _two(
                "La confiance ne se lit dans aucun registre : on la demande, et le chiffre porte sur les "
                "seules personnes qui ont répondu.",
                "No register shows trust: people are asked, and the figure covers only those who gave an "
                "answer to the survey.",
            ),
        },
    },
    "table_free": {
        "id": "tb2",
        "type": "table",
        "outcome": "list_risks",
        "points": 2,
        "prompt": _two(
            "Nommez de deux à quatre risques et qui les suit.",
            "Name two to four risks and who watches them.",
        ),
        "columns": [
            {"id": "risk", "kind": "text", "text": _two("Risque", "Risk")},
            {
                "id": "level",
                "kind": "option",
                "text": _two("Niveau", "Level"),
                "options": [_entry("low", "Faible", "Low"), _entry("high", "Fort", "High")],
            },
            {"id": "cost", "kind": "number", "unit": "€", "text": _two("Coût", "Cost")},
        ],
        "rows": {"least": 2, "most": 4},
    },
    "file": {
        "id": "f1",
        "type": "file",
        "outcome": "hand_in",
        "points": 2,
        "prompt": _two("Déposez votre plan d'atelier.", "Hand in your workshop plan."),
        "accept": [".md", ".txt"],
        "max_kb": 2,
    },
}


def filled_sample(name: str, lang: Language) -> dict[str, Any]:
    """Return a question of ``RAW`` with its keys."""
    return compile_question(deepcopy(RAW[name]), lang)
