"""Judge a new deployment by figures: pure functions, each of one limit.

Rates (errors, time-outs) against their limit: the exact binomial test; against the old deployment:
Fisher's exact test. Values by the minute (95th percentile of the latency, tokens a request) against
the old deployment's in the same minute: the sign test, with the allowed factor as its margin. Both
deployments have the same load, time of day and callers in a minute, which pairs cancel out; and the
sign test assumes nothing about how latencies are distributed, only that the factor is exceeded in
no more than half of the minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.domain.rollout.exact_tests import binomial_tail, fisher, needed, sign_test
from shared.domain.rollout.figures import Answered, Figures, Pair
from shared.domain.rollout.gates import APART, LEVEL, POWER, WORSE, Gates

type State = Literal["passed", "failed", "undecided"]

MINUTES, REQUESTS = "minutes", "requests"
_OFTEN = {MINUTES: 0.95, REQUESTS: 0.8}
"""The part of the pairs in which a deployment that is too slow exceeds the factor, at least. A
percentile of a minute varies less than a single request."""


@dataclass(frozen=True)
class Check:
    """The outcome of one limit. `words` have the figures."""

    name: str
    state: State
    words: str


@dataclass(frozen=True)
class Source:
    """Where figures come from.

    Args:
        name: for people.
        unit: of a pair: a minute of traffic, or a pair of requests.
        callers: requests of callers, who may be to blame for errors themselves: where the old
            deployment is above a limit too, only the comparison with it counts.
    """

    name: str
    unit: str
    callers: bool


TRAFFIC = Source("traffic", MINUTES, callers=True)
SAMPLES = Source("samples", REQUESTS, callers=False)


def judge(
    figures: Figures, gates: Gates, source: Source, level: float = LEVEL
) -> tuple[Check, ...]:
    """Judge the new deployment by each limit, at that level of significance."""
    return tuple(_checks(figures, gates, source, level))


def requests_needed(gates: Gates) -> int:
    """Return how many requests the new deployment must answer for a verdict."""
    return max(_needed(gates.errors), _needed(gates.timeouts))


def minutes_needed() -> int:
    """Return how many minutes both deployments must answer enough requests for a verdict."""
    return _pairs_needed(MINUTES)


def _checks(figures: Figures, gates: Gates, source: Source, level: float) -> Iterator[Check]:
    yield _rate("errors", figures, gates.errors, source, level)
    yield _rate("timeouts", figures, gates.timeouts, source, level)
    yield _factor("latency", figures.latency, gates.latency, source, level)
    if gates.latency_ms is not None:
        pairs = tuple((new, gates.latency_ms) for new, _ in figures.latency)
        yield _factor("latency_ms", pairs, 1.0, source, level)
    if source is TRAFFIC and (figures.tokens or gates.needs_tokens):
        yield _factor("tokens", figures.tokens, gates.tokens, source, level)


def _rate(name: str, figures: Figures, limit: float, source: Source, level: float) -> Check:
    new, old = _pick(figures.new, name), _pick(figures.old, name)
    (hits, tries), enough = new, _needed(limit)
    shown = f"{hits} of {tries} requests{_percent(hits, tries)}, the old {old[0]} of {old[1]}"
    too_many = binomial_tail(hits, tries, limit) if hits > limit * tries else 1.0
    if source.callers and old[1] and old[0] / old[1] > limit:
        too_many = 1.0
    more = fisher(new, old) if _apart(new, old) else 1.0
    if too_many <= level:
        test = f"the limit is {limit:.1%}, p = {too_many:.2g} by the exact binomial test"
        return Check(name, "failed", f"{shown}; {test}")
    if more <= level:
        return Check(name, "failed", f"{shown}; p = {more:.2g} by Fisher's exact test")
    if tries < enough:
        return Check(name, "undecided", f"{tries} requests of {enough} needed")
    return Check(name, "passed", f"{shown}; the limit is {limit:.1%}")


def _factor(
    name: str, pairs: tuple[Pair, ...], factor: float, source: Source, level: float
) -> Check:
    larger, count = sum(new > factor * old for new, old in pairs), len(pairs)
    enough = _pairs_needed(source.unit)
    chance = sign_test(larger, count) if count else 1.0
    unit = source.unit if source.unit == MINUTES else "pairs of requests"
    shown = f"above {factor:g} times the old in {larger} of {count} {unit}"
    if name == "latency_ms":
        shown = f"above the limit in {larger} of {count} {unit}"
    if chance <= level:
        return Check(name, "failed", f"{shown}; p = {chance:.2g} by the sign test")
    if count < enough:
        return Check(name, "undecided", f"{count} {unit} of {enough} needed")
    return Check(name, "passed", shown)


def _pick(of: Answered, name: str) -> tuple[int, int]:
    return (of.timeouts if name == "timeouts" else of.errors), of.requests


def _apart(new: tuple[int, int], old: tuple[int, int]) -> bool:
    return bool(new[1] and old[1]) and new[0] / new[1] - old[0] / old[1] >= APART


def _needed(limit: float) -> int:
    return needed(limit, min(0.99, limit + WORSE), LEVEL, POWER)


def _pairs_needed(unit: str) -> int:
    return needed(0.5, _OFTEN[unit], LEVEL, POWER)


def _percent(hits: int, tries: int) -> str:
    return f" ({hits / tries:.1%})" if tries else ""
