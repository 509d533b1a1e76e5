"""Sending takes a thread of its own: no job waits for it or fails because of it."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Mapping

import pytest

from shared.adapters.telemetry import open_telemetry
from shared.adapters.telemetry.recorder import Recorder
from shared.adapters.telemetry.sending import Connection, Sending
from shared.domain.jobs.trace import Span, Value
from shared.ports.telemetry import Silent

SPAN = Span("s", id="1" * 16, parent="", begin=1.0, end=2.0)
COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
SCRIPT = """
import json, sys, threading
from shared.adapters.observed import transport_for
from shared.bootstrap import build
from shared.settings import read_settings
from tests.unit.adapters.test_bootstrap import SETTINGS
ports = build(read_settings(SETTINGS))
loaded = [it for it in sys.modules if it.startswith(("opentelemetry.sdk", "azure.monitor"))]
watched = bool(transport_for(ports.telemetry, "arm"))
print(json.dumps([ports.telemetry.on, watched, loaded, threading.active_count()]))
"""


class Stuck:
    """A connection that does nothing until it is let go."""

    def __init__(self) -> None:
        self.go, self.sent, self.closed = threading.Event(), list[str](), False

    def span(self, job: str, span: Span) -> None:
        del span
        self.go.wait(60)
        self.sent.append(job)

    def measure(self, name: str, value: float, attributes: Mapping[str, Value]) -> None:
        del value, attributes
        self.sent.append(name)

    def close(self) -> None:
        self.closed = True


def test_telemetry_is_off_unless_a_setting_says_where_to():
    assert isinstance(open_telemetry({}), Silent)
    assert isinstance(open_telemetry({**COLLECTOR, "OTEL_SDK_DISABLED": "true"}), Silent)
    assert isinstance(open_telemetry(COLLECTOR), Recorder)
    assert isinstance(open_telemetry({"APPLICATIONINSIGHTS_CONNECTION_STRING": "x"}), Recorder)


@pytest.mark.parametrize("environment", [{}, COLLECTOR], ids=["off", "on"])
def test_the_sdk_is_loaded_for_the_first_span_and_no_sooner(environment: dict[str, str]):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True
    )
    on = bool(environment)
    assert json.loads(done.stdout) == [on, on, [], 1]


def test_everything_is_sent_in_order_before_the_end():
    to = Stuck()
    to.go.set()
    sending = Sending(lambda: to)
    for job in ("a", "b"):
        sending.spans(job, [SPAN])
    sending.measure("sluice.jobs", 1)
    sending.close()
    assert to.sent == ["a", "b", "sluice.jobs"]
    assert to.closed


def test_more_than_can_be_sent_is_dropped_and_nobody_waits():
    to = Stuck()
    sending = Sending(lambda: to)
    for number in range(10_000):
        sending.spans(str(number), [SPAN])
    to.go.set()
    while sending._entries.qsize():
        threading.Event().wait(0.01)
    sending.close()
    assert 4096 <= len(to.sent) <= 4098


def test_a_setting_that_is_wrong_is_told_once_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
):
    def connect() -> Connection:
        raise ValueError("no such collector")

    caplog.set_level(logging.WARNING)
    sending = Sending(connect)
    sending.spans("a", [SPAN])
    sending.spans("b", [SPAN])
    sending.close()
    assert [it.getMessage() for it in caplog.records] == [
        "No telemetry is sent: ValueError: no such collector"
    ]
