"""Metrics in memory."""

from collections.abc import Sequence
from datetime import datetime

from shared.domain.azure.metrics import Component, Metric, Recorded, Series
from tests.fakes.faults import Breakable, breakable


class FakeMetrics(Breakable):
    """Returns what a test has set; `had` holds the requests of each endpoint, by ARM id."""

    def __init__(self) -> None:
        super().__init__()
        self.had: dict[str, float] = {}
        self.series: dict[str, tuple[Series, ...]] = {}
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
        return tuple(one for one in self.series.get(resource_id, ()) if one.metric in names)

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
