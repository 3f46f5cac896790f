"""Small valid files of questions, which tests break one thing at a time."""

from __future__ import annotations

__all__ = ["FORM", "ITEMS"]

_REASON = (
    '{fr: "Une raison assez longue pour dire vraiment pourquoi cette réponse est juste, ou ne '
    "l'est pas ici.\", "
    'en: "A reason that is long enough to say why this answer is right or is not right here."}'
)

ITEMS = f"""\
module: tiny
misconceptions:
  ladder: {{fr: "Une échelle.", en: "A ladder."}}
items:
  - id: p01
    use: practice
    outcome: tell
    bloom: understand
    tracks: [students, agents]
    type: choice
    prompt: {{fr: "Don ou achat ?", en: "Gift or purchase?"}}
    options:
      - id: a
        correct: true
        text: {{fr: "Un don", en: "A gift"}}
        reason: {_REASON}
      - id: b
        correct: false
        misconception: ladder
        text: {{fr: "Un achat", en: "A purchase"}}
        reason: {_REASON}
    next_step: {{fr: "Relisez [la section](#dons).", en: "Read [the section](#dons) again."}}
  - id: t01
    use: test
    outcome: count
    bloom: apply
    tracks: [students]
    type: number
    prompt: {{fr: "Combien ?", en: "How many?"}}
    value: 12
    tolerance: 0.5
    unit: {{fr: "dons", en: "gifts"}}
    reason: {{fr: "On compte douze lignes.", en: "There are twelve lines."}}
    known_errors:
      - {{value: 11, reason: {{fr: "Il en manque une.", en: "One is missing."}}, misconception: ladder}}
    otherwise: {{fr: "Recomptez les lignes.", en: "Count the lines again."}}
    next_step: {{fr: "Relisez.", en: "Read it again."}}
"""

FORM = f"""\
exercise: tiny
sets:
  families:
    - {{id: giving, text: {{fr: Mécénat, en: Giving}}}}
    - {{id: no_alliance, text: {{fr: "Pas d'alliance", en: No alliance}}}}
  criteria:
    - {{id: direction, text: {{fr: Sens des apports, en: Direction}}}}
    - {{id: priced_order, text: {{fr: Commande payée, en: Priced order}}}}
parts:
  - id: shared
    title: {{fr: "Bloc commun", en: "Shared block"}}
    intro: {{fr: "Lisez.", en: "Read."}}
    questions:
      - id: c01
        type: classify
        case: some_case
        categories: families
        reasons: criteria
        points: 1
        outcome: tell
        readings: {{no_alliance: [priced_order]}}
        team_reason: {_REASON}
        next_step: {{fr: "Relisez.", en: "Read it again."}}
      - id: j01
        type: text
        prompt: {{fr: "Justifiez.", en: "Justify."}}
        criteria: justification
        min_words: 80
        max_words: 200
        outcome: tell
"""
