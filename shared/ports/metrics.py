"""Metrics of endpoints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.azure.metrics import Component, Metric, Recorded, Series


class Metrics(Protocol):
    """Reads Azure Monitor and Application Insights. Both lag by some minutes."""

    def count_requests(self, endpoint_id: str, since: datetime) -> float | None:
        """Count the endpoint's requests since that time; None if the count is not known."""

    def platform_metrics(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """Azure Monitor's values per minute for an endpoint or a deployment.

        A metric without values is left out.
        """

    def component(self, component_id: str) -> Component | None:
        """The Application Insights component, or None if there is none."""

    def flow_metrics(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Recorded, ...]:
        """The `FLOW_METRICS` that the endpoint's flows recorded, with all their dimensions."""

    def token_minutes(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """By minute and deployment: `token_consumption` and `flow_request` of its flows."""
