"""What is measured of endpoints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.azure.metrics import Component, Metric, Recorded, Series


class Metrics(Protocol):
    """What Azure Monitor and Application Insights know of an endpoint; both lag some minutes."""

    def requests(self, endpoint_id: str, since: datetime) -> float | None:
        """How many requests the endpoint has had since then; None where it cannot be told."""

    def monitored(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """Azure Monitor's minutes of an endpoint or a deployment; a metric without any is out."""

    def component(self, component_id: str) -> Component | None:
        """The Application Insights component; None where there is none."""

    def recorded(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Recorded, ...]:
        """What the endpoint's flows recorded of `FLOW_METRICS`, by all their dimensions."""
