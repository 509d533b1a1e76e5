"""View: an endpoint's metrics, and notes on why some are missing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain.access.roles import METRICS_WRITER, Grant, covers, grant_command
from shared.domain.azure.endpoint import DeploymentState, EndpointState
from shared.domain.azure.metric_figures import summarise_monitored, summarise_recorded
from shared.domain.azure.metrics import DEPLOYMENT_METRICS, ENDPOINT_METRICS, Metric
from shared.domain.errors import rejected
from shared.domain.failure import Denied
from shared.domain.identifiers.names import EndpointName
from shared.domain.parsing.text import quoted
from shared.ports import Ports

DEFAULT_MINUTES = 60
_NUMBER = re.compile(r"[0-9]{1,6}")
MOST_MINUTES = 30 * 24 * 60
"""The longest period for which Azure Monitor returns values per minute."""


@dataclass
class _Look:
    """Reads one endpoint's metrics of a period, and collects notes on what is missing."""

    ports: Ports
    endpoint: EndpointState
    deployments: Sequence[DeploymentState]
    since: datetime
    until: datetime
    notes: list[str] = field(default_factory=list)

    def monitored(self, resource_id: str, metrics: Sequence[Metric]) -> list[dict[str, Any]]:
        try:
            series = self.ports.metrics.platform_metrics(
                resource_id, metrics, self.since, self.until
            )
        except Denied as denied:
            self.note(f"Sluice may not read metrics: {denied.message} Grant it Monitoring Reader")
            series = ()
        return summarise_monitored(metrics, series)

    def recorded(self, component_id: str) -> list[dict[str, Any]]:
        try:
            return summarise_recorded(
                self.ports.metrics.flow_metrics(
                    component_id, self.endpoint.name, self.since, self.until
                )
            )
        except Denied as denied:
            self.note(
                f"Sluice may not query {component_id}: {denied.message} Grant it Monitoring Reader"
            )
            return []

    def note(self, words: str) -> None:
        if words not in self.notes:
            self.notes.append(words)


def read_metrics(ports: Ports, name: EndpointName, minutes: str | None) -> dict[str, Any] | None:
    """Azure Monitor's and the flow's metrics of the last minutes; None if there is no endpoint.

    Raises:
        Rejected: `minutes` is not a number of minutes.
        AzureFailure: Azure did not answer.
    """
    period = timedelta(minutes=_minutes(minutes))
    endpoint = ports.workspace.endpoint(name)
    if endpoint is None:
        return None
    until = ports.now()
    deployments = ports.workspace.deployments(endpoint.name)
    look = _Look(ports, endpoint, deployments, until - period, until)
    monitor = {
        "endpoint": look.monitored(endpoint.id, ENDPOINT_METRICS),
        "deployments": {
            one.name: look.monitored(f"{endpoint.id}/deployments/{one.name}", DEPLOYMENT_METRICS)
            for one in deployments
        },
    }
    flow = _flow(look)
    for words in _unwritten(look):
        look.note(words)
    return {
        "endpoint": endpoint.name,
        "since": look.since.isoformat(),
        "until": look.until.isoformat(),
        "monitor": monitor,
        "flow": flow,
        "notes": look.notes,
    }


def _minutes(text: str | None) -> int:
    if text is None:
        return DEFAULT_MINUTES
    if _NUMBER.fullmatch(text) and 1 <= int(text) <= MOST_MINUTES:
        return int(text)
    cause = f"{quoted(text)} is not a number of minutes"
    raise rejected("minutes", cause, f"Give a number from 1 to {MOST_MINUTES}, or leave it out")


def _flow(look: _Look) -> dict[str, Any]:
    """The flow's own metrics, and the Application Insights component that holds them."""
    for one in look.deployments:
        if not one.app_insights_enabled:
            look.note(
                f"Deployment '{one.name}' has Application Insights off, so its flow's metrics are "
                "not collected. Set deployment.app_insights_enabled: true in deploy.yaml and "
                "deploy again"
            )
    component_id = look.ports.workspace.facts().application_insights_id
    component = look.ports.metrics.component(component_id) if component_id else None
    if component is None:
        look.note(
            "The workspace has no Application Insights, so no flow's metrics are collected. "
            "Attach one to it: az ml workspace update --application-insights <ARM id>"
        )
        return {"application_insights": component_id, "opted_in": False, "metrics": []}
    if not component.with_dimensions:
        look.note(
            "The figures here have their dimensions, but the metrics pages of Application Insights "
            "do not: custom metrics with dimensions are not opted in. In the portal: Usage and "
            "estimated costs, Custom metrics (preview), With dimensions; or az resource update "
            f"--ids {component.id} --set properties.CustomMetricsOptedInType=WithDimensions"
        )
    metrics = look.recorded(component.id)
    return {
        "application_insights": component.id,
        "opted_in": component.with_dimensions,
        "metrics": metrics,
    }


def _unwritten(look: _Look) -> Iterator[str]:
    """A user-assigned identity needs a role to write its deployments' metrics; note if missing."""
    identity = look.endpoint.identity
    principal = identity.principal_id
    if identity.kind == "SystemAssigned" or principal is None:
        return
    workspace = look.ports.workspace_id
    grant = Grant(METRICS_WRITER, workspace, "write the endpoint's metrics", optional=True)
    held = look.ports.roles.assignments(workspace, principal)
    if not any(covers(one, grant, principal) for one in held):
        yield (
            f"The endpoint's identity lacks the role '{METRICS_WRITER.name}' on the workspace, so "
            "CPU, memory, GPU and disk are not measured. An administrator runs: "
            f"{grant_command(grant, principal)}"
        )
