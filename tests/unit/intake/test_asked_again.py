"""A repeated request is a new job, unless the first still runs or the key is the same."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.failure import Refused
from shared.domain.requests.request import Claim, content_hash
from shared.domain.requests.request_body import parse_asked
from shared.domain.requests.source import RemovalSource
from shared.steps.intake.accept import Accepted, Requester, accept_request
from shared.steps.intake.doors import accept_drop, accept_message
from shared.steps.intake.sweep import accept_missed
from shared.steps.remove.removal import accept_removal
from tests.fakes.world import World, package


def _body(**source: str) -> bytes:
    return json.dumps({"source": source}).encode()


HELLO = _body(blob="hello.zip")


def _call(world: World, key: str | None = None, body: bytes = HELLO) -> Accepted:
    return accept_request(world.ports, parse_asked(body), Requester("http", key=key))


def _message(world: World, name: str, body: bytes = HELLO, **more: str) -> Accepted:
    enqueued = world.clock()
    return accept_message(world.ports, body, message_id=name, enqueued=enqueued, **more)


def _outcomes(world: World, message: str) -> list[str]:
    """Return the outcomes of the results that name the message."""
    return [
        it.event["data"]["outcome"]
        for it in world.bus.results
        if it.event["data"]["message_id"] == message
    ]


def _fails(world: World) -> None:
    world.workspace.fail("put_endpoint", Refused("BadRequest", "no"))


def test_a_failed_request_sent_again_is_tried_again(world: World):
    _fails(world)
    assert world.deploy()["outcome"] == "failed"

    by_call = _call(world)
    assert world.engine.run(by_call.job) == "succeeded"
    by_message = _message(world, "m")
    assert world.engine.run(by_message.job) == "unchanged"

    assert len({it.job for it in world.ledger.requests}) == 3


def test_a_deleted_endpoint_is_deployed_again_on_request(world: World):
    world.deploy()
    gone = accept_removal(world.ports, RemovalSource(endpoint="hello", key="k"), door="http")
    assert world.engine.run(gone.job) == "succeeded"

    assert world.engine.run(_call(world).job) == "succeeded"
    assert world.traffic()


def test_a_flow_that_lost_its_endpoint_to_another_gets_it_back_on_request(world: World):
    first = world.deploy()
    other = _body(blob="other.zip")
    world.flows.put("other.zip", package("# other\n", deploy__yaml="endpoint: {name: hello}\n"))
    world.engine.run(_call(world, body=other).job)
    assert world.last["digest"] != first["digest"]

    assert world.engine.run(_message(world, "back").job) == "succeeded"
    assert world.last["digest"] == first["digest"]
    assert world.engine.run(_call(world, body=other).job) == "succeeded"
    assert world.last["digest"] != first["digest"]


def test_the_same_request_during_a_job_is_the_same_job(world: World):
    world.deploy()

    running = _call(world)

    assert not running.ended
    assert _call(world) == running
    assert _message(world, "m") == running
    assert accept_drop(world.ports, "hello.zip") != running


def test_the_same_idempotency_key_is_the_same_job_even_after_its_end(world: World):
    world.flows.put("hello.zip", package())
    first = _call(world, key="k")
    world.engine.run(first.job)

    assert _call(world, key="k") == Accepted(first.job, ended=True)
    assert _call(world, key="l").job != first.job


def test_every_message_has_one_result_that_names_it(world: World):
    world.drop()
    for number in (1, 2, 1, 3):
        _message(world, f"m{number}", correlation_id=f"c{number}")
    (request,) = world.ledger.requests
    world.engine.run(request.job)
    late = _message(world, "m4")
    world.engine.run(late.job)
    for name in ("m1", "m4"):
        _message(world, name)

    assert [_outcomes(world, f"m{number}") for number in (1, 2, 3)] == [["succeeded"]] * 3
    assert _outcomes(world, "m4") == ["unchanged"]
    assert len(world.bus.results) == 5  # including the drop's
    correlations = {it.event["data"]["message_id"]: it.correlation_id for it in world.bus.results}
    assert correlations == {None: request.job, "m1": "c1", "m2": "c2", "m3": "c3", "m4": "m4"}
    assert len({it.message_id for it in world.bus.results}) == 5


def test_a_message_that_joins_as_the_job_ends_has_one_result(world: World):
    """The result may be written before the record of the message, or after it."""
    job = world.drop()
    world.engine.run(job)
    _message(world, "bound")  # a new job; the next messages join the ended one by its key
    world.ledger.claim_key("bus:late", Claim(job=job, body=_hash(HELLO)))

    for _ in range(2):
        assert _message(world, "late") == Accepted(job, ended=True)

    assert _outcomes(world, "late") == ["succeeded"]


def _hash(body: bytes) -> str:
    return content_hash(parse_asked(body).identity())


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "call", ["claim_key", "record_repeat", "open_job", "keep_blob", "record_request", "add_message"]
)
def test_a_door_that_dies_still_makes_one_job_of_one_message(
    make: Callable[..., World], call: str, after: bool
):
    world = make()
    _fails(world)
    world.deploy()
    before = len(world.ledger.requests)
    if call == "add_message":
        _call(world)
    world.ledger.fail(call, RuntimeError("killed"), after=after)
    with pytest.raises(RuntimeError, match="killed"):
        _message(world, "m")

    taken = _message(world, "m")
    world.engine.run(taken.job)
    _message(world, "m")

    assert len(world.ledger.requests) == before + 1
    assert _outcomes(world, "m") == ["succeeded"]
    assert world.ledger.open_jobs() == ()


def test_a_key_whose_door_died_stays_one_job_despite_new_uploads(world: World):
    for number in range(2):
        world.flows.put("hello.zip", package(f"# {number}\n"))
        world.ledger.fail("keep_blob", RuntimeError("killed"))
        with pytest.raises(RuntimeError, match="killed"):
            _call(world, key="k")
    world.flows.put("hello.zip", package("# last\n"))
    taken = _call(world, key="k")
    world.flows.put("hello.zip", package("# newer\n"))

    assert _call(world, key="k") == taken
    assert len(world.ledger.requests) == 1


def test_a_reupload_is_a_new_job_and_the_sweep_repeats_none(world: World):
    _fails(world)
    world.deploy()
    world.clock.now += timedelta(hours=1)
    assert accept_missed(world.ports) == ()
    assert accept_missed(world.ports) == ()

    assert world.deploy()["outcome"] == "succeeded"
    assert len(world.ledger.requests) == 2
