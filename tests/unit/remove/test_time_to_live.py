"""Time to live: unused endpoints are removed, but not if their use is unknown."""

from datetime import timedelta

import pytest

from shared.domain.failure import Unavailable
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.requests.hold import Hold
from shared.steps.remove.time_to_live import expired
from tests.fakes.metrics import FakeMetrics
from tests.fakes.world import World, make_world, package

HOUR = 3600


@pytest.fixture
def metrics() -> FakeMetrics:
    return FakeMetrics()


@pytest.fixture
def unused(metrics: FakeMetrics) -> World:
    """An endpoint with a day to live, released two days ago."""
    world = make_world(metrics=metrics)
    world.deploy(content=package(deploy__yaml="ttl: P1D\n"))
    world.clock.now += timedelta(days=2)
    return world


def _set_requests(world: World, metrics: FakeMetrics, requests: float) -> None:
    endpoint = world.workspace.endpoint("hello")
    assert endpoint is not None
    metrics.had[endpoint.id] = requests


def test_an_endpoint_unused_for_its_time_to_live_is_removed(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)

    (job,) = expired(unused.ports)

    assert unused.engine.run(job) == "succeeded"
    assert unused.workspace.endpoint("hello") is None
    request = unused.ledger.request(job)
    assert request is not None
    assert request.door == "sweep"
    assert unused.last["source"] == "delete hello"


def test_an_endpoint_in_use_stays(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 1)

    assert expired(unused.ports) == ()


def test_a_held_endpoint_stays_until_it_is_resumed(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    unused.ledger.set_hold("hello", Hold(at="2026-01-01T00:00:00Z"), over=None)
    assert expired(unused.ports) == ()

    unused.ledger.clear_hold("hello")
    unused.clock.now += timedelta(hours=1)  # the sweep looks once an hour

    assert len(expired(unused.ports)) == 1


def test_without_figures_nothing_is_removed(unused: World):
    assert expired(unused.ports) == ()


def test_if_the_metrics_do_not_respond_nothing_is_removed(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    metrics.fail("count_requests", Unavailable("Unreachable", "no answer"))

    assert expired(unused.ports) == ()


def test_a_new_release_restarts_the_time_to_live(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    unused.deploy(content=package("# new\n", deploy__yaml="ttl: P1D\n"))
    unused.clock.now += timedelta(hours=23)

    assert expired(unused.ports) == ()


def test_the_last_releases_time_to_live_counts_and_none_means_forever(
    unused: World, metrics: FakeMetrics
):
    _set_requests(unused, metrics, 0)
    unused.deploy(content=package("# new\n"))
    unused.clock.now += timedelta(days=300)

    assert expired(unused.ports) == ()


def test_an_endpoint_that_a_job_is_changing_is_left_alone(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    job = unused.drop(content=package("# new\n"))
    request = unused.ledger.request(job)
    assert request is not None
    unused.ledger.queue_job("hello", job, stamp_later(unused))

    assert expired(unused.ports) == ()


def stamp_later(world: World) -> str:
    return (world.clock.now + timedelta(days=1)).isoformat()


def test_an_endpoint_that_sluice_only_uses_is_left_alone(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    there = unused.workspace.there.endpoints
    there["hello"] = type(there["hello"])(**{**vars(there["hello"]), "tags": {}})

    assert expired(unused.ports) == ()


def test_unused_endpoints_are_looked_for_once_an_hour(unused: World, metrics: FakeMetrics):
    assert expired(unused.ports) == ()
    _set_requests(unused, metrics, 0)
    assert expired(unused.ports) == ()

    unused.clock.now += timedelta(hours=1)

    assert len(expired(unused.ports)) == 1


def test_a_look_at_nothing_that_is_due_asks_azure_nothing(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 1)
    assert expired(unused.ports) == ()
    unused.workspace.calls.clear()
    unused.ledger.calls.clear()

    assert expired(unused.ports) == ()

    assert unused.workspace.calls == []
    assert unused.ledger.calls == ["due"]


def test_an_endpoint_of_an_older_sluice_is_removed_too(unused: World, metrics: FakeMetrics):
    _set_requests(unused, metrics, 0)
    assert unused.ledger.due() is None  # no sweep has run since it was released
    unused.ledger.forget_due()

    assert len(expired(unused.ports)) == 1


def test_an_endpoint_that_azure_misses_once_is_looked_for_again(
    unused: World, metrics: FakeMetrics
):
    _set_requests(unused, metrics, 0)
    there = unused.workspace.there.endpoints.pop("hello")
    assert expired(unused.ports) == ()
    unused.workspace.there.endpoints["hello"] = there
    unused.clock.now += timedelta(days=1)

    assert len(expired(unused.ports)) == 1


def test_an_endpoint_that_is_gone_is_looked_for_a_month_at_most(unused: World):
    del unused.workspace.there.endpoints["hello"]
    for _ in range(40):
        expired(unused.ports)
        unused.clock.now += timedelta(days=1)

    assert unused.ledger.due() == ()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("P7D", 7 * 24 * HOUR),
        ("PT36H", 36 * HOUR),
        ("P1DT12H", 36 * HOUR),
        ("P2W", 14 * 24 * HOUR),
        ("pt90m", 1.5 * HOUR),
        (48, 48 * HOUR),
        (1.5, 1.5 * HOUR),
    ],
)
def test_a_time_to_live_is_a_duration_or_hours(said: str | float, seconds: float):
    assert ttl_seconds(said) == seconds


@pytest.mark.parametrize("said", ["", "P", "PT", "7 days", "P1M", "PT5M", "P31D", 0, -1, 10_000])
def test_any_other_time_to_live_is_refused(said: str | float):
    with pytest.raises(ValueError, match="hour"):
        ttl_seconds(said)


def test_a_wrong_time_to_live_is_a_finding_with_its_line(world: World):
    result = world.deploy(content=package(deploy__yaml="retain: 1\nttl: soon\n"))

    assert result["outcome"] == "rejected"
    (finding,) = result["findings"]
    assert (finding["file"], finding["line"]) == ("deploy.yaml", 2)
    assert "P7D" in finding["cause"]


@pytest.fixture
def world() -> World:
    return make_world()
