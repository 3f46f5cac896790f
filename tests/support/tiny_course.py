"""A whole course in miniature, valid and complete, written into a folder.

``tree = write_tiny_course(tmp_path)`` gives a checkout with one module and one exercise, both called
``tiny``, that ``alliances build`` builds and ``alliances check`` finds nothing to say about. Tests then
break one thing at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliances.course.tree import CourseTree

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["change", "write_tiny_course"]

SYLLABUS = """\
order = ["tiny", "later"]

[titles]
later = { fr = "Plus tard", en = "Later" }

[functions]
tiny = { fr = "exemple", en = "example" }

[tracks.students]
title = { fr = "Étudiantes et étudiants", en = "Students" }
modules = ["tiny", "later"]
"""

MODULE = """\
slug = "tiny"
tracks = ["students"]
datasets = ["cases", "facts"]
exercise = "tiny"
prerequisites = []
sources = ["S001"]

[title]
fr = "Un petit module"
en = "A tiny module"

[summary]
fr = "Lire un cas, puis compter."
en = "Read a case, then count."

[[outcomes]]
id = "tell"
bloom = "understand"
fr = "Distinguer un don d'un achat."
en = "Tell a gift from a purchase."

[[outcomes]]
id = "count"
bloom = "apply"
fr = "Compter des partenariats."
en = "Count partnerships."

[[sections]]
id = "opening"
minutes = 5
fr = "Le résultat d'abord"
en = "The result first"

[[sections]]
id = "one_section"
minutes = 8
fr = "Un don ou un achat ?"
en = "A gift or a purchase?"

[[sections]]
id = "recap"
minutes = 5
fr = "Le point"
en = "Recap"

[tool]
title = { fr = "Petit outil", en = "Tiny tool" }
cases = ["real_case", "val_commun_v01"]
"""

LESSON_FR = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

## Le résultat d'abord {minutes}`5`

À la fin, vous saurez distinguer un don d'un achat : c'est utile.

![Une flèche va de l'entreprise vers l'association.](img/arrow.svg)

+++

## Un don ou un achat ? {minutes}`8`

Sur cent associations, {fact}`share_giving` reçoivent un don ({source}`S002`).

> [!key] L'essentiel
> Un prix convenu fait un achat ; un don n'attend rien d'équivalent.

```{code-cell} ipython3
from alliances import practice

# Un commentaire en français.
"Bonjour"
```

```{code-cell} ipython3
:tags: [hide-input]

practice("tiny.p01")
```

+++

## Le point {minutes}`5`

Vous savez distinguer un don d'un achat, voir [la section précédente](#one_section).

> [!service]
> Choisissez une relation de votre service : qui paie, pour quoi ?

## Sources
"""

LESSON_EN = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

## The result first {minutes}`5`

At the end you will tell a gift from a purchase: it is useful.

![An arrow goes from the company to the association.](img/arrow.svg)

+++

## A gift or a purchase? {minutes}`8`

Out of a hundred associations, {fact}`share_giving` receive a gift ({source}`S002`).

> [!key] The essential
> An agreed price makes a purchase; a gift expects nothing of the same worth.

```{code-cell} ipython3
from alliances import practice

# A comment in English.
"Hello"
```

```{code-cell} ipython3
:tags: [hide-input]

practice("tiny.p01")
```

+++

## Recap {minutes}`5`

You can tell a gift from a purchase, see [the section before](#one_section).

> [!service]
> Choose a relation of your department: who pays, and for what?

## Sources
"""

APP = """\
---
title_fr: Petit outil
title_en: Tiny tool
---

```{code-cell} ipython3
print("{lang}")
```
"""

TRAINER = """\
# {title}

## {before}

{text}
"""

REASON_FR = (
    "Un don n'attend aucune contrepartie équivalente, alors qu'un achat échange un prix convenu contre un "
    "service défini à l'avance."
)
REASON_EN = (
    "A gift expects nothing of equal worth in return, whereas a purchase exchanges an agreed price for a "
    "service that was defined beforehand."
)

ITEM = """\
  - id: {id}
    use: {use}
    outcome: {outcome}
    bloom: understand
    tracks: [students]
    type: choice
    prompt: {{fr: "Question {id} : est-ce un don ?", en: "Question {id}: is it a gift?"}}
    options:
      - id: a
        correct: true
        text: {{fr: "Oui", en: "Yes"}}
        reason: {{fr: "{reason_fr}", en: "{reason_en}"}}
      - id: b
        correct: false
        misconception: price
        text: {{fr: "Non", en: "No"}}
        reason: {{fr: "{reason_fr}", en: "{reason_en}"}}
    next_step: {{fr: "Relire [la section](#one_section).", en: "Read [the section](#one_section) again."}}
"""

EXERCISE = """\
slug = "tiny"
outcomes = ["tell", "count"]
doors = ["form", "code"]
minutes = 20

[title]
fr = "Petit exercice"
en = "Tiny exercise"

[points]
shared = 5
rest = 4

[ai_rule]
fr = "Dites ce que vous avez demandé à une IA."
en = "Say what you asked an AI."

[[rubric.justification.criteria]]
id = "facts"
points = 3
fr = "S'appuie sur des faits du cas"
en = "Relies on facts of the case"
levels = [
  { fr = "Aucun fait.", en = "No fact." },
  { fr = "Un fait.", en = "One fact." },
  { fr = "Deux faits.", en = "Two facts." },
  { fr = "Trois faits.", en = "Three facts." },
]
"""

FORM = f"""\
exercise: tiny
sets:
  families:
    - {{id: giving, text: {{fr: "Mécénat", en: "Giving"}}}}
    - {{id: no_alliance, text: {{fr: "Pas d'alliance", en: "No alliance"}}}}
  criteria:
    - {{id: direction, text: {{fr: "Sens des ressources", en: "Direction of resources"}}}}
    - {{id: priced_order, text: {{fr: "Commande payée", en: "Priced order"}}}}
parts:
  - id: shared
    title: {{fr: "Lire des cas", en: "Reading cases"}}
    intro: {{fr: "Deux cas à lire.", en: "Two cases to read."}}
    questions:
      - id: c01
        type: classify
        case: real_case
        categories: families
        reasons: criteria
        points: 1
        outcome: tell
        readings: {{giving: [direction]}}
        team_reason: {{fr: "{REASON_FR}", en: "{REASON_EN}"}}
        next_step: {{fr: "Relire [la section](#one_section).", en: "Read [the section](#one_section) again."}}
      - id: c02
        type: classify
        case: val_commun_v01
        categories: families
        reasons: criteria
        points: 1
        outcome: tell
        readings: {{no_alliance: [priced_order]}}
        team_reason: {{fr: "{REASON_FR}", en: "{REASON_EN}"}}
        next_step: {{fr: "Relire [la section](#one_section).", en: "Read [the section](#one_section) again."}}
      - id: j01
        type: text
        prompt: {{fr: "Défendez une lecture.", en: "Defend one reading."}}
        criteria: justification
        min_words: 80
        max_words: 200
        outcome: tell
  - id: rest
    title: {{fr: "Compter", en: "Counting"}}
    questions:
      - id: n01
        type: number
        prompt: {{fr: "Combien font 2 et 2 ?", en: "How much is 2 and 2?"}}
        points: 2
        outcome: count
        value: 4
        tolerance: 0
        kind: absolute
        decimals: 0
        reason: {{fr: "Deux et deux partenariats font quatre.", en: "Two and two make four."}}
        otherwise: {{fr: "Recomptez les lignes du tableau.", en: "Count the rows of the table again."}}
        next_step: {{fr: "Relire [la section](#one_section).", en: "Read [the section](#one_section) again."}}
      - id: q01
        type: choice
        prompt: {{fr: "Est-ce un don ?", en: "Is it a gift?"}}
        points: 2
        outcome: tell
        options:
          - id: a
            correct: true
            text: {{fr: "Oui", en: "Yes"}}
            reason: {{fr: "{REASON_FR}", en: "{REASON_EN}"}}
          - id: b
            correct: false
            text: {{fr: "Non", en: "No"}}
            reason: {{fr: "{REASON_FR}", en: "{REASON_EN}"}}
        next_step: {{fr: "Relire [la section](#one_section).", en: "Read [the section](#one_section) again."}}
"""

CODE = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
---

{text}

+++

{{shared}}

+++

## {head}

```{{code-cell}} ipython3
:alliances: {{"id": "k01", "kind": "answer"}}

def total(numbers):
    # {comment}
    ### BEGIN SOLUTION
    return sum(numbers)
    ### END SOLUTION
```

```{{code-cell}} ipython3
:alliances: {{"id": "k01_test", "kind": "tests", "points": 2, "outcome": "count"}}

assert total([1, 2]) == 3
### BEGIN HIDDEN TESTS
assert total([]) == 0
### END HIDDEN TESTS
```

```{{code-cell}} ipython3
:alliances: {{"id": "k02", "kind": "answer"}}

### BEGIN SOLUTION
is_gift = True
### END SOLUTION
```

```{{code-cell}} ipython3
:alliances: {{"id": "k02_test", "kind": "tests", "points": 2, "outcome": "tell"}}

### BEGIN HIDDEN TESTS
from alliances_grader.probe import probe

assert probe("is_gift") is True
### END HIDDEN TESTS
```
"""

SOURCES = """\
source_id,title,publisher,year,data_year,nature,url,licence,read,bias_fr,bias_en
S001,Panorama,Observatoire,2015,2014,survey,https://example.org/a,unknown,full,Enquête déclarative,Declared
S002,Rapport,Laboratoire,2020,,report,https://example.org/rapport,unknown,opening,,
"""

FACTS = """\
fact_id,label_fr,label_en,value,value_max,unit,year,source_id,status
share_giving,Associations aidées,Associations helped,67,,percent,2015,S001,read_full
budget,Budget,Budget,1.5,,MEUR,2020,S002,memory_unverified
"""

CASE_COLUMNS = (
    "case_id,title_fr,title_en,summary_fr,summary_en,team_reading,team_reason_fr,team_reason_en,"
    "admissible,sources"
)
CASES = f"""\
{CASE_COLUMNS}
real_case,Un vrai cas,A real case,Une entreprise donne.,A company gives.,giving,Un don.,A gift.,\
giving:direction,S001;S002
"""

VIGNETTES = f"""\
{CASE_COLUMNS},synthetic
val_commun_v01,Le marché,The market,La commune achète.,The town buys.,no_alliance,Un achat.,A purchase.,\
no_alliance:priced_order,,true
"""

ARROW = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2"/></svg>\n'


def _items() -> str:
    head = (
        "module: tiny\n"
        "misconceptions:\n"
        '  price: {fr: "Tout prix fait un achat.", en: "Any price makes a purchase."}\n'
        "items:\n"
    )
    names = [(f"p{n:02}", "practice") for n in range(1, 13)] + [("t01", "test"), ("t02", "test")]
    return head + "".join(
        ITEM.format(
            id=name, use=use, outcome=("tell", "count")[place % 2], reason_fr=REASON_FR, reason_en=REASON_EN
        )
        for place, (name, use) in enumerate(names)
    )


def _files() -> dict[str, str]:
    return {
        "modules/syllabus.toml": SYLLABUS,
        "modules/tiny/module.toml": MODULE,
        "modules/tiny/lesson.fr.md": LESSON_FR,
        "modules/tiny/lesson.en.md": LESSON_EN,
        "modules/tiny/app.md": APP,
        "modules/tiny/items.yaml": _items(),
        "modules/tiny/img/arrow.svg": ARROW,
        "modules/tiny/trainer.fr.md": TRAINER.format(
            title="Guide", before="Avant", text="Vérifier la salle."
        ),
        "modules/tiny/trainer.en.md": TRAINER.format(title="Guide", before="Before", text="Check the room."),
        "exercises/tiny/exercise.toml": EXERCISE,
        "exercises/tiny/form.yaml": FORM,
        "exercises/tiny/code.fr.md": CODE.format(
            text="Lisez, puis codez.", head="Compter", comment="La somme."
        ),
        "exercises/tiny/code.en.md": CODE.format(
            text="Read, then code.", head="Counting", comment="The sum."
        ),
        "datasets/sources.csv": SOURCES,
        "datasets/facts.csv": FACTS,
        "datasets/cases.csv": CASES,
        "datasets/syn_vignettes.csv": VIGNETTES,
    }


def write_tiny_course(root: Path) -> CourseTree:
    """Write the course into ``root`` and return its tree; nothing is built yet."""
    for place, content in _files().items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return CourseTree(root)


def change(path: Path, old: str, new: str) -> None:
    """Replace the one occurrence of ``old`` in a file by ``new``."""
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1, f"{path.name} holds {content.count(old)} times {old!r}"
    path.write_text(content.replace(old, new), encoding="utf-8")
