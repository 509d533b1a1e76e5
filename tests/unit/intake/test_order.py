"""Requests are ordered by storage's clock, whatever the app's clock shows."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.requests.request import make_order, order_key
from shared.domain.requests.request_body import parse_asked
from shared.steps.intake.accept import Requester, accept_request
from shared.steps.intake.doors import accept_drop, accept_message
from shared.steps.intake.folders import accept_folder_change
from shared.steps.intake.sweep import accept_missed
from tests.fakes.world import CODE, FLOW, World, make_world, package

SKEWS = (timedelta(0), timedelta(minutes=5), timedelta(minutes=-5))


def skewed(skew: timedelta) -> World:
    """A world whose app has a clock of its own; storage's and the bus's is `world.clock`."""
    world = make_world()
    world.ports = replace(world.ports, now=lambda: world.clock() + skew)
    world.engine.ports = world.ports
    world.clock.now = datetime(2026, 1, 1, 1, tzinfo=UTC)
    return world


def _upload(world: World, path: str, content: bytes) -> None:
    written = world.flows.clock()
    world.flows.put(path, content, written)


def _by_blob(world: World, name: str) -> str:
    taken = accept_drop(world.ports, f"{name}.zip")
    assert taken is not None
    return taken.job


def _by_call(world: World, name: str) -> str:
    asked = parse_asked(json.dumps({"source": {"blob": f"{name}.zip"}}).encode())
    return accept_request(world.ports, asked, Requester("http")).job


def _by_message(world: World, name: str) -> str:
    body = json.dumps({"source": {"blob": f"{name}.zip"}}).encode()
    return accept_message(world.ports, body, message_id=name, enqueued=world.clock()).job


DOORS = {"blob": _by_blob, "http": _by_call, "bus": _by_message}


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("second", DOORS)
@pytest.mark.parametrize("first", DOORS)
def test_the_later_request_wins_whatever_the_apps_clock_says(
    first: str, second: str, skew: timedelta
):
    world = skewed(skew)
    jobs = []
    for number, door in enumerate((first, second)):
        text = package(f"# {number}\n", deploy__yaml="endpoint: {name: hello}\n")
        _upload(world, f"f{number}.zip", text)
        jobs.append(DOORS[door](world, f"f{number}"))
        world.clock.now += timedelta(seconds=2)

    outcomes = [world.engine.run(job) for job in reversed(jobs)]

    assert outcomes == ["succeeded", "superseded"]


@pytest.mark.parametrize("skew", SKEWS)
def test_within_a_second_the_later_arrival_wins_not_the_hash(skew: timedelta):
    for number in range(8):
        world = skewed(skew)
        _upload(world, "hello.zip", package(f"# {number}\n"))
        older = _by_blob(world, "hello")
        asked = {"source": {"blob": "hello.zip"}, "manifest": {"retain": 1}}
        parsed = parse_asked(json.dumps(asked).encode())
        newer = accept_request(world.ports, parsed, Requester("http")).job
        requests = {it.job: it.order for it in world.ledger.requests}

        assert requests[older].partition("/")[0] == requests[newer].partition("/")[0]
        assert order_key(requests[older]) < order_key(requests[newer])


@pytest.mark.parametrize("skew", SKEWS)
def test_within_a_second_the_clocks_of_two_hosts_do_not_count(skew: timedelta):
    world = skewed(skew)
    other = replace(world.ports, now=lambda: world.clock() - skew)
    _upload(world, "hello.zip", package())
    orders = []
    for number, ports in enumerate((world.ports, other, world.ports, other)):
        asked = {"source": {"blob": "hello.zip"}, "manifest": {"retain": number}}
        accept_request(ports, parse_asked(json.dumps(asked).encode()), Requester("http"))
        orders.append(order_key(world.ledger.requests[-1].order))

    assert orders == sorted(orders)
    assert len({it.partition("-")[0] for it in orders}) == 1


def test_messages_of_one_second_keep_the_order_in_which_they_were_sent(world: World):
    _upload(world, "hello.zip", package())
    moments = [world.clock.now + timedelta(milliseconds=it) for it in (100, 200)]
    for number in (1, 0):
        body = {"source": {"blob": "hello.zip"}, "manifest": {"retain": number}}
        text = json.dumps(body).encode()
        accept_message(world.ports, text, message_id=str(number), enqueued=moments[number])

    later, earlier = (order_key(it.order) for it in world.ledger.requests)
    assert earlier < later


def test_order_keys_of_older_versions_sort_among_the_new_ones():
    oldest = "2026-01-01T00:00:05.000000Z/2026-01-01T00:00:05.300000Z"
    message = make_order("2026-01-01T00:00:05.400000Z")
    calls = [make_order("2026-01-01T00:00:05+00:00", "2026-01-01T00:00:05Z", it) for it in (9, 10)]
    blob = make_order("2026-01-01T00:00:05Z", "2026-01-01T01:00:00Z", 11)
    old = "2026-01-01T00:00:05.250000Z"
    newer = make_order("2026-01-01T00:00:06.900000Z")
    expected = [oldest, message, *calls, blob, old, newer]
    shuffled = [expected[it] for it in (3, 6, 0, 5, 2, 4, 1)]
    assert sorted(shuffled, key=order_key) == expected


@pytest.mark.parametrize("skew", SKEWS)
def test_the_sweeps_grace_period_uses_storages_clock(skew: timedelta):
    world = skewed(skew)
    _upload(world, "hello.zip", package())
    world.clock.now += timedelta(minutes=1)
    assert accept_missed(world.ports) == ()
    world.clock.now += timedelta(minutes=2)
    assert len(accept_missed(world.ports)) == 1


@pytest.fixture
def folder(make: Callable[..., World]) -> World:
    """A folder with one file too many, deployed."""
    world = make()
    world.clock.now = datetime(2026, 1, 1, 1, tzinfo=UTC)
    _upload(world, "hello/flow.dag.yaml", FLOW.encode())
    _upload(world, "hello/say.py", CODE.encode())
    _take(world)
    world.clock.now += timedelta(minutes=10)
    _upload(world, "hello/more.py", b"MORE = 1\n")
    _take(world)
    world.clock.now += timedelta(minutes=10)
    return world


def _take(world: World) -> None:
    taken = accept_folder_change(world.ports, "hello/say.py", world.flows.clock())
    assert taken is not None
    assert world.engine.run(taken.job) == "succeeded"


def test_a_file_deleted_from_a_folder_is_a_change(folder: World):
    """Even if the folder had exactly the same files before."""
    served = folder.last["digest"]
    folder.flows.delete("hello/more.py")

    (job,) = accept_missed(folder.ports)

    assert folder.engine.run(job) == "succeeded"
    assert folder.last["digest"] != served
    assert accept_missed(folder.ports) == ()


def test_each_deletion_is_a_separate_change(folder: World):
    _upload(folder, "hello/last.py", b"LAST = 1\n")
    folder.flows.delete("hello/more.py")
    _take(folder)
    digests = [folder.last["digest"]]
    for _ in range(2):
        folder.clock.now += timedelta(minutes=10)
        _upload(folder, "hello/more.py", b"MORE = 1\n")
        _take(folder)
        folder.flows.delete("hello/more.py")
        folder.clock.now += timedelta(minutes=10)
        (job,) = accept_missed(folder.ports)
        assert folder.engine.run(job) == "succeeded"
        digests.append(folder.last["digest"])
    assert len(set(digests)) == 1


def test_the_sweep_starts_nothing_for_an_unchanged_folder(folder: World):
    for _ in range(3):
        assert accept_missed(folder.ports) == ()
        folder.clock.now += timedelta(minutes=5)


def test_a_sweep_does_not_read_known_blobs_again(folder: World):
    for number in range(20):
        _upload(folder, f"f{number}.zip", package(f"# {number}\n"))
    folder.clock.now += timedelta(minutes=10)
    accept_missed(folder.ports)
    folder.ledger.calls.clear()

    assert accept_missed(folder.ports) == ()
    assert folder.ledger.calls == ["known_folders", "last_sweep"]
