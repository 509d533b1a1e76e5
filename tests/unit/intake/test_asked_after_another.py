"""A request that is asked again after a newer one of its endpoint wins over that one."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop, accept_message
from tests.fakes.engine import Crash, FakeEngine, crash_at
from tests.fakes.world import World, package


@pytest.fixture
def two(make: Callable[..., World]) -> World:
    """A world with two flows of one endpoint, a and b."""
    world = make()
    for name in "ab":
        manifest = "endpoint: {name: hello}\n"
        world.flows.put(f"{name}.zip", package(f"# {name}\n", deploy__yaml=manifest))
    return world


def body(name: str) -> bytes:
    return json.dumps({"source": {"blob": f"{name}.zip"}}).encode()


def call(world: World, name: str, key: str | None = None) -> str:
    world.clock.now += timedelta(seconds=2)
    return accept_request(world.ports, parse_asked(body(name)), Requester("http", key=key)).job


def prepare(world: World, job: str) -> None:
    """Let the job run until the end of its step prepare."""
    with pytest.raises(Crash):
        FakeEngine(world.ports, world.clock, crash_at(1)).run(job)


def serves(world: World) -> str:
    """The flow that serves."""
    (name,) = (name for name, share in world.traffic().items() if share)
    model = world.workspace.there.specs["hello", name].model
    return world.assets.model_files(model)["say.py"].decode().split("# ")[1].strip()


@pytest.mark.parametrize("prepared", ["", "a", "b", "ab"])
@pytest.mark.parametrize("runs_first", "ab")
def test_the_newest_request_wins_also_if_it_was_made_before(
    two: World, prepared: str, runs_first: str
):
    """Whatever had begun when `a` was asked for again."""
    jobs = {name: call(two, name) for name in "ab"}
    for name in prepared:
        prepare(two, jobs[name])

    again = call(two, "a")
    jobs |= {"again": again}
    order = [jobs[runs_first], *(job for job in jobs.values() if job != jobs[runs_first])]
    outcomes = {job: two.engine.run(job) for job in order}

    assert serves(two) == "a"
    assert outcomes[again] == "succeeded"
    assert outcomes[jobs["b"]] in {"superseded", "succeeded"}
    assert two.ledger.releases("hello")[0]["job"] == again
    if prepared == "ab":
        assert outcomes[jobs["a"]] == "superseded"
        assert again != jobs["a"]


def test_a_request_asked_again_without_another_in_between_joins_its_job(two: World):
    first = call(two, "a")
    assert call(two, "a") == first
    prepare(two, first)
    assert [call(two, "a") for _ in range(3)] == [first] * 3


def test_the_same_key_is_the_same_job_although_a_newer_request_came(two: World):
    first, newer = call(two, "a", key="k"), call(two, "b")
    for job in (first, newer):
        prepare(two, job)
    assert call(two, "a", key="k") == first


def test_the_request_before_the_repetition_gives_way_to_it(two: World):
    jobs = [call(two, "a"), call(two, "b")]
    for job in jobs:
        prepare(two, job)
    again = call(two, "a")
    assert call(two, "a") == again
    prepare(two, again)
    for job in jobs:
        assert two.engine.run(job) == "superseded"
        assert two.last["superseded_by"] == again


def test_asked_in_turn_the_last_one_wins(two: World):
    jobs = [call(two, name) for name in "ababab"]
    assert jobs == jobs[:2] * 3
    for job in jobs[:2]:
        two.engine.run(job)
    assert serves(two) == "b"


def test_a_message_that_comes_late_loses_against_what_was_asked_again_meanwhile(two: World):
    first = call(two, "a")
    two.clock.now += timedelta(seconds=2)
    sent = two.clock.now
    assert call(two, "a") == first
    assert two.engine.run(first) == "succeeded"

    late = accept_message(two.ports, body("b"), message_id="m", enqueued=sent)

    assert two.engine.run(late.job) == "superseded"
    assert serves(two) == "a"


def test_a_message_that_asks_again_wins(two: World):
    first, second = call(two, "a"), call(two, "b")
    for job in (first, second):
        prepare(two, job)
    two.clock.now += timedelta(seconds=2)
    sent = two.clock.now
    taken = [
        accept_message(two.ports, body("a"), message_id="m", enqueued=sent).job for _ in range(2)
    ]
    assert taken[0] == taken[1] != first
    assert [two.engine.run(it) for it in (taken[0], first, second)] == [
        "succeeded",
        "superseded",
        "superseded",
    ]


def test_the_same_content_dropped_again_wins_over_the_version_between(world: World):
    jobs = []
    for content in ("1", "2", "1"):
        world.clock.now += timedelta(seconds=2)
        world.flows.put("hello.zip", package(f"# {content}\n"), world.flows.clock())
        taken = accept_drop(world.ports, "hello.zip")
        assert taken is not None
        jobs.append(taken.job)
        prepare(world, taken.job)
    assert len(set(jobs)) == 3
    assert [world.engine.run(job) for job in jobs] == ["superseded", "superseded", "succeeded"]
    assert serves(world) == "1"


@pytest.mark.parametrize("meanwhile", ["is made", "has run"])
def test_a_call_keeps_its_place_although_its_door_died_and_an_older_message_made_the_job(
    two: World, meanwhile: str
):
    sent = two.clock.now
    between = call(two, "b")
    prepare(two, between)
    two.ledger.fail("open_job", RuntimeError("killed"))
    with pytest.raises(RuntimeError, match="killed"):
        call(two, "a", key="k")
    late = accept_message(two.ports, body("a"), message_id="m", enqueued=sent).job
    if meanwhile == "has run":
        assert two.engine.run(late) == "superseded"

    again = call(two, "a", key="k")

    assert two.engine.run(again) == "succeeded"
    two.engine.run(between)
    assert serves(two) == "a"
    assert call(two, "a", key="k") == again
    assert (again == late) == (meanwhile == "is made")


def test_a_call_that_is_repeated_keeps_its_first_place(two: World):
    two.ledger.fail("open_job", RuntimeError("killed"))
    with pytest.raises(RuntimeError, match="killed"):
        call(two, "a", key="k")
    newer = call(two, "b")

    older = call(two, "a", key="k")

    assert [two.engine.run(it) for it in (newer, older)] == ["succeeded", "superseded"]


def test_a_late_message_is_not_older_than_what_it_deploys(two: World):
    """It was sent before the flow was uploaded that it names."""
    sent = two.clock.now
    between = call(two, "b")
    two.clock.now += timedelta(seconds=2)
    again = package("# a\n", deploy__yaml="endpoint: {name: hello}\n")
    two.flows.put("a.zip", again, two.flows.clock())

    late = accept_message(two.ports, body("a"), message_id="m", enqueued=sent)

    assert two.engine.run(late.job) == "succeeded"
    assert two.engine.run(between) == "superseded"
    assert serves(two) == "a"
