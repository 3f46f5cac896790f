"""One sound example of each artefact, in French: rules find nothing in it; and questions made of them.

Val-Commun and its organisations are fictitious.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from alliances.questions.compiling import compile_question
from alliances.questions.spec import load_items

__all__ = ["agreement", "both", "indicator", "link", "question", "questions_of", "roadmap", "theory"]


def indicator(**changed: object) -> dict[str, Any]:
    """Return an indicator with every field filled in."""
    return {
        "unit": "personnes",
        "source": "registre des accueils",
        "baseline": "40 en janvier",
        "frequency": "chaque trimestre",
        "owner": "La Passerelle",
        "burden": "light",
        **changed,
    }


def link(start: str, end: str, because: str = "les entretiens de l’an dernier le montrent") -> dict[str, Any]:
    return {"from": start, "to": end, "because": because}


def theory() -> dict[str, Any]:
    """Return a chain of six elements, one of each kind, with indicators on the effect and the impact."""
    nodes = [
        ("n1", "need", "Quarante jeunes du canton n’ont ni emploi ni formation"),
        ("n2", "resource", "Deux jours par mois d’une conseillère et de trois artisans"),
        ("n3", "activity", "Semaines de découverte en atelier"),
        ("n4", "output", "Soixante semaines d’atelier tenues dans l’année"),
        ("n5", "outcome", "Des jeunes choisissent un métier et s’y forment"),
        ("n6", "impact", "Moins de jeunes sans emploi ni formation dans le canton"),
    ]
    measured = {"n5": indicator(), "n6": indicator(source="Insee", owner="Communauté de communes")}
    return {
        "nodes": [
            {"id": name, "kind": kind, "text": text, "indicator": measured.get(name)}
            for name, kind, text in nodes
        ],
        "links": [link(f"n{place}", f"n{place + 1}") for place in range(1, 6)],
    }


def agreement() -> dict[str, Any]:
    """Return an agreement of three parties with a clause of each kind."""
    kinds = (
        "purpose", "contributions", "governance", "costs", "results", "data", "publicity", "evaluation",
        "review", "dispute", "exit",
    )  # fmt: skip
    parties = [
        ("p1", "La Passerelle", "deux jours par mois d’une conseillère"),
        ("p2", "Menuiserie Aubert", "un atelier et un maître d’apprentissage"),
        ("p3", "Communauté de communes", "un local et 8 000 euros par an"),
    ]
    return {
        "parties": [
            {"id": name, "name": called, "contributes": brings, "decides": True}
            for name, called, brings in parties
        ],
        "clauses": [
            {
                "id": f"c{place}",
                "kind": kind,
                "text": f"Clause {kind} : chaque partie fait ce qui est dit ici avant la date prévue.",
                "parties": ["p1", "p2", "p3"],
                "date": "2027-03-31" if kind == "exit" else "",
            }
            for place, kind in enumerate(kinds, start=1)
        ],
        "start": "2026-09-01",
        "end": "2027-08-31",
    }


def roadmap() -> dict[str, Any]:
    """Return six measures, two a horizon, in an order that holds."""
    rows = [
        ("m1", "Tenir un guichet commun", "h1", 0, 4, 3, []),
        ("m2", "Former les référents", "h1", 2, 5, 2, []),
        ("m3", "Ouvrir l’atelier partagé", "h2", 4, 6, 4, ["m1"]),
        ("m4", "Mesurer les parcours", "h2", 7, 4, 2, ["m2"]),
        ("m5", "Signer la convention de trois ans", "h3", 11, 3, 3, ["m3", "m4"]),
        ("m6", "Étendre au canton voisin", "h3", 14, 4, 4, ["m5"]),
    ]
    return {
        "measures": [
            {
                "id": name,
                "title": title,
                "horizon": horizon,
                "start": start,
                "duration": duration,
                "load": load,
                "depends": depends,
                "owner": "La Passerelle",
            }
            for name, title, horizon, start, duration, load, depends in deepcopy(rows)
        ]
    }


TEXTS = ("text", "because", "title", "contributes", "unit", "source", "frequency")


def both(value: Any, name: str = "") -> Any:
    """Return an artefact as an author writes it: texts in both languages."""
    if isinstance(value, dict):
        return {key: both(entry, key) for key, entry in value.items()}
    if isinstance(value, list):
        return [both(entry) for entry in value]
    return {"fr": value, "en": f"{value} (en)"} if name in TEXTS and value else value


def question(kind: str, checks: list[str], model: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return the source of an item."""
    fields = {
        "id": "p01",
        "use": "practice",
        "outcome": "compose",
        "bloom": "create",
        "tracks": ["agents"],
        "type": kind,
        "points": len(checks),
        "prompt": {"fr": "Réparez.", "en": "Repair it."},
        "checks": checks,
        "model_answer": both(model),
        "next_step": {"fr": "Relisez le cas.", "en": "Read the case again."},
    }
    if "start" in more:
        more["start"] = both(more["start"])
    return {**fields, **more}


def questions_of(folder: Path, source: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Write an item as its file, load it with every check, and return it compiled in each language."""
    path = folder / "items.yaml"
    text = yaml.safe_dump({"module": "tiny", "items": [source]}, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    raw = load_items(path).items[0].raw
    return {lang: compile_question(raw, lang) for lang in ("fr", "en")}  # type: ignore[arg-type]
