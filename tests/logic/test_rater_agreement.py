"""Agreement between raters: textbook examples recomputed, and properties of kappa."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alliances.logic.rater_agreement import (
    cohen_kappa,
    cohen_kappa_table,
    confusion,
    expected_agreement,
    fleiss_kappa,
    observed_agreement,
    per_case_agreement,
    tally,
)

# Fifty grant proposals, two readers, yes or no: the example reprinted in encyclopaedias.
PROPOSALS = [[20, 5], [10, 15]]

# Ten subjects, fourteen raters, five categories: the worked example reprinted for Fleiss' kappa.
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip

# Fleiss 1971: thirty patients, six psychiatrists each; depression, personality disorder, schizophrenia,
# neurosis, other.
DIAGNOSES = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip

squares = st.integers(2, 4).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 12), min_size=size, max_size=size), min_size=size, max_size=size
    )
)
letters = st.sampled_from("abcd")
pairs = st.lists(st.tuples(letters, letters), min_size=1, max_size=25)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("ALLIANCES_LANG", "en")


def _defined(table):
    """Return the kappa of a table, or leave the example aside where there is none."""
    total = sum(map(sum, table))
    assume(total > 0)
    assume(expected_agreement(table) < 0.999)
    return cohen_kappa_table(table)


def test_fifty_proposals():
    """20 and 15 on the diagonal of 50: observed 0.7, expected 0.5, kappa 0.4."""
    result = cohen_kappa_table(PROPOSALS)
    assert (result.observed, result.expected, result.n) == (0.7, 0.5, 50)
    assert result.value == pytest.approx(0.4)
    assert result.method == "fleiss_cohen_everitt"
    assert result.flags == ()


def test_fifty_proposals_by_lists():
    """The same from two lists of readings."""
    cells = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    readings = [pair for pair, count in cells.items() for _ in range(count)]
    a, b = zip(*readings, strict=True)
    assert confusion(a, b, ["yes", "no"]) == ((20, 5), (10, 15))
    assert cohen_kappa(a, b) == cohen_kappa_table([[15, 10], [5, 20]])


def test_fourteen_raters():
    """The ten subjects give 0.378 observed, 0.213 expected, kappa 0.210."""
    result = fleiss_kappa(FOURTEEN_RATERS)
    assert result.observed == pytest.approx(0.378, abs=5e-4)
    assert result.expected == pytest.approx(0.213, abs=5e-4)
    assert result.value == pytest.approx(0.210, abs=5e-4)
    assert (result.n, result.raters, result.method) == (10, 14, "jackknife")
    assert "small_sample" in result.flags


def test_fleiss_diagnoses():
    """The data of 1971 have the published margins and give the published kappa, 0.430."""
    margins = [sum(column) / 180 for column in zip(*DIAGNOSES, strict=True)]
    assert margins == pytest.approx([0.144, 0.144, 0.167, 0.306, 0.239], abs=5e-4)
    result = fleiss_kappa(DIAGNOSES)
    assert (result.value, result.observed) == pytest.approx((0.430, 0.556), abs=5e-4)
    assert result.low < 0.430 < result.high


@given(squares)
def test_kappa_bounds(table):
    """Kappa is at most 1, and its interval holds it and stays within -1 and 1."""
    result = _defined(table)
    assert -1 <= result.low <= result.value + 1e-12
    assert result.value <= result.high + 1e-12 <= 1 + 1e-11


@given(squares)
def test_kappa_is_symmetric(table):
    """Swapping the two raters changes neither kappa nor interval."""
    result, swapped = _defined(table), _defined(list(zip(*table, strict=True)))
    assert swapped.value == pytest.approx(result.value)
    assert (swapped.low, swapped.high) == pytest.approx((result.low, result.high))


@given(pairs, st.randoms(use_true_random=False))
def test_order_of_cases_and_categories_does_not_matter(readings, shuffler):
    """Shuffling cases and naming categories in another order, or unused ones, changes nothing."""
    a, b = zip(*readings, strict=True)
    assume(len({*a, *b}) > 1)
    mixed = list(readings)
    shuffler.shuffle(mixed)
    c, d = zip(*mixed, strict=True)
    first, second = cohen_kappa(a, b), cohen_kappa(c, d, ["z", "d", "b", "c", "a"])
    assert second.value == pytest.approx(first.value)
    assert second.n == first.n


@given(squares, st.integers(2, 9))
def test_more_cases_alike_keep_kappa_and_shrink_the_interval(table, times):
    """Repeating every case keeps kappa; the large-sample interval shrinks with the root of the number."""
    result = _defined(table)
    assume(result.method == "fleiss_cohen_everitt")
    more = cohen_kappa_table([[count * times for count in row] for row in table])
    assert more.value == pytest.approx(result.value)
    if "clipped" not in result.flags:
        width = (result.high - result.low) / math.sqrt(times)
        assert more.high - more.low == pytest.approx(width)


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=8))
def test_two_raters_observed_is_the_same_for_fleiss_and_cohen(rows):
    """With two raters, the mean share of agreeing pairs is the share of the diagonal."""
    readings = [(place % 3, sum(row) % 3) for place, row in enumerate(rows)]
    a, b = zip(*readings, strict=True)
    counts = tally(
        [(case, answer) for case, both in enumerate(readings) for answer in both], range(len(rows)), range(3)
    )
    shares = per_case_agreement(counts)
    assert sum(shares) / len(shares) == pytest.approx(observed_agreement(confusion(a, b, range(3))))


@given(st.permutations(range(10)), st.permutations(range(5)))
def test_fleiss_ignores_orders(cases, categories):
    """Fleiss' kappa and its interval do not depend on the order of cases or of categories."""
    shuffled = [[FOURTEEN_RATERS[case][category] for category in categories] for case in cases]
    first, second = fleiss_kappa(FOURTEEN_RATERS), fleiss_kappa(shuffled)
    assert (second.value, second.low, second.high) == pytest.approx((first.value, first.low, first.high))


@pytest.mark.parametrize(
    ("language", "beginning", "caution"),
    [
        (
            "fr",
            "Kappa = 0,21\u202f; intervalle à 95\u202f%\u00a0: de −0,02 à 0,44 (jackknife",
            "Peu de cas (10",
        ),
        ("en", "Kappa = 0.21; 95% interval: −0.02 to 0.44 (jackknife", "Few cases (10"),
    ],
)
def test_sentence(language, beginning, caution):
    """The sentence gives value, interval, method and cautions in the language, and no verdict word."""
    said = fleiss_kappa(FOURTEEN_RATERS).sentence(language)
    assert said.startswith(beginning)
    assert caution in said
    assert not any(
        word in said.lower() for word in ("moderate", "substantial", "modéré", "bon accord", "fair")
    )


def test_printed_agreement_is_its_sentence():
    """print(agreement) says it in the current language."""
    result = cohen_kappa_table(PROPOSALS)
    assert str(result) == result.sentence("en")


def test_per_case_agreement():
    """A unanimous case is 1; an even split of four is a third; raters may differ in number."""
    assert per_case_agreement([[4, 0], [2, 2], [0, 3]]) == pytest.approx((1, 1 / 3, 1))


def test_tally():
    """Readings are counted a line a case, a column a category; a case that nobody read is a line of 0."""
    readings = [("x", "a"), ("y", "b"), ("x", "a")]
    assert tally(readings, ["x", "y", "z"], ["a", "b"]) == ((2, 0), (0, 1), (0, 0))


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: cohen_kappa("ab", "a"), "2 readings on one side, 1 on the other"),
        (lambda: cohen_kappa([], []), "at least one case"),
        (lambda: cohen_kappa("ab", "ac", "ab"), "Case 2: “c” is not an expected category. Categories: a, b"),
        (lambda: cohen_kappa("aa", "aa"), "Kappa is undefined: a single category"),
        (lambda: cohen_kappa_table([[1, 2]]), "must be square"),
        (lambda: cohen_kappa_table([[1, -1], [0, 2]]), "count is negative"),
        (lambda: observed_agreement([[0, 0], [0, 0]]), "at least one case"),
        (lambda: fleiss_kappa([]), "at least one case"),
        (lambda: fleiss_kappa([[2, 1], [3]]), "same number of columns"),
        (lambda: fleiss_kappa([[3, -1]]), "count is negative"),
        (lambda: fleiss_kappa([[2, 1], [1, 1]]), "Case 2: 2 readings, against 3"),
        (lambda: fleiss_kappa([[3, 0], [3, 0]]), "Kappa is undefined"),
        (lambda: per_case_agreement([[2, 0], [1, 0]]), "Case 2: 1 reading.*at least two"),
        (lambda: tally([("q", "a")], ["x"], ["a"]), "“q” is not in the list of cases"),
        (lambda: tally([("x", "q")], ["x"], ["a"]), "Case x: “q” is not an expected category"),
    ],
)
def test_refusals(attempt, message):
    """What has no answer is refused with what was found and what to do."""
    with pytest.raises(ValueError, match=message):
        attempt()
