"""Fold outcomes into numbers: pass@k, UPass@k, means with intervals, paired comparison.

The unit of every mean is the problem, never the sample: samples of one problem are correlated, and
an interval that counts them as independent is too narrow. Everything is deterministic and uses the
standard library only, so a report can be made on a machine that has nothing else.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import NormalDist, fmean, stdev

RESAMPLES = 2000
"""Bootstrap draws: the 2.5 % and 97.5 % points then rest on about 50 draws each."""

NORMAL_FROM = 2000
"""From this many values the bootstrap distribution of a mean is normal to within the noise of its
own resampling, and drawing it only costs time (2000 x 2000 draws take half a second)."""


class IntervalMethod(str, Enum):
    """How an interval was found."""

    WILSON = "wilson"
    BOOTSTRAP = "bootstrap"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over problems with its confidence interval, `low <= value <= high`."""

    value: float
    low: float
    high: float
    count: int
    """Number of problems that the mean is over."""
    method: IntervalMethod


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two models on the same problems."""

    difference: Estimate
    """Mean of `new - old`; the interval is that of the paired difference."""
    wins: int
    """Problems on which the new one scores higher."""
    losses: int
    ties: int
    p_value: float
    """Two-sided, exact; for values 0 and 1 this is McNemar's exact test."""


def pass_at_k(samples: int, passed: int, k: int) -> float | None:
    """Probability that at least one of `k` samples drawn without replacement passes.

    Unbiased estimator 1 - C(n-c, k) / C(n, k) (Chen et al. 2021, arXiv 2107.03374, eq. 1).

    Returns:
        A value in [0, 1], or None where `samples < k`: not estimable, never 0 or 1.

    Raises:
        ValueError: `passed` is not in 0..samples, or `k < 1`.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    if not 0 <= passed <= samples:
        raise ValueError(f"{passed} of {samples} samples cannot have passed")
    if samples < k:
        return None
    # Integers until the one division: the published product of floats drifts by some 1e-16 a factor.
    total = math.comb(samples, k)
    return (total - math.comb(samples - passed, k)) / total


def upass_at_k(with_update: Sequence[bool], without_update: Sequence[bool], k: int) -> float | None:
    """pass@k that counts a sample only if it passes with the update and fails without it.

    UPass@k of CodeUpdateArena (arXiv 2407.06249): a solution that also works on the old library
    proves nothing about the update.

    Args:
        with_update: one verdict per sample, with the update installed.
        without_update: the same samples' verdicts on the library as it was.
        k: number of samples drawn.

    Returns:
        A value in [0, 1], or None where there are fewer than `k` samples.

    Raises:
        ValueError: the two sequences differ in length, or `k < 1`.
    """
    if len(with_update) != len(without_update):
        raise ValueError(
            f"{len(with_update)} verdicts with the update, {len(without_update)} without"
        )
    used = sum(new and not old for new, old in zip(with_update, without_update, strict=True))
    return pass_at_k(len(with_update), used, k)


def mean_pass_at_k(
    counts: Iterable[tuple[int, int]], k: int, *, confidence: float = 0.95, seed: int = 0
) -> Estimate | None:
    """Mean of pass@k over problems, with an interval over problems.

    Args:
        counts: (samples, passed) of each problem; unscored samples are left out of both.
        k: number of samples drawn.
        confidence: of the interval, in (0, 1).
        seed: of the bootstrap.

    Returns:
        None where no problem has `k` samples. Problems with fewer are left out, which `count`
        shows.
    """
    values = [pass_at_k(samples, passed, k) for samples, passed in counts]
    estimable = [value for value in values if value is not None]
    return mean_interval(estimable, confidence=confidence, seed=seed)


def mean_interval(
    values: Sequence[float], *, confidence: float = 0.95, seed: int = 0
) -> Estimate | None:
    """Mean with a confidence interval.

    Values that are all 0 or 1 get Wilson's score interval: a bootstrap of "0 of 40 passed" has no
    width, where the truth may well be 8 %. Other values get the percentile bootstrap, or from
    `NORMAL_FROM` values on the normal interval that it converges to.

    Args:
        values: one finite number per problem.
        confidence: of the interval, in (0, 1).
        seed: of the bootstrap; same values, same seed, same interval.

    Returns:
        None for no values.

    Raises:
        ValueError: a value is not finite, or `confidence` is not in (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    if not all(map(math.isfinite, values)):
        raise ValueError("a mean needs finite values; leave unscored ones out")
    if not values:
        return None
    if all(value in (0, 1) for value in values):
        return _wilson(sum(map(int, values)), len(values), confidence)
    if len(values) >= NORMAL_FROM:
        return _normal(values, confidence)
    return _bootstrap(values, confidence, seed)


def compare_paired(
    old: Sequence[float], new: Sequence[float], *, confidence: float = 0.95, seed: int = 0
) -> PairedComparison | None:
    """Compare two models problem by problem.

    Args:
        old: the first model's value on each problem.
        new: the second model's, on the same problems in the same order.
        confidence: of the interval of the difference, in (0, 1).
        seed: of the bootstrap.

    Returns:
        None for no problems.

    Raises:
        ValueError: the sequences differ in length, or a value is not finite.
    """
    if len(old) != len(new):
        raise ValueError(f"{len(old)} values against {len(new)}: not the same problems")
    differences = [b - a for a, b in zip(old, new, strict=True)]
    if not all(map(math.isfinite, differences)):
        raise ValueError("a comparison needs finite values; leave unscored problems out of both")
    if not differences:
        return None
    # Never Wilson here: differences that happen to be 0 and 1 are not a proportion, -1 could occur.
    if len(differences) >= NORMAL_FROM:
        estimate = _normal(differences, confidence)
    else:
        estimate = _bootstrap(differences, confidence, seed)
    wins = sum(difference > 0 for difference in differences)
    losses = sum(difference < 0 for difference in differences)
    return PairedComparison(
        difference=estimate,
        wins=wins,
        losses=losses,
        ties=len(differences) - wins - losses,
        p_value=sign_test(wins, losses),
    )


def sign_test(wins: int, losses: int) -> float:
    """Two-sided exact binomial test of `wins` against `losses`, ties left out.

    On verdicts (0 or 1) these are the discordant pairs, and the test is McNemar's in its exact
    form, which holds for few discordant pairs too, where the chi-squared form does not.

    Returns:
        The p-value in (0, 1]; 1 where there is no discordant pair.
    """
    discordant = wins + losses
    term = tail = 1
    for i in range(min(wins, losses)):
        term = term * (discordant - i) // (i + 1)  # C(n, i + 1) out of C(n, i), exactly
        tail += term
    # Integers up to the division: 2**n overflows a float from n = 1024 on.
    return min(1.0, 2 * tail / (1 << discordant))


def over_migration_rate(
    control_passed: Iterable[bool | None], *, confidence: float = 0.95
) -> Estimate | None:
    """Share of control rows, which need no edit, that a model's edit broke.

    A control row's own code passes, so every failure is the model's doing.

    Args:
        control_passed: a verdict per control sample; None (unscored) is left out.
        confidence: of the interval, in (0, 1).

    Returns:
        None where nothing was scored.
    """
    scored = [not passed for passed in control_passed if passed is not None]
    return mean_interval([float(failed) for failed in scored], confidence=confidence)


def _wilson(successes: int, count: int, confidence: float) -> Estimate:
    """Wilson (1927): the proportions that a z-test at this level would not reject."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / count
    denominator = 1 + z * z / count
    centre = (share + z * z / (2 * count)) / denominator
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / denominator
    # At the ends the formula gives exactly 0 or 1, floats do not.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == count else min(1.0, centre + reach)
    return Estimate(share, low, high, count, IntervalMethod.WILSON)


def _normal(values: Sequence[float], confidence: float) -> Estimate:
    mean = fmean(values)
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * stdev(values) / math.sqrt(len(values))
    low, high = max(min(values), mean - reach), min(max(values), mean + reach)
    return Estimate(mean, min(low, mean), max(high, mean), len(values), IntervalMethod.NORMAL)


def _bootstrap(values: Sequence[float], confidence: float, seed: int) -> Estimate:
    """Percentile bootstrap of the mean (Efron 1979), over problems."""
    draw = random.Random(seed).choices  # noqa: S311 - resampling, nothing secret
    # Sorted: the interval belongs to the set of values, not to the order problems came in.
    population, count = sorted(values), len(values)
    means = sorted(math.fsum(draw(population, k=count)) / count for _ in range(RESAMPLES))
    tail = (1 - confidence) / 2
    first = min(math.floor(tail * RESAMPLES), (RESAMPLES - 1) // 2)
    mean = fmean(values)
    low, high = means[first], means[RESAMPLES - 1 - first]
    # Few, lopsided values can leave the mean outside its own percentiles.
    return Estimate(mean, min(low, mean), max(high, mean), count, IntervalMethod.BOOTSTRAP)
