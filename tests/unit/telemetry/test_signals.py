"""What goes over the wire: OTLP to a collector, and items to Application Insights."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import requests

from local.traces.receiver import TYPE, Receiver
from shared.adapters.observed import ObservedTransport
from shared.adapters.telemetry.recorder import Recorder
from shared.adapters.telemetry.sending import Sending
from shared.adapters.telemetry.signals import Signals
from shared.domain.jobs.trace import Span, span_id, trace_id
from tests.unit.telemetry.conftest import Kept

KEY = "00000000-0000-0000-0000-000000000000"


def _spans(job: str) -> list[Span]:
    step = span_id(job, "step-0")
    return [
        Span(
            "PUT x",
            id="a" * 16,
            parent=step,
            begin=2.0,
            end=2.5,
            kind="call",
            problem="503",
            attributes={"http.response.status_code": 503},
        ),
        Span("Create", id=step, parent=span_id(job), begin=1.5, end=3.0),
        Span(
            "deployment",
            id=span_id(job),
            parent="",
            begin=1.0,
            end=4.0,
            kind="job",
            attributes={"sluice.outcome": "succeeded"},
        ),
    ]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver().start()
    yield running
    running.stop()


def test_a_collector_gets_spans_under_the_jobs_ids_and_metrics(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "WEBSITE_SITE_NAME": "func-x"}
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
    sending = Sending(lambda: Signals(settings))
    sending.spans("j", _spans("j"))
    sending.spans("k", _spans("k"))
    sending.measure("sluice.jobs", 1, outcome="succeeded")
    sending.measure("sluice.step.duration", 1.5, kind="plan")
    sending.close()

    traces = receiver.traces()
    assert set(traces) == {trace_id("j"), trace_id("k")}
    call, step, job = traces[trace_id("j")]
    assert (job.id, job.parent, job.name) == (span_id("j"), "", "deployment")
    assert (step.parent, call.parent) == (job.id, step.id)
    assert (call.begin, call.end, call.problem) == (2.0, 2.5, "503")
    assert call.attributes == {"sluice.job": "j", "http.response.status_code": 503}
    assert (job.problem, job.attributes["sluice.outcome"]) == ("", "succeeded")
    metrics = receiver.metrics()
    assert metrics["sluice.jobs"].sum.data_points[0].as_int == 1
    assert metrics["sluice.step.duration"].histogram.data_points[0].sum == 1.5


@pytest.mark.parametrize(
    ("path", "kind", "body", "status"),
    [
        ("/v1/traces", TYPE, b"", 200),
        ("/v1/traces", TYPE, b"\xff", 400),
        ("/v1/traces", "application/json", b"{}", 415),
        ("/v1/nothing", TYPE, b"", 404),
    ],
)
def test_the_receiver_is_as_strict_as_a_collector(
    receiver: Receiver, path: str, kind: str, body: bytes, status: int
):
    answer = requests.post(
        f"{receiver.url}{path}", data=body, headers={"Content-Type": kind}, timeout=60
    )
    assert answer.status_code == status


class _Server(BaseHTTPRequestHandler):
    """Takes items as Application Insights does; anything else is throttled, once."""

    items: ClassVar[list[dict[str, Any]]]
    throttled = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        items = json.loads(body)
        type(self).items += items
        answer = {"itemsReceived": len(items), "itemsAccepted": len(items), "errors": []}
        self._answer(200, json.dumps(answer).encode())

    def do_GET(self) -> None:
        first, type(self).throttled = not self.throttled, True
        self._answer(429 if first else 200, b"{}", {"Retry-After": "1"} if first else {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[tuple[str, type[_Server]]]:
    class Handler(_Server):
        items: ClassVar[list[dict[str, Any]]] = []

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}", Handler
    running.shutdown()
    running.server_close()


def test_application_insights_gets_a_request_and_its_dependencies(
    server: tuple[str, type[_Server]], monkeypatch: pytest.MonkeyPatch
):
    url, handler = server
    text = f"InstrumentationKey={KEY};IngestionEndpoint={url}/"
    settings = {"APPLICATIONINSIGHTS_CONNECTION_STRING": text, "WEBSITE_SITE_NAME": "func-x"}
    for name, value in {
        **settings,
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
        "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
        "OTEL_METRIC_EXPORT_INTERVAL": "3600000",
    }.items():
        monkeypatch.setenv(name, value)
    signals = Signals(settings)
    for span in _spans("j"):
        signals.span("j", span)
    signals.measure("sluice.jobs", 1, {"outcome": "succeeded"})
    signals.close()

    kinds = {it["data"]["baseType"] for it in handler.items}
    assert kinds == {"RequestData", "RemoteDependencyData", "MetricData"}
    told = [it for it in handler.items if it["data"]["baseType"] != "MetricData"]
    assert {it["tags"]["ai.operation.id"] for it in told} == {trace_id("j")}
    assert {it["tags"]["ai.cloud.role"] for it in told} == {"func-x"}
    (job,) = [it["data"]["baseData"] for it in told if it["data"]["baseType"] == "RequestData"]
    assert (job["id"], job["name"]) == (span_id("j"), "deployment")
    assert job["properties"]["sluice.outcome"] == "succeeded"


def test_each_try_of_a_call_is_told_without_its_query(
    server: tuple[str, type[_Server]], kept: Kept
):
    url, _ = server
    recorder = Recorder(kept)
    with recorder.work("look", job="j"), ObservedTransport(recorder, "arm") as transport:
        for _ in range(2):
            transport.send(_request(f"{url}/a/b?sig=canary0123456789"))
    first, second, _ = kept.of("j")
    assert first.attributes["http.response.status_code"] == 429
    assert first.attributes["sluice.retry_after"] == 1.0
    assert second.attributes["http.response.status_code"] == 200
    assert second.attributes["url.path"] == "/a/b"
    assert "canary" not in str(kept.told)
    assert kept.metric("sluice.throttles") == [(1, {"service": "arm", "status": 429})]


def _request(url: str) -> Any:
    from azure.core.rest import HttpRequest  # noqa: PLC0415

    return HttpRequest("GET", url)
