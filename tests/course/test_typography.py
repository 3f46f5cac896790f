"""French typography: what changes, and what must never change."""

from __future__ import annotations

import pytest

from alliances.course.typography import typeset

CHANGED = [
    ("Vraiment ?", "Vraiment\u202f?"),
    ("Vraiment?", "Vraiment\u202f?"),
    ("Oui ; non !", "Oui\u202f; non\u202f!"),
    ("Deux choses : une, deux", "Deux choses\u00a0: une, deux"),
    ("**Deux** : une", "**Deux**\u00a0: une"),
    ("Deux choses: une", "Deux choses\u00a0: une"),
    ("« mot »", "«\u202fmot\u202f»"),
    ("«mot»", "«\u202fmot\u202f»"),
    ("« mot » ?", "«\u202fmot\u202f»\u202f?"),
    ("l'alliance d'*une* année", "l’alliance d’*une* année"),
    ("l'« autre »", "l’«\u202fautre\u202f»"),
    ("l'`option`", "l’`option`"),
    ("67 % et 10 000 €", "67\u202f% et 10\u202f000\u202f€"),
    ("1 234 567 personnes", "1\u202f234\u202f567 personnes"),
    ("[lien ?](#a)", "[lien\u202f?](#a)"),
]
KEPT = [
    "`x ? y : z 'a'`",
    "``a ` b ; c``",
    "```python\nx = 'l'\nif x : pass ;\n```",
    "~~~\nl'a ?\n~~~",
    "$f : x ; y$",
    "$$\na ; b ? c\n$$",
    "[x](https://example.org/a;b?c=d!e)",
    "https://example.org/l'a?b",
    "<https://example.org/?a;b>",
    '<div class="a ; b" aria-label="l\'a ?">',
    "<!-- l'a ? -->",
    "| a | b |\n| :--- | ---: |",
    "&nbsp;&amp; &#171;",
    "![x](img/a.png)",
    "à 10:30",
    "en 2015 300 partenariats",
    "{fact}`a_b`",
    "[ref]: https://example.org/?a",
    "un prix de 5 $ ou 6 $",
]


@pytest.mark.parametrize(("source", "expected"), CHANGED)
def test_french_prose_is_set(source: str, expected: str) -> None:
    """French prose gets its spaces and apostrophes."""
    assert expected == typeset(source, "fr")


@pytest.mark.parametrize("source", KEPT)
def test_what_is_no_prose_is_kept(source: str) -> None:
    """Code, maths, addresses, HTML, rulings and times stay as they are."""
    assert source == typeset(source, "fr")


@pytest.mark.parametrize("source", [*KEPT, *(source for source, _ in CHANGED)])
def test_twice_is_once(source: str) -> None:
    """Setting what is set changes nothing."""
    once = typeset(source, "fr")
    assert once == typeset(once, "fr")


ENGLISH = [
    (
        "Cohen's kappa, the partners' share: it's 67% ; really ?",
        "Cohen’s kappa, the partners’ share: it’s 67% ; really ?",
    ),
    ("`it's` and $p'$ stay", "`it's` and $p'$ stay"),
    ("a 'quoted' word « as is »", "a 'quoted' word « as is »"),
]


@pytest.mark.parametrize(("source", "expected"), ENGLISH)
def test_english_gets_its_apostrophe_only(source: str, expected: str) -> None:
    """In English the apostrophe is set; spaces and quotation marks are left as written."""
    assert typeset(source, "en") == expected
