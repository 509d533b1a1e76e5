"""The emulator's Azure Monitor and Application Insights, through the real adapter."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from local import cloud
from local.azure_ml.testing import Facts
from shared.adapters.arm import Arm
from shared.adapters.credential import AppCredential
from shared.adapters.metrics import ArmMetrics
from shared.domain.azure.metrics import ENDPOINT_METRICS, REQUESTS, total
from shared.domain.failure import Denied
from tests.contract.azure_sides import Cloud


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def metrics(facts: Facts) -> ArmMetrics:
    return ArmMetrics(Arm(AppCredential()), _now)


@pytest.fixture
def served(adapters: Cloud, tmp_path: Path) -> str:
    """An endpoint with a deployment that has traffic."""
    name = adapters.make_endpoint()
    adapters.deploy(name, adapters.spec(tmp_path / "flow"))
    adapters.ended(adapters.workspace.set_traffic(name, {"blue": 100}))
    return name


def test_requests_are_counted_by_status_and_deployment(
    adapters: Cloud, metrics: ArmMetrics, served: str
):
    endpoint = adapters.workspace.endpoint(served)
    assert endpoint is not None
    key = adapters.workspace.credential(served, "Key")
    since = _now() - timedelta(minutes=1)
    for credential in (key, key, key, "wrong"):
        adapters.scoring.score(
            endpoint.scoring_uri, credential, {"a": 1}, deployment=None, timeout=60
        )
    assert metrics.count_requests(endpoint.id, since) == 4

    found = metrics.platform_metrics(endpoint.id, ENDPOINT_METRICS, since, _now())
    counted = {
        (one.dimensions["deployment"], one.dimensions["statusCode"]): total([one])
        for one in found
        if one.metric == REQUESTS.name
    }
    assert counted == {("blue", "200"): 3, ("", "401"): 1}
    assert {one.metric for one in found} == {one.name for one in ENDPOINT_METRICS}


def test_requests_are_unknown_and_not_zero_while_metrics_lag(
    adapters: Cloud, facts: Facts, metrics: ArmMetrics, served: str
):
    endpoint = adapters.workspace.endpoint(served)
    assert endpoint is not None
    key = adapters.workspace.credential(served, "Key")
    adapters.scoring.score(endpoint.scoring_uri, key, {}, deployment=None, timeout=60)
    since = _now() - timedelta(minutes=5)
    _set(facts, metrics_lag_seconds=60.0)
    try:
        assert metrics.platform_metrics(endpoint.id, (REQUESTS,), since, _now()) == ()
        # No other metric has data either, so the number of requests is unknown.
        assert metrics.count_requests(endpoint.id, since) is None
    finally:
        _set(facts, metrics_lag_seconds=0.0)
    assert metrics.count_requests(endpoint.id, since) == 1


def test_an_endpoint_without_deployments_has_had_no_requests(adapters: Cloud, metrics: ArmMetrics):
    endpoint = adapters.workspace.endpoint(adapters.make_endpoint())
    assert endpoint is not None
    assert metrics.count_requests(endpoint.id, _now() - timedelta(hours=1)) == 0


def test_a_deleted_endpoint_has_no_request_count(metrics: ArmMetrics):
    gone = f"{cloud.WORKSPACE_ID}/onlineEndpoints/nobody"
    assert metrics.count_requests(gone, _now() - timedelta(hours=1)) is None


def test_a_component_shows_whether_it_is_opted_in(adapters: Cloud, metrics: ArmMetrics):
    component_id = adapters.workspace.facts().application_insights_id
    assert component_id is not None
    found = metrics.component(component_id)
    assert found is not None
    assert not found.with_dimensions
    assert metrics.component(f"{component_id}-of-another") is None


def test_metrics_that_no_flow_recorded_are_empty(metrics: ArmMetrics):
    since = _now() - timedelta(hours=1)
    assert metrics.flow_metrics(cloud.INSIGHTS_ID, "nobody", since, _now()) == ()


def test_a_denied_query_is_reported_as_denied(adapters: Cloud, facts: Facts, metrics: ArmMetrics):
    body = {"error": {"code": "InsufficientAccessError", "message": "no"}}
    rule = {"path": "/query", "status": 403, "times": 1, "body": body}
    requests.post(f"{facts.admin_url}/faults", json=rule, timeout=60).raise_for_status()
    try:
        with pytest.raises(Denied):
            metrics.flow_metrics(cloud.INSIGHTS_ID, "one", _now() - timedelta(hours=1), _now())
    finally:
        adapters.mend()


def _set(facts: Facts, **wanted: float) -> None:
    requests.post(f"{facts.admin_url}/settings", json=wanted, timeout=60).raise_for_status()
