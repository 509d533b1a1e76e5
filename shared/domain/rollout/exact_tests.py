"""Exact statistical tests, one-sided, and how much they need for a verdict. Pure.

Exact, since the counts are small: the approximations of the large sample fail below some ten
errors. Sources: Fisher, 'Statistical Methods for Research Workers' (1934), section 21.02; Clopper
and Pearson, Biometrika 26 (1934); Dixon and Mood, 'The statistical sign test', JASA 41 (1946).
"""

import math
from collections.abc import Iterable
from functools import cache

_NEGLIGIBLE = 1e-12


def binomial_tail(hits: int, tries: int, rate: float) -> float:
    """Return the chance of this many hits or more, if each try hits at that rate."""
    if hits <= 0:
        return 1.0
    if rate <= 0 or hits > tries:
        return 0.0
    if rate >= 1:
        return 1.0
    return _sum_up(
        (
            _log_choose(tries, each) + each * math.log(rate) + (tries - each) * math.log1p(-rate)
            for each in range(hits, tries + 1)
        ),
        peak_passed=hits > tries * rate,
    )


def fisher(new: tuple[int, int], old: tuple[int, int]) -> float:
    """Return the chance of so many hits among the new, if new and old hit at the same rate.

    Fisher's exact test, one-sided. Each pair is hits and tries.
    """
    (hits, tries), (old_hits, old_tries) = new, old
    both = hits + old_hits
    most = min(both, tries)
    whole = _log_choose(tries + old_tries, both)
    return _sum_up(
        (
            _log_choose(tries, each) + _log_choose(old_tries, both - each) - whole
            for each in range(max(hits, both - old_tries), most + 1)
        ),
        peak_passed=hits * (tries + old_tries) > both * tries,
    )


def sign_test(larger: int, pairs: int) -> float:
    """Return the chance of so many pairs with a larger first value, if both are alike."""
    return binomial_tail(larger, pairs, 0.5)


@cache
def needed(rate: float, bad: float, level: float, power: float) -> int:
    """Return how many tries the binomial test needs to tell a bad rate from an allowed one.

    Args:
        rate: the allowed rate.
        bad: the rate that is to be found.
        level: how often the allowed rate may be called bad.
        power: how often the bad rate must be found.
    """
    tries, hits = 1, 1
    while True:
        while binomial_tail(hits, tries, rate) > level:
            hits += 1
        if binomial_tail(hits, tries, bad) >= power:
            return tries
        tries += 1


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _sum_up(logs: Iterable[float], *, peak_passed: bool) -> float:
    """Add terms given by their logarithms; past the peak they only fall, so the rest is left."""
    total = 0.0
    for each in logs:
        term = math.exp(each)
        total += term
        if peak_passed and term < total * _NEGLIGIBLE:
            break
    return min(1.0, total)
