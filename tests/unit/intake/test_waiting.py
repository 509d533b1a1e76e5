"""A message waits out an outage on its queue; a lasting failure is reported."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.failure import Denied, Unavailable
from shared.domain.requests.waiting_message import Incoming, copy_of, due, incoming, waited_enough
from shared.steps.intake.waiting_messages import accept_or_requeue
from tests.fakes.bus import Again
from tests.fakes.world import World, package

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BODY = json.dumps({"source": {"blob": "hello.zip"}}).encode()
BUSY = Unavailable("ServerBusy", "busy", status=503)


def _message(queue: Any = "requests", body: bytes = BODY) -> Incoming:
    return incoming(queue, body, id="m", correlation="c", enqueued=NOW, properties={})


def delivered(copy: Again) -> Incoming:
    """Return what the door reads from a copy once the queue delivers it."""
    sent = copy.message
    return incoming(
        sent.queue,
        sent.body,
        id=copy.message_id,
        correlation=sent.correlation,
        enqueued=copy.at,
        properties=copy.properties,
    )


def test_a_message_waits_until_storage_is_back(world: World):
    world.flows.put("hello.zip", package(), NOW.isoformat())
    world.ledger.fail("find_claim", BUSY, times=40)
    message = _message()
    while (taken := accept_or_requeue(world.ports, message)) is None:
        message = delivered(world.bus.again[-1])
        world.clock.now = max(world.clock.now, world.bus.again[-1].at)

    assert message.tries == 40
    assert message.enqueued is not None
    assert timedelta(hours=1) < message.enqueued - NOW < timedelta(hours=4)
    assert world.engine.run(taken.job) == "succeeded"
    (result,) = world.bus.results
    assert (result.event["data"]["message_id"], result.correlation_id) == ("m", "c")
    (request,) = world.ledger.requests
    assert request.order.startswith("2026-01-01T00:00:00")


def test_each_retry_is_later_and_respects_retry_after(world: World):
    waits = []
    message = _message()
    for _ in range(9):
        at = due(message, BUSY, NOW)
        waits.append((at - NOW).total_seconds())
        message = Incoming("requests", BODY, "m", tries=message.tries + 1)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]

    asked = Unavailable("ServerBusy", "slow down", status=429, retry_after=30)
    assert due(_message(), asked, NOW) == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("skew", [-300, 0, 300])
def test_an_app_whose_clock_is_behind_still_waits(skew: int):
    at = due(_message(), BUSY, NOW + timedelta(seconds=skew))
    assert at >= NOW + timedelta(seconds=5)


def test_a_copied_message_has_its_own_id_and_the_originals_identity():
    first = _message()
    name, properties = copy_of(first)
    assert (name, properties) == copy_of(first)
    second = incoming(
        "requests", BODY, id=name, correlation="c", enqueued=NOW, properties=properties
    )
    assert (second.id, second.first, second.tries) == ("m", NOW, 1)
    assert copy_of(second)[0] != name
    assert len(name) <= 128


@pytest.mark.parametrize(
    "properties",
    [
        {"sluice-tries": "-1"},
        {"sluice-tries": "9" * 5000},
        {"sluice-tries": "many"},
        {"sluice-tries": 1.5, "sluice-first": "never"},
        {"sluice-tries": "2", "sluice-first": "never"},
        {"sluice-tries": None, "sluice-id": None},
        {"sluice-tries": "1", "sluice-first": "9999-01-01T00:00:00+00:00"},
        {"sluice-tries": "1", "sluice-first": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_properties_set_by_others_break_nothing(properties: dict[str, Any]):
    read = incoming("requests", BODY, id="m", correlation="", enqueued=NOW, properties=properties)
    assert read.id == "m"
    assert read.first == NOW


def test_a_crash_between_copy_and_completion_makes_one_job(world: World):
    world.flows.put("hello.zip", package())
    world.ledger.fail("find_claim", BUSY, times=2)
    assert accept_or_requeue(world.ports, _message()) is None
    assert accept_or_requeue(world.ports, _message()) is None  # redelivered after the host died
    (copy,) = world.bus.again  # the queue dropped the second as a duplicate

    jobs = {accept_or_requeue(world.ports, it) for it in (_message(), delivered(copy))}

    assert len(jobs) == 1
    assert len(world.ledger.requests) == 1


def test_if_the_bus_is_unreachable_too_the_queue_redelivers(world: World):
    world.ledger.fail("find_claim", BUSY)
    world.bus.fail("requeue", Unavailable("ServiceBusConnectionError", "gone"))
    with pytest.raises(Unavailable):
        accept_or_requeue(world.ports, _message())


def test_a_lasting_failure_of_a_message_is_reported(world: World):
    denied = Denied("AuthorizationFailure", "This request is not authorized", status=403)
    world.flows.put("hello.zip", package())
    world.ledger.fail("find_claim", denied, times=1000)
    message = _message()
    while (taken := accept_or_requeue(world.ports, message)) is None:
        message = delivered(world.bus.again[-1])

    assert message.enqueued is not None
    assert timedelta(hours=1) < message.enqueued - NOW < timedelta(hours=2)
    assert world.engine.run(taken.job) == "rejected"
    (result,) = world.bus.results
    assert "AuthorizationFailure" in result.event["data"]["findings"][0]["cause"]
    assert result.event["data"]["message_id"] == "m"


def test_an_outage_is_waited_out_for_a_day_and_no_longer():
    for hours, enough in ((1, False), (23, False), (25, True)):
        message = Incoming("requests", BODY, "m", "", NOW + timedelta(hours=hours), NOW, 9)
        assert waited_enough(message, BUSY) is enough


def test_a_change_message_waits_too_and_is_then_left_to_the_sweep(world: World):
    note = json.dumps({"path": "hello/say.py", "modified": "2026-01-01T00:00:01Z"}).encode()
    world.flows.fail("list", BUSY, times=10_000)
    message = _message("changes", note)
    for _ in range(2000):
        copies = len(world.bus.again)
        assert accept_or_requeue(world.ports, message) is None
        if len(world.bus.again) == copies:
            break
        message = delivered(world.bus.again[-1])
    assert message.enqueued is not None
    assert message.enqueued - NOW > timedelta(hours=23)
    assert world.bus.again[-1].message.queue == "changes"
