"""The tests against values that were worked out by hand or from the literature."""

import math
import random

import pytest

from shared.domain.rollout.exact_tests import binomial_tail, fisher, needed, sign_test


def test_fishers_tea_tasting_has_its_known_probability():
    """Eight cups, all four told right: 1 in 70; three of four: 17 in 70."""
    assert fisher((4, 4), (0, 4)) == pytest.approx(1 / 70)
    assert fisher((3, 4), (1, 4)) == pytest.approx(17 / 70)


def test_the_sign_test_is_the_toss_of_a_coin():
    assert sign_test(7, 7) == pytest.approx(1 / 128)
    assert sign_test(6, 7) == pytest.approx(8 / 128)
    assert sign_test(0, 7) == 1.0


def test_the_tails_are_those_of_plain_sums():
    chance = random.Random(1)
    for _ in range(50):
        tries, rate = chance.randrange(1, 40), chance.uniform(0.01, 0.99)
        hits = chance.randrange(tries + 2)
        plain = sum(
            math.comb(tries, k) * rate**k * (1 - rate) ** (tries - k)
            for k in range(hits, tries + 1)
        )
        assert binomial_tail(hits, tries, rate) == pytest.approx(plain, abs=1e-9)


def test_large_counts_neither_overflow_nor_take_all_terms():
    assert fisher((500, 50_000), (400, 50_000)) == pytest.approx(4.3e-4, rel=0.2)
    assert 0.4 < binomial_tail(50_000, 1_000_000, 0.05) < 0.6


def test_what_is_needed_has_the_promised_power_and_one_less_does_not():
    def power(tries: int) -> float:
        hits = next(k for k in range(tries + 2) if binomial_tail(k, tries, 0.05) <= 0.01)
        return binomial_tail(hits, tries, 0.2)

    enough = needed(0.05, 0.2, 0.01, 0.95)

    assert power(enough) >= 0.95
    assert all(power(fewer) < 0.95 for fewer in range(1, enough))


def test_equal_deployments_are_called_worse_no_oftener_than_the_level():
    chance, called = random.Random(2), 0
    for _ in range(2000):
        new = sum(chance.random() < 0.1 for _ in range(60))
        old = sum(chance.random() < 0.1 for _ in range(200))
        called += fisher((new, 60), (old, 200)) <= 0.05
    assert called <= 100
