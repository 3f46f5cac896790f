"""Truth tables, consistency, minimal formulas and cautions, against published examples."""

from __future__ import annotations

from itertools import combinations, product
from math import comb, isclose

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alliances.i18n import LANGUAGES
from alliances.logic.case_comparison import (
    MOST_CONDITIONS,
    as_binary,
    necessity,
    sufficiency,
    truth_table,
)
from alliances.logic.case_comparison_cautions import (
    cases_that_decide,
    cautions,
    chance_of_consistency,
    chance_of_no_contradiction,
)
from alliances.logic.case_comparison_counterfactuals import counterfactuals
from alliances.logic.case_comparison_minimise import Term, minimise, prime_implicants, shortest

# Survival of democracy in eighteen countries of Europe between the wars: development, urbanisation, literacy,
# industry, stability of governments; B. Rihoux and G. De Meur, « Crisp-set Qualitative Comparative
# Analysis », in *Configurational Comparative Methods*, 2009, chapter 3 (data after S. M. Lipset, 1959, as in
# the data set LC of the R package QCA by A. Duşa).
LIPSET = {
    "AU": "101100", "BE": "111111", "CZ": "111111", "EE": "001010", "FI": "101011", "FR": "101111",
    "DE": "111100", "GR": "000000", "HU": "001000", "IE": "101011", "IT": "000010", "NL": "111111",
    "PL": "001000", "PT": "000000", "RO": "000000", "ES": "000000", "SE": "101111", "UK": "111111",
}  # fmt: skip
CONDITIONS = ("DEV", "URB", "LIT", "IND", "STB")
COUNTRIES = [
    {"case_id": name, **dict(zip((*CONDITIONS, "SURV"), map(int, values), strict=True))}
    for name, values in LIPSET.items()
]
LIPSET_TABLE = truth_table(COUNTRIES, CONDITIONS, "SURV")


def named(*outcomes, conditions=2):
    """Cases from ``(configuration, outcome)`` pairs, called c0, c1 and so on."""
    letters = "ABCDE"[:conditions]
    return [
        {"case_id": f"c{place}", **dict(zip(letters, map(int, values), strict=True)), "Y": outcome}
        for place, (values, outcome) in enumerate(outcomes)
    ]


small = st.integers(1, 3).flatmap(
    lambda size: st.lists(
        st.tuples(st.text("01", min_size=size, max_size=size), st.sampled_from((0, 1, None))), max_size=12
    ).map(lambda pairs: (named(*pairs, conditions=size), tuple("ABCDE"[:size])))
)


@pytest.mark.parametrize(
    ("value", "read"),
    [(True, 1), (0, 0), ("Yes", 1), (" no ", 0), ("unknown", None), ("", None), (None, None), (2, None),
     (np.bool_(True), 1), (np.int64(0), 0), (pd.NA, None), (float("nan"), None), ([1], None)],
)  # fmt: skip
def test_values_are_read_as_true_false_or_unknown(value, read):
    """Booleans, 0 and 1, yes and no are read, of pandas and numpy too; anything else is unknown."""
    assert as_binary(value) == read


def test_the_published_table_has_nine_configurations_and_no_contradiction():
    """Eighteen countries fill nine of thirty-two configurations."""
    assert len(LIPSET_TABLE.observed) == 9
    assert LIPSET_TABLE.contradictions == ()
    assert LIPSET_TABLE.row((1, 1, 1, 1, 1)).cases == ("BE", "CZ", "NL", "UK")
    assert len(LIPSET_TABLE.with_outcome) == 8


@pytest.mark.parametrize(
    ("of", "remainders", "expected"),
    [
        (1, False, ["DEV*LIT*IND*STB + DEV*~URB*LIT*STB", "DEV*~URB*LIT*STB + DEV*LIT*IND*STB"]),
        (1, True, ["DEV*STB"]),
        (0, True, ["~DEV + ~STB", "~STB + ~DEV"]),
    ],
)
def test_the_published_formulas_come_out(of, remainders, expected):
    """Rihoux and De Meur: two terms without remainders, DEV*STB with them, and its negation."""
    (formula,) = minimise(LIPSET_TABLE, of=of, remainders=remainders)
    assert formula.write(CONDITIONS) in expected
    assert (formula.consistency, formula.coverage) == (1, 1)


def test_the_published_coverages_come_out():
    """A. Duşa, *QCA with R*, 2019: raw coverage 0.50 and 0.75, unique 0.25 and 0.50."""
    (formula,) = minimise(LIPSET_TABLE)
    by_term = {
        term.write(CONDITIONS): (raw, alone)
        for term, raw, alone in zip(formula.terms, formula.raw, formula.unique, strict=True)
    }
    assert by_term == {"DEV*~URB*LIT*STB": (0.5, 0.25), "DEV*LIT*IND*STB": (0.75, 0.5)}


def numbers(*values, size):
    return [tuple(int(digit) for digit in f"{value:0{size}b}") for value in values]


@pytest.mark.parametrize(
    ("ones", "spare", "size", "expected"),
    [
        # The example of the article « Quine–McCluskey algorithm » and of many textbooks.
        ((4, 8, 10, 11, 12, 15), (9, 14), 4, {"A*C + A*~B + B*~C*~D", "A*C + A*~D + B*~C*~D"}),
        # The cyclic function: no prime implicant is essential, two covers of three.
        ((0, 1, 2, 5, 6, 7), (), 3, {"A*B + ~A*~C + ~B*C", "A*C + B*~C + ~A*~B"}),
        ((0, 1, 2, 3), (), 2, {"1"}),
        ((), (0, 1), 2, {"0"}),
        ((1, 2), (), 2, {"A*~B + ~A*B"}),
    ],
)  # fmt: skip
def test_textbook_functions(ones, spare, size, expected):
    """Functions of the textbooks have the formulas, all of them, that the textbooks give."""
    letters = "ABCD"[:size]
    found = shortest(numbers(*ones, size=size), numbers(*spare, size=size))
    written = {" + ".join(sorted(term.write(letters) for term in terms)) or "0" for terms in found}
    assert written == expected


functions = st.integers(1, 4).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.sampled_from("01?"), min_size=2**size, max_size=2**size),
    )
)


@given(functions)
def test_a_formula_is_true_where_asked_and_false_where_forbidden(drawn):
    """Every formula covers all that it must and nothing that it may not; they are equally short."""
    size, values = drawn
    cells = dict(zip(product((0, 1), repeat=size), values, strict=True))
    ones = [cell for cell, value in cells.items() if value == "1"]
    spare = [cell for cell, value in cells.items() if value == "?"]
    found = shortest(ones, spare)
    for terms in found:
        for cell, value in cells.items():
            covered = any(term.covers(cell) for term in terms)
            assert value == "?" or covered == (value == "1")
    assert len({(len(terms), sum(term.literals for term in terms)) for terms in found}) == 1


@given(functions)
@settings(max_examples=60)
def test_no_shorter_formula_exists(drawn):
    """Trying every smaller set of prime implicants finds no cover."""
    size, values = drawn
    cells = dict(zip(product((0, 1), repeat=size), values, strict=True))
    ones = [cell for cell, value in cells.items() if value == "1"]
    spare = [cell for cell, value in cells.items() if value == "?"]
    primes = prime_implicants(ones, spare)
    length = len(shortest(ones, spare)[0])
    assume(length <= 4)
    for terms in combinations(primes, max(0, length - 1)):
        assert length == 0 or not all(any(term.covers(cell) for term in terms) for cell in ones)


@given(small)
def test_remainders_never_lengthen_a_formula(drawn):
    """The parsimonious solution has no more terms and covers at least as much as the complex one."""
    cases, conditions = drawn
    table = truth_table(cases, conditions, "Y")
    complex_one, parsimonious = minimise(table)[0], minimise(table, remainders=True)[0]
    assert len(parsimonious.terms) <= len(complex_one.terms)
    assert complex_one.consistency in (None, 1)
    assert (parsimonious.coverage or 0) == (complex_one.coverage or 0)


@given(small)
def test_a_table_holds_every_case_once(drawn):
    """Each case is in one row or left out, and every configuration has its row."""
    cases, conditions = drawn
    table = truth_table(cases, conditions, "Y")
    assert sorted(table.cases + table.left_out) == sorted(case["case_id"] for case in cases)
    assert [row.configuration for row in table.rows] == list(product((0, 1), repeat=len(conditions)))
    for row in table.rows:
        assert row.positive == sum(name in table.with_outcome for name in row.cases)
        assert (row.consistency is None) == (row.outcome == "?")


binary = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12)


@given(binary)
def test_necessity_is_sufficiency_turned_round(pairs):
    """The consistency of one is the coverage of the other."""
    one, other = [list(side) for side in zip(*pairs, strict=True)] or ([], [])
    enough, needed = sufficiency(one, other), necessity(one, other)
    assert (enough.consistency, enough.coverage) == (needed.coverage, needed.consistency)
    assert enough.consistency is None or 0 <= enough.consistency <= 1


def test_consistency_and_coverage_by_hand():
    """Four of five cases in the set have the outcome, of eight that have it; pairs not known are left out."""
    condition = [1, 1, 1, 1, 1, 0, 0, 0, 0, "unknown"]
    outcome = [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    fit = sufficiency(condition, outcome)
    assert (fit.both, fit.condition, fit.outcome, fit.total) == (4, 5, 8, 9)
    assert (fit.consistency, fit.coverage) == (0.8, 0.5)


def test_fisher_s_tea():
    """R. A. Fisher, *The Design of Experiments*, 1935: eight cups, all right by chance once in 70."""
    cups = [1] * 4 + [0] * 4
    assert isclose(chance_of_consistency(sufficiency(cups, cups)), 1 / 70)
    assert isclose(chance_of_consistency(sufficiency(cups, [1, 1, 1, 0, 0, 0, 0, 1])), 17 / 70)


@given(small)
@settings(max_examples=60)
def test_the_chance_of_no_contradiction_is_counted_exactly(drawn):
    """Dealing the outcome in every possible way gives the same share."""
    cases, conditions = drawn
    table = truth_table(cases, conditions, "Y")
    compared = list(table.cases)
    assume(len(compared) <= 9)
    ways = list(combinations(compared, len(table.with_outcome)))
    clean = sum(
        all(len(set(row.cases) & set(chosen)) in (0, len(row.cases)) for row in table.rows) for chosen in ways
    )
    assert isclose(chance_of_no_contradiction(table), clean / len(ways))


def test_one_case_a_row_is_never_contradictory():
    """With as many configurations as cases, chance always gives a clean table."""
    cases = named(("00", 0), ("01", 1), ("10", 0), ("11", 1))
    table = truth_table(cases, ("A", "B"), "Y")
    assert chance_of_no_contradiction(table) == 1
    assert "100" in next(one for one in cautions(table) if one.name == "chance").text("fr")
    assert comb(4, 2) == 6


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([], ["no_case"]),
        (named(("00", 1), ("01", 1)), ["one_outcome", "limited_diversity", "thin", "not_a_cause"]),
        (
            named(("00", 1), ("00", 0), ("01", None)),
            ["left_out", "limited_diversity", "contradictions", "not_a_cause"],
        ),
        (named(("00", 0), ("11", 1)), ["limited_diversity", "thin", "chance", "not_a_cause"]),
    ],
)
def test_cautions_name_what_is_wrong(cases, expected):
    """Each defect of a table has its sentence in both languages; the last stands under every table."""
    found = cautions(truth_table(cases, ("A", "B"), "Y"))
    assert [one.name for one in found] == expected
    assert all(one.text(lang) and "{" not in one.text(lang) for one in found for lang in LANGUAGES)


def test_one_case_may_carry_the_formula():
    """The cases without which the formula would change are named."""
    cases = named(("11", 1), ("11", 1), ("10", 0), ("10", 0), ("01", 0))
    assert cases_that_decide(cases, ("A", "B"), "Y") == ()
    assert cases_that_decide([*cases, *named(("00", 1))[:0]], ("A", "B"), "Y") == ()
    alone = named(("11", 1), ("10", 1), ("00", 0))
    assert cases_that_decide(alone, ("A", "B"), "Y") == ("c1", "c0")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_counterfactual_says_what_was_observed(lang):
    """One question a condition: opposite, same, contradictory or never observed."""
    cases = named(("110", 1), ("010", 0), ("100", 1), ("111", 1), ("111", 0), conditions=3)
    table = truth_table(cases, ("A", "B", "C"), "Y")
    asked = counterfactuals(table, "c0")
    assert [one.answer for one in asked] == ["other", "same", "mixed"]
    assert [one.present for one in asked] == [True, True, False]
    said = asked[0].text(lang, names={"A": "décision partagée"}, titles={"c1": "Le cas"})
    assert "décision partagée" in said
    assert "Le cas" in said
    assert counterfactuals(table, "c1")[1].answer == "unobserved"


@given(small)
def test_counterfactuals_are_mutual(drawn):
    """If one case answers another by one condition, the other answers it with the same kind of answer."""
    cases, conditions = drawn
    table = truth_table(cases, conditions, "Y")
    for name in table.cases:
        for place, asked in enumerate(counterfactuals(table, name)):
            if asked.answer in {"same", "other"} and table.row(_own(table, name)).outcome != "C":
                assert all(
                    counterfactuals(table, twin)[place].answer == asked.answer for twin in asked.pair.cases
                )


def _own(table, name):
    return next(row.configuration for row in table.rows if name in row.cases)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((named(("11", 1)), (), "Y"), "choisissez-en de 1 à"),
        ((named(("11", 1)), ("A",) * (MOST_CONDITIONS + 1), "Y"), "choisissez-en de 1 à"),
        ((named(("11", 1)), ("A", "Y"), "Y"), "deux fois"),
        ((named(("11", 1)), ("A", "Z"), "Y"), "n’a pas : Z"),
        ((named(("11", 1)) * 2, ("A",), "Y"), "« c0 »"),
    ],
)
def test_a_table_that_cannot_be_made_is_refused(arguments, message):
    """Conditions, outcome and identifiers are checked, and the message says what to do."""
    with pytest.raises(ValueError, match=message):
        truth_table(*arguments)


def test_other_refusals_name_what_was_found():
    """Lists of two lengths and a case that is not compared are refused."""
    with pytest.raises(ValueError, match="2 et 1"):
        sufficiency([1, 0], [1])
    with pytest.raises(ValueError, match="« nobody »"):
        counterfactuals(LIPSET_TABLE, "nobody")


def test_a_term_without_conditions_is_always_true():
    """A term that asks for nothing is written 1 and covers everything."""
    assert Term((-1, -1)).write("AB") == "1"
    assert Term((-1, -1)).covers((0, 1))
