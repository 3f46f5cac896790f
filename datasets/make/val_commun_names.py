"""Invented names and identifiers that no real organisation can hold.

Places: none of the 64 names is a commune, a former commune or an EPCI of the official geographical code of
2026 (a test compares them with the tables of the reference territory). Every name holds one of them.

Identifiers, and why they belong to nobody:

* département ``00``: official codes go from 01 to 95, 2A and 2B, and 971 upwards; no commune code and no
  postal code starts with 00;
* SIREN below 000 100 000, with a valid key so that readers accept them: Insee gives numbers in sequence and
  now far higher; the first line of its published stock is 000325175, the lowest number met elsewhere
  (commercial registers) is 000199968. The wider range 000… would have been wrong: it does hold real firms;
* RNA ``W00…``: the two digits after W are those of the registry's département.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Final

__all__ = [
    "COMPANY_TRADES", "DOMAIN_NAMES", "DOMAIN_PURPOSES", "EPCI", "PLACES", "distinct", "of_place", "rna",
    "siren", "siret",
]  # fmt: skip

#: EPCI: identifier, name, kind; the places come after, the chief town first.
EPCI: Final = {
    "E1": ("Métropole d'Aurvelle", "METRO"),
    "E2": ("Communauté d'agglomération de Val-Commun", "CA"),
    "E3": ("Communauté de communes des Trois-Gués", "CC"),
}
PLACES: Final = {
    "E1": (
        "Aurvelle", "Brécouvre", "Rochevaire", "Clairouvre", "Pontarvel", "Miravault", "Corvenne",
        "Fontbraise",
        "Arduville", "Quercelle", "Trévignan", "Mornouvre", "Galampoix", "Ozerville", "Ruvelle", "Tornouvre",
        "Urvillac", "Yvraise", "Courtauvel", "Ermoise", "Nauvelle", "Mévigne",
    ),
    "E2": (
        "Val-Commun", "Brévane", "Orvegny", "Sauvermont", "Vaudrégne", "Chantebrume", "Feuillambre",
        "Maubrissac", "Ternouvre", "Les Ormiges", "Noirépine", "Plessouvre", "Bourgvaire", "Escarvelle",
        "Cendrevaux", "Bissonvre", "Gerbouvre", "Hurlevaire",
    ),
    "E3": (
        "Guévaire", "Gué-Blanc", "Pierrembre", "Auzembre", "Dampvire", "Isombre", "Jonquervaux", "Larzouvre",
        "Orgembre", "Puyvaire", "Ravembre", "Soulvigne", "Taillembre", "Vauxembre", "Amblouvre", "Bruyembre",
        "Doulvaire", "Étrembre", "Fauvigneux", "Gravouvre", "Rouvembre", "Lauzembre", "Merlouvre",
        "Sillembre",
    ),
}  # fmt: skip

DOMAIN_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "sport": (
        "Union sportive", "Club de gymnastique", "Foyer de judo", "Étoile cycliste", "Tennis de table",
        "Randonneuses et randonneurs", "Nageurs",
    ),
    "culture": (
        "Harmonie", "Ciné-club", "Théâtre amateur", "Mémoire et patrimoine", "Chorale", "Lecture pour tous",
        "Atelier d'images",
    ),
    "leisure": (
        "Comité des fêtes", "Amicale", "Jardins partagés", "Club des aînés", "Ludothèque", "Café associatif",
    ),
    "causes": (
        "Collectif des riverains", "Parents d'élèves", "Sauvegarde des rives", "Défense des locataires",
        "Usagers des cars",
    ),
    "social_health": (
        "Entraide", "Aide à domicile", "Épicerie solidaire", "Accueil de jour", "Centre social",
        "Atelier d'insertion",
    ),
    "education": (
        "Accompagnement scolaire", "Université populaire", "École de musique", "Crèche parentale",
        "Formation et numérique",
    ),
    "economy": (
        "Régie de quartier", "Pépinière d'initiatives", "Circuits courts", "Tourisme", "Recyclerie",
    ),
}  # fmt: skip
DOMAIN_PURPOSES: Final[Mapping[str, tuple[str, ...]]] = {
    "sport": ("pratiquer un sport en club", "apprendre à nager à tout âge"),
    "culture": ("jouer et faire jouer la musique", "faire connaître le patrimoine du canton"),
    "leisure": ("animer la vie du village", "cultiver ensemble un jardin"),
    "causes": ("défendre les usagers des transports", "protéger les rives de la Sorvane"),
    "social_health": ("aider les personnes isolées", "accompagner le retour à l'emploi"),
    "education": ("accompagner les élèves après l'école", "former les adultes au numérique"),
    "economy": ("créer des activités locales", "réemployer les objets jetés"),
}
#: Trade, main activity (NAF rev. 2).
COMPANY_TRADES: Final = (
    ("Menuiserie", "43.32A"), ("Transports", "49.41B"), ("Conserverie", "10.39B"), ("Imprimerie", "18.12Z"),
    ("Mécanique", "25.62B"), ("Paysages", "81.30Z"), ("Supermarché", "47.11D"), ("Hôtellerie", "55.10Z"),
    ("Conseil et logiciels", "62.02A"), ("Travaux publics", "42.11Z"), ("Nettoyage", "81.21Z"),
    ("Textiles", "13.20Z"),
)  # fmt: skip

_QUARTERS: Final = (
    "les Ormes", "le Moulin", "la Gare", "les Gués", "le Pré", "la Halle", "les Tilleuls", "la Rive",
    "le Faubourg", "les Remparts", "la Butte", "le Canal", "les Lilas", "le Lavoir",
)  # fmt: skip
_SIREN_LIMIT: Final = 10_000
_LAST_TEN: Final = 10


def of_place(place: str) -> str:
    """Return « de » and a place, elided as French wants it."""
    if place.startswith("Les "):
        return f"des {place.removeprefix('Les ')}"
    return f"d'{place}" if place[0] in "AEÉIOUY" and place != "Yvraise" else f"de {place}"


def distinct(name: str, taken: set[str]) -> str:
    """Return the name, with a quarter behind it if it is taken, then a number; ``taken`` receives it."""
    trials = (name, *(f"{name}, {quarter}" for quarter in _QUARTERS))
    found = next((trial for trial in trials if trial not in taken), None)
    found = found or next(trial for rank in count(2) if (trial := f"{name} {rank}") not in taken)
    taken.add(found)
    return found


def _key(digits: str) -> str:
    """Return the digit that makes the whole pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value >= _LAST_TEN else value
    return str(-total % 10)


def siren(number: int) -> str:
    """Return the SIREN of an invented organisation: ``0000``, four digits, a valid key.

    Raises:
        ValueError: the range holds 10 000 numbers, from 0 on.
    """
    if not 0 < number < _SIREN_LIMIT:
        message = f"no invented SIREN of rank {number}"
        raise ValueError(message)
    start = f"0000{number:04d}"
    return start + _key(start)


def siret(of_siren: str, office: int = 1) -> str:
    """Return the SIRET of an establishment: the SIREN, its rank on four digits, a valid key."""
    start = f"{of_siren}{office:04d}"
    return start + _key(start)


def rna(number: int) -> str:
    """Return the number in the register of associations: ``W00`` and seven digits."""
    return f"W00{number:07d}"
