"""pass@k and its relatives against enumeration; intervals against what they must cover."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recode_bench.metrics import (
    NORMAL_FROM,
    IntervalMethod,
    compare_paired,
    mean_interval,
    mean_pass_at_k,
    over_migration_rate,
    pass_at_k,
    sign_test,
    upass_at_k,
)


def by_enumeration(samples: int, passed: int, k: int) -> float:
    """Draw every k-subset and count those that hold a passing sample."""
    verdicts = [True] * passed + [False] * (samples - passed)
    draws = list(itertools.combinations(verdicts, k))
    return sum(map(any, draws)) / len(draws)


@pytest.mark.parametrize("samples", range(1, 8))
def test_pass_at_k_equals_enumeration(samples: int) -> None:
    for passed in range(samples + 1):
        for k in range(1, samples + 1):
            assert pass_at_k(samples, passed, k) == pytest.approx(
                by_enumeration(samples, passed, k), abs=1e-15
            )


@given(st.integers(1, 60), st.data())
def test_pass_at_k_rises_with_passes_and_with_k(samples: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, samples))
    values = [pass_at_k(samples, passed, k) for passed in range(samples + 1)]
    assert values[0] == 0.0
    assert values[-1] == 1.0
    assert values == sorted(values)
    passed = data.draw(st.integers(0, samples))
    along_k = [pass_at_k(samples, passed, each) for each in range(1, samples + 1)]
    assert along_k == sorted(along_k)
    assert along_k[0] == pytest.approx(passed / samples, abs=1e-15)


@pytest.mark.parametrize("passed", [0, 3, 5])
def test_fewer_samples_than_k_is_not_a_hundred_percent(passed: int) -> None:
    """The published harness reports pass@10 = 1.0 for 5 samples, whatever they did."""
    assert pass_at_k(5, passed, 10) is None
    assert upass_at_k([True] * passed + [False] * (5 - passed), [False] * 5, 10) is None


@pytest.mark.parametrize(
    ("samples", "passed", "k"), [(5, 6, 1), (5, -1, 1), (5, 1, 0), (-1, 0, 1), (0, 1, 1)]
)
def test_pass_at_k_refuses_impossible_counts(samples: int, passed: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"at least|cannot"):
        pass_at_k(samples, passed, k)


def test_pass_at_k_stays_exact_for_many_samples() -> None:
    assert pass_at_k(100_000, 1, 50_000) == 0.5


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_upass_counts_only_samples_that_need_the_update(
    verdicts: list[tuple[bool, bool]],
) -> None:
    new, old = [a for a, _ in verdicts], [b for _, b in verdicts]
    value = upass_at_k(new, old, 1)
    assert value == sum(a and not b for a, b in verdicts) / len(verdicts)
    passing = pass_at_k(len(new), sum(new), 1)
    assert value is not None
    assert passing is not None
    assert value <= passing


def test_upass_refuses_verdicts_that_do_not_line_up() -> None:
    with pytest.raises(ValueError, match="2 verdicts with the update, 1 without"):
        upass_at_k([True, True], [False], 1)


def test_mean_pass_at_k_is_over_problems_that_have_k_samples() -> None:
    estimate = mean_pass_at_k([(5, 5), (5, 0), (2, 2)], 5)
    assert estimate is not None
    assert (estimate.value, estimate.count) == (0.5, 2)
    assert mean_pass_at_k([(2, 2)], 5) is None
    assert mean_pass_at_k([], 1) is None


# Wilson's interval for 0 of 10 and 7 of 20, from the formula evaluated by hand at 95 %.
@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.0] * 10, 0.0, 0.27753),
        ([1.0] * 10, 0.72247, 1.0),
        ([1.0] * 7 + [0.0] * 13, 0.18119, 0.56714),
    ],
)
def test_verdicts_get_wilsons_interval(values: list[float], low: float, high: float) -> None:
    estimate = mean_interval(values)
    assert estimate is not None
    assert estimate.method is IntervalMethod.WILSON
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-4)


def test_a_bootstrap_interval_is_near_the_exact_distribution() -> None:
    """Of four distinct values all 4**4 resamples can be listed: their percentiles are the truth."""
    values = [0.0, 0.1, 0.4, 1.0]
    exact = sorted(sum(draw) / 4 for draw in itertools.product(values, repeat=4))
    estimate = mean_interval(values)
    assert estimate is not None
    assert estimate.method is IntervalMethod.BOOTSTRAP
    assert exact[3] <= estimate.low <= exact[10]
    assert exact[-11] <= estimate.high <= exact[-4]


def test_many_values_get_the_normal_interval_which_the_bootstrap_converges_to() -> None:
    generator = random.Random(5)
    values = [generator.random() for _ in range(NORMAL_FROM)]
    normal, bootstrap = mean_interval(values), mean_interval(values[:-1])
    assert normal is not None
    assert bootstrap is not None
    assert normal.method is IntervalMethod.NORMAL
    assert bootstrap.method is IntervalMethod.BOOTSTRAP
    assert normal.low == pytest.approx(bootstrap.low, abs=2e-3)
    assert normal.high == pytest.approx(bootstrap.high, abs=2e-3)


FINITE = st.floats(-1e6, 1e6)


@given(st.lists(FINITE, min_size=1, max_size=8), st.integers(0, 3), st.randoms())
@example([0.3], 0, random.Random(0))
def test_an_interval_holds_its_mean_and_ignores_order(
    values: list[float], seed: int, shuffler: random.Random
) -> None:
    estimate = mean_interval(values, seed=seed)
    shuffled = list(values)
    shuffler.shuffle(shuffled)
    assert estimate is not None
    assert estimate == mean_interval(shuffled, seed=seed)
    assert estimate.low <= estimate.value <= estimate.high
    assert estimate.value == pytest.approx(math.fsum(values) / len(values), abs=1e-9)


def test_the_seed_moves_a_bootstrap_and_nothing_else_does() -> None:
    values = [random.Random(1).random() for _ in range(50)]
    values = [value * index for index, value in enumerate(values)]
    assert mean_interval(values, seed=1) == mean_interval(values, seed=1)
    assert mean_interval(values, seed=1) != mean_interval(values, seed=2)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_mean_refuses_what_is_not_a_number(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_interval([1.0, bad])
    with pytest.raises(ValueError, match="finite"):
        compare_paired([1.0], [bad])


def test_a_mean_of_nothing_is_none_and_a_wrong_confidence_is_refused() -> None:
    assert mean_interval([]) is None
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([1.0], confidence=95)


@pytest.mark.parametrize("wins", range(7))
@pytest.mark.parametrize("losses", range(7))
def test_sign_test_equals_enumeration_of_coin_tosses(wins: int, losses: int) -> None:
    tosses = wins + losses
    extreme = sum(
        abs(2 * heads - tosses) >= abs(wins - losses)
        for heads in (sum(draw) for draw in itertools.product((0, 1), repeat=tosses))
    )
    assert sign_test(wins, losses) == pytest.approx(extreme / 2**tosses, abs=1e-15)


def test_sign_test_survives_more_tosses_than_a_float_has_exponents() -> None:
    assert sign_test(3000, 3000) == 1.0
    assert sign_test(4000, 2000) < 1e-100


def test_paired_comparison_uses_the_pairing() -> None:
    """The same two sets of values, once paired up with a steady gain, once not."""
    old = [index / 20 for index in range(20)]
    new = [value + 0.05 for value in old]
    steady = compare_paired(old, new)
    mixed = compare_paired(old, new[::-1])
    assert steady is not None
    assert mixed is not None
    assert (steady.wins, steady.losses, steady.ties) == (20, 0, 0)
    assert steady.p_value == pytest.approx(2 / 2**20)
    assert steady.difference.value == pytest.approx(mixed.difference.value, abs=1e-12)
    assert steady.difference.low > 0 > mixed.difference.low
    assert mixed.p_value > 0.5


def test_paired_comparison_of_equals_finds_nothing() -> None:
    comparison = compare_paired([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert comparison is not None
    assert (comparison.difference.value, comparison.p_value, comparison.ties) == (0.0, 1.0, 3)
    assert compare_paired([], []) is None
    with pytest.raises(ValueError, match="not the same problems"):
        compare_paired([1.0], [])


def test_over_migration_rate_leaves_unscored_rows_out() -> None:
    estimate = over_migration_rate([True, False, None, True, True])
    assert estimate is not None
    assert (estimate.value, estimate.count) == (0.25, 4)
    assert over_migration_rate([None]) is None
