"""The author's marks: boxes, facts, sources, minutes; and the tables behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tiny_course import change, write_tiny_course

from alliances.course.markup import BOXES, Expander
from alliances.course.myst_source import SourceCell
from alliances.course.references import read_references
from alliances.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from alliances.course.tree import CourseTree
    from alliances.i18n import Language


@pytest.fixture
def tree(tmp_path: Path) -> CourseTree:
    return write_tiny_course(tmp_path)


def expanded(tree: CourseTree, source: str, language: Language = "fr") -> str:
    expander = Expander(read_references(tree), language, tree.lesson("tiny", language))
    return expander.expand(SourceCell("markdown", source, 10))


@pytest.mark.parametrize("kind", BOXES)
def test_a_box_is_html_around_markdown(tree: CourseTree, kind: str) -> None:
    """A box is a labelled note whose content stays Markdown."""
    html = expanded(tree, f"> [!{kind}] Un *titre*\n> Du **texte**.\n\nAprès", "en")
    assert html.startswith(f'<div class="al-box al-box--{kind}" role="note" aria-label="')
    assert 'Un titre">' in html
    assert "\n\nDu **texte**.\n\n</div>\n\nAprès" in html


def test_a_box_without_title_has_its_kind(tree: CourseTree) -> None:
    """A box without a title, or with its kind's own, is named once."""
    for title in ("", " Dans mon service"):
        html = expanded(tree, f"> [!service]{title}\n> Texte")
        assert html.count("Dans mon service") == 2
        assert 'aria-label="Dans mon service">' in html


def test_a_plain_quotation_stays(tree: CourseTree) -> None:
    """A blockquote that is no box stays a blockquote."""
    assert expanded(tree, "> Une citation") == "> Une citation"


def test_marks_in_code_stay(tree: CourseTree) -> None:
    """Inside a fence nothing is expanded."""
    source = "```text\n> [!key] x\n{fact}`nothing`\n```"
    assert source == expanded(tree, source)


@pytest.mark.parametrize(
    ("language", "fact", "expected"),
    [
        ("fr", "share_giving", "67\u202f% ([S001](#source-s001))"),
        ("en", "share_giving", "67% ([S001](#source-s001))"),
        ("fr", "budget", "1,5 million d’euros ([S002](#source-s002), à vérifier)"),
        ("en", "budget", "€1.5 million ([S002](#source-s002), to be checked)"),
    ],
)
def test_a_fact_is_written_with_its_source(
    tree: CourseTree, language: Language, fact: str, expected: str
) -> None:
    """A fact is a number as the language writes it, its unit, and a link to its source."""
    assert expected == expanded(tree, "{fact}`" + fact + "`", language)


@pytest.mark.parametrize(
    ("unit", "low", "high", "french", "english"),
    [
        ("percent", "10", "20", "10 à 20\u202f%", "10 to 20%"),
        ("count", "1300000", "", "1\u202f300\u202f000", "1,300,000"),
        ("people", "1", "", "1 personne", "1 person"),
        ("people", "12000", "", "12\u202f000 personnes", "12,000 people"),
        ("tonnes", "2.5", "", "2,5 tonnes", "2.5 tonnes"),
        ("EUR", "1500", "2000", "1\u202f500 à 2\u202f000\u202f€", "€1,500 to 2,000"),
        ("MEUR", "75", "", "75 millions d’euros", "€75 million"),
    ],
)
def test_units_are_written_in_both_languages(  # noqa: PLR0913, PLR0917 - one row a case
    tree: CourseTree, unit: str, low: str, high: str, french: str, english: str
) -> None:
    """Each unit has its words, its plural and its ranges."""
    change(tree.datasets / "facts.csv", "67,,percent", f"{low},{high},{unit}")
    assert expanded(tree, "{fact}`share_giving`", "fr").startswith(french + " (")
    assert expanded(tree, "{fact}`share_giving`", "en").startswith(english + " (")


def test_minutes_are_told(tree: CourseTree) -> None:
    """The minutes of a heading are written with a no-break space."""
    assert expanded(tree, "## Titre {minutes}`8`") == "## Titre (8\u00a0min)"


@pytest.mark.parametrize(
    ("source", "french", "english"),
    [
        ("a\n\n> [!tip] x", r"lesson\.fr\.md:12: l'encadré « \[!tip\] » n'existe pas", "there is no box"),
        ("a\n{fact}`none`", r":11: le fait « none » n'existe pas → ajoutez-le", "there is no fact “none”"),
        ("{source}`S999`", r":10: la source « S999 » n'existe pas", "there is no source “S999”"),
        ("{minutes}`dix`", r":10: « dix » n'est pas un nombre de minutes", "is not a number of minutes"),
        ("{note}`x`", r":10: la marque « \{note\} » n'existe pas", "there is no mark “{note}”"),
        ("> [!key] x\n> {fact}`none`", r":11: le fait « none »", "there is no fact"),
    ],
)
def test_a_wrong_mark_is_refused(tree: CourseTree, source: str, french: str, english: str) -> None:
    """A mark that does not exist, or names what does not exist, is refused with its line."""
    with pytest.raises(SourceError, match=french) as caught:
        expanded(tree, source)
    assert english in caught.value.in_language("en")


@pytest.mark.parametrize(
    ("table", "old", "new", "french"),
    [
        ("facts.csv", "67,,percent", "67,percent", r"facts\.csv:2: cette ligne a 8 champs, l'en-tête 9"),
        ("facts.csv", "67,,percent", "many,,percent", r":2: la valeur « many » .* n'est pas un nombre"),
        ("facts.csv", "67,,percent", ",,percent", r":2: la valeur «  » .* n'est pas un nombre"),
        ("facts.csv", "67,,percent", "67,,furlongs", r":2: l'unité « furlongs » est inconnue"),
        ("facts.csv", "2015,S001", "2015,S009", r":2: la source « S009 » n'existe pas"),
        ("facts.csv", "budget,", "share_giving,", r":3: .* « share_giving » sert deux fois \(déjà : 2\)"),
        ("facts.csv", "budget,", ",", r":3: la colonne « fact_id » est vide"),
        ("facts.csv", "value_max,", "", r":1: il manque des colonnes : value_max"),
        ("sources.csv", "S002,Rapport", 'S002,"Rapport', r":\d: ce n'est pas du CSV"),
    ],
)
def test_a_wrong_table_is_refused(tree: CourseTree, table: str, old: str, new: str, french: str) -> None:
    """A malformed table is refused with its line and what to do."""
    change(tree.datasets / table, old, new)
    with pytest.raises(SourceError, match=french):
        read_references(tree)
