"""Metrics in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from shared.domain.azure.metrics import Component, Metric, Recorded, Series
from tests.fakes.faults import Breakable, breakable
from tests.fakes.workspace import FakeWorkspace


class FakeMetrics(Breakable):
    """Returns what a test has set; `had` holds the requests of each endpoint, by ARM id.

    `busy`: a workspace whose deployments all answer a hundred requests a minute, and well; with
    `newer_fail` all but the oldest answer each with an error. With `newer_tokens` all record
    tokens: so many a request, the oldest a hundred.
    """

    def __init__(self) -> None:
        super().__init__()
        self.had: dict[str, float] = {}
        self.series: dict[str, tuple[Series, ...]] = {}
        self.busy: FakeWorkspace | None = None
        self.newer_fail = False
        self.newer_tokens = 0.0
        self.flows: dict[str, tuple[Recorded, ...]] = {}
        self.components: dict[str, Component] = {}

    @breakable
    def count_requests(self, endpoint_id: str, since: datetime) -> float | None:
        del since
        return self.had.get(endpoint_id)

    @breakable
    def platform_metrics(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        assert since < until
        names = {one.name for one in metrics}
        if self.busy is not None:
            return tuple(it for it in self._busy(since, until) if it.metric in names)
        return tuple(one for one in self.series.get(resource_id, ()) if one.metric in names)

    def _busy(self, since: datetime, until: datetime) -> Iterator[Series]:
        assert self.busy is not None
        whole = _minutes(since, until)
        for number, (_, name) in enumerate(self.busy.there.deployments):
            split = {"deployment": name}
            status = "500" if number and self.newer_fail else "200"
            yield Series(
                "RequestsPerMinute",
                {**split, "statusCode": status},
                tuple((minute, 100.0) for minute in whole),
            )
            yield Series("RequestLatency_P95", split, tuple((minute, 400.0) for minute in whole))

    @breakable
    def component(self, component_id: str) -> Component | None:
        return self.components.get(component_id)

    @breakable
    def flow_metrics(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Recorded, ...]:
        assert component_id in self.components
        assert since < until
        return self.flows.get(endpoint, ())

    @breakable
    def token_minutes(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        assert component_id
        del endpoint
        if self.busy is None or not self.newer_tokens:
            return ()
        found = list[Series]()
        for number, (_, name) in enumerate(self.busy.there.deployments):
            tokens = self.newer_tokens if number else 100.0
            for metric, value in (("token_consumption", tokens), ("flow_request", 1.0)):
                minutes = tuple((minute, value) for minute in _minutes(since, until))
                found.append(Series(metric, {"deployment": name}, minutes))
        return tuple(found)


def _minutes(since: datetime, until: datetime) -> list[datetime]:
    whole = int((until - since).total_seconds() // 60)
    return [since.replace(second=0) + timedelta(minutes=it) for it in range(whole)]
