from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local import cloud
from shared.domain.jobs.drift_event import drift_event
from shared.domain.planning.drift import Drift
from shared.domain.requests.waiting_message import copy_of, incoming
from tests.contract.bus_sides import Broker, Queues

SINCE = "2026-11-22T15:00:00+00:00"


def test_a_result_sent_twice_is_visible_once(queues: Queues) -> None:
    last = {"job": "5eaf00d5eaf00d5eaf00", "deployment": "d", "digest": "f"}
    found = [Drift("description", "ü", "☃")]
    event = drift_event("hello", last, found, workspace_id="/w", since=SINCE, repair=None)
    for _ in range(2):
        queues.bus.send_result(event, message_id="result-1", correlation_id="job-1")
    queues.bus.send_result(event, message_id="result-2", correlation_id="job-2")
    first, second = queues.results()
    assert first == (event, "job-1")
    assert second[1] == "job-2"


def test_changes_of_a_folder_in_one_second_are_one_message(queues: Queues) -> None:
    when = "2026-11-22T15:00:00"
    queues.bus.schedule_change("prod/echo/flow.dag.yaml", f"{when}+00:00", delay=0.1)
    queues.bus.schedule_change("prod/echo/code.py", f"{when}.750000+00:00", delay=0.1)
    queues.bus.schedule_change("prod/other/code.py", f"{when}+00:00", delay=0.1)
    queues.bus.schedule_change("prod/echo/code.py", "2026-11-22T15:00:01+00:00", delay=0.1)
    bodies = [body for body, _ in queues.changes()]
    assert [body["path"] for body in bodies] == [
        "prod/echo/flow.dag.yaml",
        "prod/other/code.py",
        "prod/echo/code.py",
    ]
    assert bodies[0]["modified"] == f"{when}+00:00"


def test_a_message_is_put_again_on_its_queue_as_a_copy(broker: Broker) -> None:
    bus = broker.open()
    now = datetime.now(UTC)
    first = incoming("requests", b'{"n": 1}', id="m", correlation="c", enqueued=now, properties={})
    name, properties = copy_of(first)
    for _ in range(2):
        bus.requeue(first, message_id=name, properties=properties, at=now)
    copies = broker.messages(cloud.REQUESTS_QUEUE)
    bus.close()
    read = [
        incoming(
            "requests",
            b"".join(it.body),
            id=str(it.message_id),
            correlation=str(it.correlation_id),
            enqueued=now,
            properties=_named(it.application_properties or {}),
        )
        for it in copies
    ]
    assert {(it.id, it.correlation, it.tries, it.body) for it in read} == {
        ("m", "c", 1, b'{"n": 1}')
    }
    assert {it.message_id for it in copies} == {name}


def _named(properties: Mapping[Any, Any]) -> dict[str, Any]:
    """Convert properties to the form in which the Functions host passes them."""
    texts = {key.decode(): value for key, value in properties.items()}
    return {key: it.decode() if isinstance(it, bytes) else it for key, it in texts.items()}


def test_dead_letters_are_listed_with_queue_and_reason_and_stay(broker: Broker) -> None:
    bus = broker.open()
    broker.bury(cloud.REQUESTS_QUEUE, "poison", "Broken", "It could not be read")
    for _ in range(2):
        (letter,) = bus.dead_letters()
        assert letter["queue"] == "requests"
        assert letter["message_id"] == "poison"
        assert (letter["reason"], letter["description"]) == ("Broken", "It could not be read")
        assert letter["body"] == "poison"
    bus.close()


def test_a_dead_letter_is_read_and_removed_by_its_id_alone(broker: Broker) -> None:
    bus = broker.open()
    for letter in bus.dead_letters():
        bus.remove_dead_letter("requests", letter["id"])
    for name in ("one", "two", "three"):
        broker.bury(cloud.REQUESTS_QUEUE, name, "Broken", "AccountKey=0123456789abcdef0123")
    one, two, three = bus.dead_letters()
    assert "0123456789" not in two["description"]

    found = bus.dead_letter("requests", two["id"])
    assert found is not None
    assert (found.id, found.body, found.tries) == ("two", b"two", 0)
    for _ in range(2):
        bus.remove_dead_letter("requests", two["id"])

    assert bus.dead_letter("requests", two["id"]) is None
    assert bus.dead_letter("requests", f"{three['id'].partition('-')[0]}-00000000") is None
    left = {it["id"]: it["deliveries"] for it in bus.dead_letters()}
    assert left.keys() == {one["id"], three["id"]}
    for letter in left:
        bus.remove_dead_letter("requests", letter)
    bus.close()


def test_a_dead_letter_is_the_request_that_its_trigger_saw(broker: Broker) -> None:
    """A copy of a copy keeps the id of the original, so that it finds the original's job."""
    bus = broker.open()
    now = datetime.now(UTC)
    first = incoming("changes", b"{}", id="m", correlation="", enqueued=now, properties={})
    name, properties = copy_of(first)
    bus.requeue(first, message_id=name, properties=properties, at=now)
    broker.bury_next(cloud.CHANGES_QUEUE)
    [letter] = [it for it in bus.dead_letters() if it["queue"] == "changes"]
    found = bus.dead_letter("changes", letter["id"])
    assert found is not None
    assert (found.id, found.tries, found.queue) == ("m", 1, "changes")
    bus.remove_dead_letter("changes", letter["id"])
    bus.close()
