"""Dead letters: listed, and replayed or discarded once, whatever dies in between."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.access.caller import Callers
from shared.domain.failure import Unavailable
from shared.domain.requests.waiting_message import Incoming, incoming
from shared.steps.intake.waiting_messages import accept_or_requeue
from tests.fakes.http import FakeHost
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
ASKS = json.dumps({"source": {"blob": "hello.zip"}}).encode()


def _message(body: bytes = ASKS) -> Incoming:
    return incoming(
        "requests", body, id="m-1", correlation="c", enqueued=NOW, properties={"sluice-tries": "no"}
    )


def _ask(host: FakeHost, queue: str, letter: str, act: str) -> tuple[int, dict[str, Any]]:
    answer = host.ask("POST", f"dead-letters/{queue}/{letter}/{act}")
    return answer.status_code, json.loads(answer.get_body())


def _deliver(world: World) -> list[str]:
    """Let the trigger take what was put on the queue again; returns the jobs."""
    jobs = []
    while world.bus.again:
        copy = world.bus.again.pop(0).delivered()
        taken = accept_or_requeue(world.ports, copy)
        assert taken is not None
        if not taken.ended:
            world.engine.run(taken.job)
        jobs.append(taken.job)
    return jobs


def test_messages_and_blobs_are_listed_without_secrets(world: World, host: FakeHost) -> None:
    body = b'{"source": {"blob": "x.zip"}, "AccountKey": "' + b"A" * 86 + b'=="}'
    letter = world.bus.bury(_message(body))
    poison = world.poison.bury("bad.zip", "0x1")
    shown = json.loads(host.ask("GET", "dead-letters").get_body())["dead_letters"]
    assert [(it["queue"], it["id"]) for it in shown] == [("requests", letter), ("blobs", poison)]
    assert shown[0]["reason"] == "MaxDeliveryCountExceeded"
    assert "AAAA" not in shown[0]["body"]
    assert shown[1]["body"] == "bad.zip"


def test_a_message_is_replayed_once_and_makes_one_job(world: World, host: FakeHost) -> None:
    world.flows.put("hello.zip", package())
    letter = world.bus.bury(_message())
    first = _ask(host, "requests", letter, "replay")
    assert (first[0], first[1]["act"]) == (200, "replay")
    assert world.bus.dead == {}
    assert _ask(host, "requests", letter, "replay") == first
    [job] = _deliver(world)
    assert world.last["outcome"] == "succeeded"
    assert (world.last["message_id"], world.last["job"]) == ("m-1", job)
    assert len(world.bus.results) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["requeue", "remove_dead_letter"])
def test_a_replay_that_dies_half_way_loses_nothing(
    world: World, host: FakeHost, call: str, after: bool
) -> None:
    world.flows.put("hello.zip", package())
    letter = world.bus.bury(_message())
    world.bus.fail(call, Unavailable("Gone", "x"), after=after)
    assert _ask(host, "requests", letter, "replay")[0] == 503
    assert world.bus.dead or world.bus.again
    assert _ask(host, "requests", letter, "replay")[0] == 200
    assert world.bus.dead == {}
    assert len(set(_deliver(world))) == 1
    assert len(world.bus.results) == 1


def test_a_replay_of_what_was_done_already_makes_no_second_job(
    world: World, host: FakeHost
) -> None:
    world.flows.put("hello.zip", package())
    done = accept_or_requeue(world.ports, _message())
    assert done is not None
    world.engine.run(done.job)
    letter = world.bus.bury(_message())
    assert _ask(host, "requests", letter, "replay")[0] == 200
    assert _deliver(world) == [done.job]
    assert len(world.bus.results) == 1


def test_a_poison_blob_is_replayed_as_the_job_of_its_drop(
    world: World, host: FakeHost, starts: Starts
) -> None:
    version = world.flows.put("hello.zip", package())
    letter = world.poison.bury("hello.zip", version.etag)
    status, shown = _ask(host, "blobs", letter, "replay")
    assert (status, [shown["job"]]) == (200, starts.jobs)
    world.engine.run(shown["job"])
    assert world.last["outcome"] == "succeeded"
    assert world.poison.blobs() == ()
    assert _ask(host, "blobs", letter, "replay")[1]["act"] == "replay"
    assert len(starts.jobs) == 1


def test_a_blob_that_died_half_way_in_its_replay_is_one_job(
    world: World, host: FakeHost, starts: Starts
) -> None:
    version = world.flows.put("hello.zip", package())
    letter = world.poison.bury("hello.zip", version.etag)
    world.poison.fail("remove", Unavailable("Gone", "x"))
    assert _ask(host, "blobs", letter, "replay")[0] == 503
    assert _ask(host, "blobs", letter, "replay")[0] == 200
    assert world.poison.blobs() == ()
    assert len(world.ledger.requests) == 1
    assert len(starts.jobs) == 1


def test_a_discarded_letter_is_gone_and_cannot_be_replayed(world: World, host: FakeHost) -> None:
    letter = world.bus.bury(_message())
    assert _ask(host, "requests", letter, "discard")[0] == 200
    assert _ask(host, "requests", letter, "discard")[0] == 200
    assert world.bus.dead == {}
    assert world.bus.again == []
    status, told = _ask(host, "requests", letter, "replay")
    assert status == 409
    assert f"Dead letter '{letter}' was discarded already, at 20" in told["error"]
    assert told["error"].endswith(
        "by somebody with a function key, so it cannot be replayed. "
        "Send its request anew, or drop its blob again"
    )


@pytest.mark.parametrize(
    ("queue", "letter", "status"),
    [
        ("requests", "7-0000abcd", 404),
        ("results", "7-0000abcd", 400),
        ("requests", "no%20id", 400),
        ("blobs", "00000000-0000-0000-0000-000000000000", 404),
    ],
)
def test_what_is_no_dead_letter_is_refused(
    host: FakeHost, queue: str, letter: str, status: int
) -> None:
    assert _ask(host, queue, letter, "replay")[0] == status


@pytest.mark.parametrize(
    ("key_allows", "listed", "replayed", "discarded"),
    [({"look"}, 200, 403, 403), ({"deploy"}, 403, 200, 403), ({"delete"}, 403, 403, 200)],
)
def test_who_may_look_replay_and_discard(
    world: World, host: FakeHost, key_allows: set[Any], listed: int, replayed: int, discarded: int
) -> None:
    world.ports = replace(world.ports, callers=Callers(key=frozenset(key_allows)))
    assert host.ask("GET", "dead-letters").status_code == listed
    assert _ask(host, "requests", world.bus.bury(_message()), "replay")[0] == replayed
    assert _ask(host, "requests", world.bus.bury(_message()), "discard")[0] == discarded
