"""The emulator's metrics, without a serving process."""

import asyncio
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from local import cloud
from local.azure_ml.access import Access
from local.azure_ml.assignments import Assignments
from local.azure_ml.components import Components
from local.azure_ml.definitions import METRICS_WRITER
from local.azure_ml.directory import Directory
from local.azure_ml.errors import ArmError
from local.azure_ml.exchange import Call
from local.azure_ml.metrics_api import MetricsApi
from local.azure_ml.metrics_ingestion import connection_string, ingestion_app
from local.azure_ml.metrics_processes import Processes
from local.azure_ml.metrics_store import MetricsStore, RequestRecord
from local.azure_ml.principals import Principal
from local.azure_ml.settings import Settings
from local.azure_ml.store import Store
from shared.adapters.metrics import flow_query, token_query

ENDPOINT = f"{cloud.WORKSPACE_ID}/onlineEndpoints/one"
DEPLOYMENT = f"{ENDPOINT}/deployments/blue"
COMPONENT = cloud.INSIGHTS_ID
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
PERIOD = "2026-01-01T11:55:00Z/2026-01-01T12:05:00Z"
PERSON = Principal("person", "person", "person")


class Emulated:
    """The parts of the emulator that handle metrics."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store.sqlite")
        self.measured = MetricsStore(folder / "metrics.sqlite")
        self.settings = Settings(grant_seconds=0)
        self.components = Components(self.store, self.measured, self.settings)
        self.api = MetricsApi(self.store, self.measured, self.components, self.settings)
        self.store.put("endpoint", ENDPOINT, {"resource": {"id": ENDPOINT}})

    def close(self) -> None:
        self.store.close()
        self.measured.close()

    def track(self, content: bytes, encoding: str = "identity") -> httpx.Response:
        async def sent() -> httpx.Response:
            app = httpx.ASGITransport(ingestion_app(self.measured, self.components.key))
            async with httpx.AsyncClient(transport=app, base_url="http://here") as client:
                headers = {"content-encoding": encoding}
                return await client.post("/v2.1/track", content=content, headers=headers)

        return asyncio.run(sent())

    def ask(self, resource: str, **query: str) -> Any:
        asked = {"timespan": PERIOD, "aggregation": "Average,Total,Count", **query}
        (route,) = self.api.routes()
        call = Call("GET", "", asked, None, PERSON, {"scope": resource})
        return route.answer(call).body["value"]

    def component(self, method: str, body: Any = None) -> Any:
        routes = {route.method: route for route in self.components.routes()}
        return routes[method].answer(Call(method, "", {}, body, PERSON)).body

    def query(self, query: str) -> list[list[Any]]:
        rows = self.component("POST", {"query": query, "timespan": PERIOD})["tables"][0]["rows"]
        return list(rows)

    def answered(self, seconds: float, status: int = 200, deployment: str = "blue") -> None:
        one = RequestRecord(
            NOW, "one", deployment, status, str(status), seconds, 600, 1, fresh=False
        )
        self.measured.add_request(one)

    def recorded(self, name: str, value: float, **dimensions: str) -> dict[str, Any]:
        return {
            "iKey": self.components.key,
            "time": datetime.fromtimestamp(NOW, UTC).isoformat().replace("+00:00", "Z"),
            "data": {
                "baseType": "MetricData",
                "baseData": {
                    "metrics": [{"name": name, "value": value}],
                    "properties": dimensions,
                },
            },
        }


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Emulated]:
    with closing(Emulated(tmp_path)) as emulated:
        yield emulated


def values(metric: dict[str, Any], aggregation: str = "average") -> list[float]:
    (series,) = metric["timeseries"]
    return [one[aggregation] for one in series["data"] if aggregation in one]


def test_percentiles_and_bytes_are_computed_per_minute(there: Emulated) -> None:
    for hundredths in range(1, 101):
        there.answered(hundredths / 100)
    names = "RequestLatency_P50,RequestLatency_P99,RequestLatency,NetworkBytes"
    came = [values(one)[0] for one in there.ask(ENDPOINT, metricnames=names)]
    assert came == pytest.approx([500, 990, 505, 1000])


def test_an_average_over_merged_dimensions_is_not_a_count(there: Emulated) -> None:
    """As on Azure: one minute with 3 requests of one status and 1 of another averages to 2."""
    for status in (200, 200, 200, 424):
        there.answered(0.1, status)
    (together,) = there.ask(ENDPOINT, metricnames="RequestsPerMinute")
    assert values(together) == [2]
    (apart,) = there.ask(
        ENDPOINT, metricnames="RequestsPerMinute", **{"$filter": "statusCode eq '*'"}
    )
    assert len(apart["timeseries"]) == 2
    (one,) = there.ask(
        ENDPOINT, metricnames="RequestsPerMinute", **{"$filter": "statusCode eq '200'"}
    )
    assert values(one) == [3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"metricnames": "Requests"},
        {"metricnames": ""},
        {"metricnames": "RequestLatency", "$filter": "statusCode eq '*'"},
        {"metricnames": "RequestLatency", "$filter": "deployment ne 'blue'"},
        {"metricnames": "RequestLatency", "interval": "PT1H"},
        {"metricnames": "RequestLatency", "timespan": "PT1H"},
        {"metricnames": "RequestLatency", "metricnamespace": "Microsoft.Web/sites"},
    ],
)
def test_queries_that_azure_monitor_refuses_are_refused(
    there: Emulated, wrong: dict[str, str]
) -> None:
    with pytest.raises(ArmError, match="BadRequest"):
        there.ask(ENDPOINT, **wrong)


@pytest.mark.parametrize("zipped", [True, False])
def test_accepted_telemetry_is_found_by_sluices_query(there: Emulated, zipped: bool) -> None:
    items = [
        there.recorded("flow_request", 1, endpoint="one", response_code="200"),
        there.recorded("flow_request", 1, endpoint="one", response_code="200"),
        there.recorded("flow_request", 1, endpoint="two", response_code="200"),
        {"iKey": there.components.key, "data": {"baseType": "RequestData", "baseData": {}}},
    ]
    raw = json.dumps(items).encode()
    answer = there.track(gzip.compress(raw), "gzip") if zipped else there.track(raw)
    assert answer.json() == {"itemsReceived": 4, "itemsAccepted": 4, "errors": []}
    ((name, dimensions, count, total, *_),) = there.query(flow_query("one"))
    assert (name, count, total) == ("flow_request", 2, 2)
    assert json.loads(dimensions) == {"endpoint": "one", "response_code": "200"}


def test_the_query_by_minute_sums_what_each_deployment_recorded(there: Emulated) -> None:
    items = [
        there.recorded("token_consumption", 30, endpoint="one", deployment="blue", token_type="a"),
        there.recorded("token_consumption", 12, endpoint="one", deployment="blue", token_type="b"),
        there.recorded("token_consumption", 99, endpoint="one", deployment="green"),
        there.recorded("flow_request", 1, endpoint="one", deployment="green"),
        there.recorded("token_consumption", 99, endpoint="two", deployment="blue"),
    ]
    there.track(json.dumps(items).encode())

    rows = there.query(token_query("one"))

    assert [row[:2] + row[3:] for row in rows] == [
        ["token_consumption", "blue", 42],
        ["token_consumption", "green", 99],
        ["flow_request", "green", 1],
    ]
    assert all(str(row[2]).endswith(":00Z") for row in rows)


def test_invalid_telemetry_is_refused(there: Emulated) -> None:
    assert there.track(b"[{}]").status_code == 400


def test_any_other_query_is_refused_in_clear_words(there: Emulated) -> None:
    with pytest.raises(ArmError, match="two queries only"):
        there.query("customMetrics | take 10")


def test_custom_metrics_have_dimensions_only_if_the_component_opted_in(there: Emulated) -> None:
    items = [
        there.recorded("flow_request", 2, flow="a"),
        there.recorded("flow_request", 3, flow="b"),
    ]
    there.track(json.dumps(items).encode())
    (together,) = there.ask(COMPONENT, metricnames="flow_request")
    assert values(together, "total") == [5]
    apart = {"metricnames": "flow_request", "$filter": "flow eq '*'"}
    with pytest.raises(ArmError, match="not opted in"):
        there.ask(COMPONENT, **apart)
    for verb in ("PATCH", "PUT"):
        opted = {"properties": {"CustomMetricsOptedInType": "WithDimensions"}}
        there.component(verb, opted)
        assert (
            there.component("GET")["properties"] | opted["properties"]
            == (there.component("GET")["properties"])
        )
    (metric,) = there.ask(COMPONENT, **apart)
    assert len(metric["timeseries"]) == 2


def test_a_user_assigned_identity_writes_metrics_only_with_the_role(there: Emulated) -> None:
    access = Access(there.store, there.settings)
    user = {
        "userAssignedIdentities": {
            "/ids/me": {"principalId": cloud.USER_IDENTITY_PRINCIPAL, "clientId": "c"}
        }
    }
    deployment = {
        "id": DEPLOYMENT,
        "sku": {"capacity": 2},
        "properties": {"instanceType": "Standard_DS3_v2"},
    }
    there.store.put("endpoint", ENDPOINT, {"resource": {"id": ENDPOINT, "identity": user}})
    there.store.put("deployment", DEPLOYMENT, {"resource": deployment})
    processes = Processes(there.store, access, there.measured, lambda *_: [os.getpid()], Path.cwd())
    processes.look()
    assert there.measured.samples(DEPLOYMENT, 0, 2 * NOW) == []

    grants = Assignments(there.store, Directory(there.store), there.settings)
    principal = cloud.USER_IDENTITY_PRINCIPAL
    grants.grant(cloud.WORKSPACE_ID, METRICS_WRITER, principal, "ServicePrincipal", written=0.0)
    processes.look()
    (sample,) = there.measured.samples(DEPLOYMENT, 0, 2 * NOW)
    assert 0 < sample.memory < 100
    assert sample.instances == 2


def test_old_metrics_are_dropped(there: Emulated) -> None:
    there.answered(0.1)
    there.measured.forget(NOW)
    assert len(there.measured.requests("one", 0, 2 * NOW)) == 1
    there.measured.forget(NOW + 1)
    assert there.measured.requests("one", 0, 2 * NOW) == []


def test_telemetry_goes_only_to_loopback() -> None:
    text = connection_string("key", 5)
    assert text == "InstrumentationKey=key;IngestionEndpoint=http://127.0.0.1:5"


def test_each_stack_has_a_key_of_its_own_and_keeps_it(there: Emulated, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with closing(Emulated(tmp_path / "other")) as other:
        key = other.components.key
    again = Components(there.store, there.measured, there.settings)
    assert there.components.key == again.key != key
    item = {**there.recorded("flow_request", 1, endpoint="one"), "iKey": key}
    there.track(json.dumps([item]).encode())
    assert there.query(flow_query("one")) == []
