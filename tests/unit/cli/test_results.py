"""`sluice results` on the local stack's own Service Bus."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from cli.commands import results as command
from cli.commands.results import results
from cli.errors import CommandError
from cli.target import Target
from local import cloud
from local.service_bus.address import connection_string
from tests.contract.bus_sides import KEY, Broker

EVENT: dict[str, Any] = {
    "type": "sluice.deployment",
    "time": "2026-01-01T10:00:03.000000Z",
    "data": {"outcome": "succeeded", "endpoint": "hello", "job": "j1"},
}
DRIFT: dict[str, Any] = {"type": "sluice.drift", "time": None, "subject": "other", "data": {}}


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    """A bus whose queue of results is empty."""
    with Broker(tmp_path) as broker:
        address = connection_string(broker.port, KEY)
        facts = {
            "results_queue": cloud.RESULTS_QUEUE,
            "servicebus_connection_string": address,
        }
        yield Target(facts, "the test")


def _send(target: Target, *bodies: str) -> None:
    address = target["servicebus_connection_string"]
    with (
        ServiceBusClient.from_connection_string(address) as bus,
        bus.get_queue_sender(cloud.RESULTS_QUEUE) as sender,
    ):
        for number, body in enumerate(bodies):
            sender.send_messages(ServiceBusMessage(body, message_id=f"m{number}"))


def test_results_are_shown_oldest_first_and_stay_on_the_queue(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    _send(target, json.dumps(EVENT), json.dumps(DRIFT), "no event")
    for _ in range(2):
        assert results(target, follow=False, as_json=False) == 0
        printed = capsys.readouterr()
        assert printed.out.splitlines() == [
            "2026-01-01T10:00:03Z  succeeded: hello  job j1",
            "at an unknown time  sluice.drift: other",
        ]
        assert printed.err == "sluice: a message that is no event: no event\n"


def test_json_is_a_line_each(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    _send(target, json.dumps(EVENT), json.dumps(DRIFT))
    assert results(target, follow=False, as_json=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(it) for it in lines] == [EVENT, DRIFT]


def test_an_empty_queue_is_told(target: Target, capsys: pytest.CaptureFixture[str]) -> None:
    assert results(target, follow=False, as_json=False) == 0
    printed = capsys.readouterr()
    assert (printed.out, "no result waits on the queue deploy-results" in printed.err) == ("", True)


def test_followed_results_are_shown_once_each_as_they_come(
    target: Target, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _send(target, json.dumps(EVENT))
    pauses = list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        later = EVENT | {"data": EVENT["data"] | {"job": "j2"}}
        address = target["servicebus_connection_string"]
        with (
            ServiceBusClient.from_connection_string(address) as bus,
            bus.get_queue_sender(cloud.RESULTS_QUEUE) as sender,
        ):
            sender.send_messages(ServiceBusMessage(json.dumps(later), message_id="later"))

    # Only the command's own pauses: the bus sleeps too.
    monkeypatch.setattr(command, "time", SimpleNamespace(sleep=pause))
    with pytest.raises(KeyboardInterrupt):
        results(target, follow=True, as_json=False)
    jobs = [it.rpartition(" ")[2] for it in capsys.readouterr().out.splitlines()]
    assert jobs == ["j1", "j2"]


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("Endpoint=sb://nowhere;nonsense", "SLUICE_SERVICEBUS cannot be used"),
        (connection_string(1, KEY), "Service Bus refuses or does not answer"),
    ],
)
def test_a_bus_that_cannot_be_used_is_one_line(address: str, told: str) -> None:
    facts = {"results_queue": cloud.RESULTS_QUEUE, "servicebus_connection_string": address}
    with pytest.raises(CommandError, match=told) as wrong:
        results(Target(facts, "the test"), follow=False, as_json=False)
    assert wrong.value.exit_code == 4
