"""Figures of the new and the old deployment over the same minutes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.azure.metrics import FLOW_REQUESTS, REQUESTS, TOKENS, Metric, Series

P95 = Metric("RequestLatency_P95", "Milliseconds", "highest", ("deployment",))
FEWEST = 3
"""Requests below which a minute's percentile says nothing about its deployment."""
_TIMEOUTS = frozenset({"408", "504"})
_ERRORS = frozenset({"408", "424", "429"})
_MINUTE = timedelta(minutes=1)

type Pair = tuple[float, float]
"""A value of the new deployment, and one of the old in the same minute."""


@dataclass(frozen=True)
class Answered:
    """Counts of requests. Time-outs are errors too."""

    requests: int = 0
    errors: int = 0
    timeouts: int = 0

    def without(self, others: "Answered") -> "Answered":
        """Subtract requests that are counted elsewhere, perhaps in the minute beside."""
        requests = max(0, self.requests - others.requests)
        errors = min(requests, max(0, self.errors - others.errors))
        return Answered(requests, errors, min(errors, max(0, self.timeouts - others.timeouts)))


@dataclass(frozen=True)
class Figures:
    """What two deployments did in the same time.

    Args:
        new: requests of the new deployment.
        old: requests of the old one.
        latency: pairs of latencies in milliseconds.
        tokens: pairs of tokens a request, of traffic and samples together.
    """

    new: Answered = Answered()
    old: Answered = Answered()
    latency: tuple[Pair, ...] = ()
    tokens: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Window:
    """Whole minutes of a bake: metrics are by the minute, and a part of one says little."""

    since: datetime
    until: datetime

    @property
    def minutes(self) -> float:
        return max(0.0, (self.until - self.since) / _MINUTE)

    def has(self, when: datetime) -> bool:
        return self.since <= when < self.until


def window_of(began: datetime, until: datetime) -> Window:
    """Return the whole minutes between two times; empty if there is none."""
    first = minute_of(began)
    since = first if first == began else first + _MINUTE
    return Window(since, max(since, minute_of(until)))


def minute_of(when: datetime) -> datetime:
    return when.replace(second=0, microsecond=0)


def answered(
    status: str | int, model_status: str = "", *, count: int = 1, unmet: bool = False
) -> Answered:
    """Return the counts of requests that were answered alike.

    An error is what the deployment is to blame for: 408 (the request timeout), 424 (the model
    answered with an error, or not at all), 429 (it takes no more requests) and any 5xx. Source:
    'Troubleshooting online endpoints deployment and scoring', 'HTTP status codes'.

    Args:
        status: what the caller got.
        model_status: what the model itself answered, behind a 424.
        count: how many requests.
        unmet: the answer was not as expected.
    """
    code = str(status)
    timed_out = code in _TIMEOUTS or str(model_status) in _TIMEOUTS
    wrong = timed_out or unmet or code in _ERRORS or code.startswith("5")
    return Answered(count, count if wrong else 0, count if timed_out else 0)


def counted(series: Iterable[Series], deployment: str, window: Window) -> Answered:
    """Count a deployment's requests in Azure Monitor's values by the minute."""
    total = Answered()
    for one in _of(series, REQUESTS, deployment):
        count = round(sum(value for when, value in one.minutes if window.has(when)))
        status = one.dimensions.get("statusCode", "")
        total = joined(
            (total, answered(status, one.dimensions.get("modelStatusCode", ""), count=count))
        )
    return total


def _of(series: Iterable[Series], metric: Metric, deployment: str) -> Iterator[Series]:
    """The series of a metric and a deployment, whose name Azure Monitor may write in any case."""
    for one in series:
        if one.metric == metric.name and one.dimensions.get("deployment", "").lower() == deployment:
            yield one


def joined(parts: Iterable[Answered]) -> Answered:
    found = list(parts)
    return Answered(
        sum(it.requests for it in found),
        sum(it.errors for it in found),
        sum(it.timeouts for it in found),
    )


def busy_minutes(series: Iterable[Series], deployment: str) -> Mapping[datetime, float]:
    """Return a deployment's requests by minute."""
    found = dict[datetime, float]()
    for one in _of(series, REQUESTS, deployment):
        for when, value in one.minutes:
            found[when] = found.get(when, 0.0) + value
    return found


def latency_pairs(
    series: Iterable[Series],
    new: str,
    old: str,
    window: Window,
    besides: frozenset[datetime] = frozenset(),
) -> tuple[Pair, ...]:
    """Pair the 95th percentiles of the minutes in which both answered enough requests.

    `besides`: minutes to leave out, since Sluice's own samples are in them.
    """
    found = list(series)
    values = {
        name: {when: value for one in _of(found, P95, name) for when, value in one.minutes}
        for name in (new, old)
    }
    enough = [busy_minutes(found, name) for name in (new, old)]
    return tuple(
        (values[new][when], values[old][when])
        for when in sorted(values[new].keys() & values[old].keys())
        if window.has(when)
        and when not in besides
        and all(requests.get(when, 0.0) >= FEWEST for requests in enough)
    )


def token_pairs(series: Iterable[Series], new: str, old: str, window: Window) -> tuple[Pair, ...]:
    """Pair the tokens a request of the minutes in which both deployments recorded some."""
    found = list(series)
    rates = [_tokens_a_request(found, name) for name in (new, old)]
    both = sorted(rates[0].keys() & rates[1].keys())
    return tuple((rates[0][when], rates[1][when]) for when in both if window.has(when))


def _tokens_a_request(series: Iterable[Series], deployment: str) -> dict[datetime, float]:
    sums = {TOKENS: dict[datetime, float](), FLOW_REQUESTS: dict[datetime, float]()}
    for one in series:
        if one.dimensions.get("deployment") == deployment and one.metric in sums:
            for when, value in one.minutes:
                sums[one.metric][when] = sums[one.metric].get(when, 0.0) + value
    tokens, requests = sums[TOKENS], sums[FLOW_REQUESTS]
    return {when: tokens[when] / count for when, count in requests.items() if tokens.get(when)}
