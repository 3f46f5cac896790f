"""Files of questions: what is read, and how a mistake is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from question_files import FORM, ITEMS

from alliances.errors import EnvironmentFault, SourceError
from alliances.questions.spec import load_form, load_items

if TYPE_CHECKING:
    from pathlib import Path


def test_a_bank_is_read(tmp_path: Path) -> None:
    """A valid bank gives its items, each with the line where it starts."""
    path = tmp_path / "items.yaml"
    path.write_text(ITEMS, encoding="utf-8")
    bank = load_items(path)
    assert bank.module == "tiny"
    assert [(entry.id, entry.line) for entry in bank.items] == [("p01", 5), ("t01", 23)]
    assert bank.misconceptions["ladder"]["en"] == "A ladder."


def test_a_form_is_read(tmp_path: Path) -> None:
    """A valid form gives parts, questions and sets."""
    path = tmp_path / "form.yaml"
    path.write_text(FORM, encoding="utf-8")
    form = load_form(path)
    assert [entry.id for entry in form.questions] == ["c01", "j01"]
    assert form.parts[0].title["en"] == "Shared block"
    assert [entry["id"] for entry in form.sets["families"]] == ["giving", "no_alliance"]


ITEM_MISTAKES = [
    ("module: tiny", "modul: tiny", 1, "champ « (racine) » : il manque « module »"),
    ("id: p01", "id: t01", 5, "champ « items[0].id » : « t01 » ne suit pas la règle"),
    ("id: t01", "id: p1", 23, "champ « items[1].id » : « p1 » ne suit pas la règle"),
    (
        "use: practice",
        "use: training",
        6,
        "« training » n’est pas une valeur prévue. Valeurs possibles : practice, test",
    ),
    ("outcome: tell", "outcome: Dire tout", 7, "ne peut pas servir d’identifiant"),
    ("bloom: understand", "bloom: know", 8, "champ « items[0].bloom »"),
    ("tracks: [students, agents]", "tracks: []", 9, "la liste a 0 élément(s) ; il en faut au moins 1"),
    (
        "tracks: [students, agents]",
        "tracks: [students, pupils]",
        9,
        "champ « items[0].tracks[1] » : « pupils »",
    ),
    ("type: choice", "type: essay", 10, "« essay » n’est pas une valeur prévue"),
    ('en: "Gift or purchase?"', "", 11, "le texte « en » manque"),
    (
        'en: "A gift"',
        "en: Yes",
        15,
        "champ « items[0].options[0].text.en » : un texte est attendu (trouvé : True)",
    ),
    ('en: "A gift"', 'en: " "', 15, "le texte est vide"),
    ('en: "A gift"', 'en: "A gift", de: "Ein"', 15, "le nom « de » n’est pas prévu. Noms possibles : fr, en"),
    ("correct: true", "correct: 1", 14, "true ou false est attendu (trouvé : 1)"),
    ("correct: true", "correct: false", 12, "aucune option n’est juste"),
    ("correct: false", "correct: true", 12, "toutes les options sont justes"),
    ("- id: b", "- id: a", 17, "« a » sert déjà à la ligne 13"),
    (
        "misconception: ladder\n        text",
        "misconception: stairs\n        text",
        19,
        "l’erreur « stairs » n’est pas décrite",
    ),
    ("is right or is not right here.", "x.", 16, "12 mots ; il en faut au moins 15"),
    ("        correct: true\n", "", 13, "il manque « correct »"),
    ("value: 12", "value: '12'", 30, "un nombre est attendu (trouvé : 12)"),
    ("value: 12", "value: .nan", 30, "un nombre est attendu"),
    ("tolerance: 0.5", "tolerance: -1", 31, "-1 est trop petit ; le minimum est 0"),
    ("otherwise:", "otherwize:", 23, "il manque « otherwise »"),
    ("    value: 12", "    valeu: 3\n    value: 12", 30, "le nom « valeu » n’est pas prévu"),
    ("    value: 12", "    value: 12\n    value: 13", 31, "le champ « value » est écrit deux fois"),
    ("    use: test", "   use: test", 24, "YAML illisible"),
    ('"How many?"', '"How many?', 32, "YAML illisible"),
    ("    use: test", "    ? [a]\n    : b\n    use: test", 24, "doit être un mot simple"),
]


@pytest.mark.parametrize(
    ("good", "bad", "line", "message"), ITEM_MISTAKES, ids=[row[1][:30] for row in ITEM_MISTAKES]
)
def test_a_mistake_in_a_bank_is_named(tmp_path: Path, good: str, bad: str, line: int, message: str) -> None:
    """Each mistake is refused with its file, its line, its field and what was expected."""
    path = tmp_path / "items.yaml"
    assert good in ITEMS
    path.write_text(ITEMS.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_items(path)
    said = re.sub("[\u00a0\u202f]", " ", str(caught.value))
    assert said.startswith(f"{path}:{line}: ")
    assert message in said


FORM_MISTAKES = [
    ("id: j01", "id: c01", 24, "« c01 » sert déjà à la ligne 14"),
    ("id: c01", "id: class", 14, "ne peut pas servir d’identifiant"),
    (
        "categories: families",
        "categories: family",
        17,
        "« family » n’est pas une valeur prévue. Valeurs possibles : criteria, families",
    ),
    (
        "{no_alliance: [priced_order]}",
        "{alliance: [priced_order]}",
        21,
        "« alliance » n’existe pas dans l’ensemble « categories »",
    ),
    (
        "{no_alliance: [priced_order]}",
        "{no_alliance: [money]}",
        21,
        "« money » n’existe pas dans l’ensemble « reasons »",
    ),
    ("{no_alliance: [priced_order]}", "{no_alliance: []}", 21, "la liste a 0 élément(s)"),
    ("{no_alliance: [priced_order]}", "{}", 21, "au moins une lecture est attendue"),
    ("        points: 1\n", "", 14, "il manque « points »"),
    ("points: 1", "points: -1", 19, "trop petit"),
    ("min_words: 80", "min_words: 300", 28, "min_words (300) dépasse max_words (200)"),
    ("max_words: 200", "max_words: 12.5", 29, "un nombre entier est attendu"),
    ("  - id: shared", "  - id: shared\n    colour: red", 11, "le nom « colour » n’est pas prévu"),
    ("parts:", "sections:", 1, "il manque « parts »"),
    ("giving, text", "no_alliance, text", 5, "« no_alliance » sert déjà à la ligne 4"),
]


@pytest.mark.parametrize(
    ("good", "bad", "line", "message"), FORM_MISTAKES, ids=[row[1][:30] for row in FORM_MISTAKES]
)
def test_a_mistake_in_a_form_is_named(tmp_path: Path, good: str, bad: str, line: int, message: str) -> None:
    """Each mistake of a form is refused with its place."""
    path = tmp_path / "form.yaml"
    assert good in FORM
    path.write_text(FORM.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_form(path)
    said = re.sub("[\u00a0\u202f]", " ", str(caught.value))
    assert message in said
    assert said.startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "le fichier est vide"),
        (b"# rien\n", "le fichier est vide"),
        (b"- a\n", "une table de champs est attendue"),
        (b"module: t\nitems: caf\xe9\n", ":2: cette ligne n’est pas en UTF-8"),
        (b"a: &x [*x]\n", "YAML illisible"),
        (b"a: 1\n---\nb: 2\n", "YAML illisible"),
        (b"a: !!python/object:os.system x\n", "YAML illisible"),
        (b"a: \x00\n", "YAML illisible"),
    ],
)
def test_a_file_that_is_no_bank_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty, binary, hostile or foreign files get a message, never a traceback of YAML."""
    path = tmp_path / "items.yaml"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        load_items(path)
    assert message in re.sub("[\u00a0\u202f]", " ", str(caught.value))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is said so, in both languages."""
    with pytest.raises(SourceError, match="le fichier n’existe pas") as caught:
        load_form(tmp_path / "form.yaml")
    assert "the file does not exist" in caught.value.in_language("en")


def test_a_folder_in_place_of_a_file_is_the_machines_fault(tmp_path: Path) -> None:
    """What cannot be read for another reason is an environment's fault."""
    with pytest.raises(EnvironmentFault, match="Impossible de lire"):
        load_items(tmp_path)


def test_certainty_is_about_a_question_of_the_form(tmp_path: Path) -> None:
    """A « how sure are you » about a question that the form does not have is refused with those it has."""
    path = tmp_path / "form.yaml"
    sure = "      - {id: s01, type: confidence, outcome: tell, about: ABOUT}\n"
    path.write_text(FORM + sure.replace("ABOUT", "c01"), encoding="utf-8")
    assert load_form(path).questions[-1].id == "s01"
    path.write_text(FORM + sure.replace("ABOUT", "c99"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"c99.*questions.*c01, j01\."):
        load_form(path)
