"""Callers of an endpoint in memory: their requests, what each deployment answers, the metrics."""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain.azure.metrics import REQUESTS, Metric, Series
from shared.domain.rollout.figures import P95, minute_of
from shared.ports import Answer
from tests.fakes.metrics import FakeMetrics
from tests.fakes.world import World, make_world

_LIMIT_MS = 300_000.0


@dataclass(frozen=True)
class Behaviour:
    """How a deployment answers: rates of errors and time-outs, latency (log-normal)."""

    errors: float = 0.01
    timeouts: float = 0.0
    median_ms: float = 400.0
    spread: float = 0.5


GOOD = Behaviour()
FAILS = Behaviour(errors=0.2)
SLOW = Behaviour(median_ms=1200.0)
HANGS = Behaviour(timeouts=0.2)


@dataclass
class Callers:
    """A rate of requests a minute, shared among deployments as the traffic says.

    Args:
        rate: requests a minute to the endpoint.
        chance: the source of all randomness.
        behaviours: by deployment; others are good.
        shown: whether Azure Monitor shows anything.
        lag: until it shows a minute.
    """

    rate: float
    chance: random.Random
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    shown: bool = True
    lag: timedelta = timedelta(minutes=3)
    history: list[tuple[datetime, Mapping[str, int], Mapping[str, int]]] = field(
        default_factory=list
    )
    world: World | None = None
    _minutes: dict[datetime, dict[str, list[tuple[int, float]]]] = field(default_factory=dict)
    _own: defaultdict[datetime, dict[str, list[tuple[int, float]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def note(self, name: str, given: Any) -> None:
        """Note the traffic before an activity."""
        del name, given
        assert self.world is not None
        state = self.world.workspace.there.endpoints.get("hello")
        if state is None:
            return
        now = (dict(state.traffic), dict(state.mirror_traffic))
        if not self.history or self.history[-1][1:] != now:
            self.history.append((self.world.clock.now, *now))

    def answer(self, deployment: str) -> Answer:
        """Answer one of Sluice's own requests, which the metrics count too."""
        assert self.world is not None
        status, ms = self._one(deployment)
        self.world.clock.now += timedelta(milliseconds=ms)
        at = minute_of(self.world.clock.now)
        self._own[at].setdefault(deployment, []).append((status, ms))
        return Answer(status, {"answer": "yes"} if status == 200 else "", ms / 1000)

    def series(self, metrics: Sequence[Metric], since: datetime, until: datetime) -> list[Series]:
        """Return Azure Monitor's values, without the minutes that it does not show yet."""
        assert self.world is not None
        names = {one.name for one in metrics}
        found = list[Series]()
        values = defaultdict[tuple[str, str, str], list[tuple[datetime, float]]](list)
        minute, newest = minute_of(since), self.world.clock.now - self.lag
        while self.shown and minute < until and minute + timedelta(minutes=1) <= newest:
            for deployment, answers in self._answers(minute).items():
                if not answers:
                    continue
                for status, count in Counter(status for status, _ in answers).items():
                    values[REQUESTS.name, deployment, str(status)].append((minute, float(count)))
                times = sorted(ms for _, ms in answers)
                rank = times[max(0, math.ceil(0.95 * len(times)) - 1)]
                values[P95.name, deployment, ""].append((minute, rank))
            minute += timedelta(minutes=1)
        for (name, deployment, code), points in values.items():
            if name in names:
                split = {"deployment": deployment, **({"statusCode": code} if code else {})}
                found.append(Series(name, split, tuple(points)))
        return found

    def _answers(self, minute: datetime) -> dict[str, list[tuple[int, float]]]:
        if minute not in self._minutes:
            self._minutes[minute] = {
                name: [self._one(name) for _ in range(self._poisson(self.rate * share / 100))]
                for name, share in self._shares(minute).items()
            }
        traffic, own = self._minutes[minute], self._own.get(minute, {})
        names = traffic.keys() | own.keys()
        return {name: [*traffic.get(name, ()), *own.get(name, ())] for name in names}

    def _shares(self, minute: datetime) -> dict[str, int]:
        before = [it for it in self.history if it[0] <= minute]
        _, traffic, mirror = (before or self.history[:1])[-1]
        return {**mirror, **{name: share for name, share in traffic.items() if share}}

    def _one(self, deployment: str) -> tuple[int, float]:
        how = self.behaviours.get(deployment, GOOD)
        dice = self.chance.random()
        if dice < how.timeouts:
            return 408, _LIMIT_MS
        status = 500 if dice < how.timeouts + how.errors else 200
        return status, how.median_ms * math.exp(self.chance.gauss(0.0, how.spread))

    def _poisson(self, mean: float) -> int:
        if mean > 50:
            return max(0, round(self.chance.gauss(mean, math.sqrt(mean))))
        limit, count, product = math.exp(-mean), 0, self.chance.random()
        while product > limit:
            count += 1
            product *= self.chance.random()
        return count


class LiveMetrics(FakeMetrics):
    """The metrics that callers cause."""

    def __init__(self, callers: Callers) -> None:
        super().__init__()
        self._callers = callers

    def platform_metrics(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        assert since < until
        del resource_id
        self.calls.append("platform_metrics")
        return tuple(self._callers.series(metrics, since, until))


def make_called_world(rate: float, seed: int, **given: Any) -> tuple[World, Callers]:
    """Make a world whose endpoint `hello` serves, and is called at that rate."""
    callers = Callers(rate, random.Random(seed))
    world = make_world(metrics=LiveMetrics(callers), **given)
    callers.world = world
    world.deploy()
    world.engine.before = callers.note
    callers.note("", {})
    return world, callers
