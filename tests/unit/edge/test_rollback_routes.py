"""The routes of rollback and resume."""

import json

from tests.fakes.http import FakeHost
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts


def test_a_rollback_is_accepted_and_started(world: World, host: FakeHost, starts: Starts):
    first = world.deploy()
    world.deploy(content=package("# bad\n"))

    answer = host.ask("POST", "endpoints/Hello/rollback", b'{"reason": "nonsense"}')

    assert answer.status_code == 202, answer.get_body()
    assert [json.loads(answer.get_body())["job"]] == starts.jobs
    assert world.engine.run(starts.jobs[0]) == "succeeded"
    assert world.traffic() == {first["deployment"]: 100}
    hold = json.loads(host.ask("GET", "endpoints/hello").get_body())["hold"]
    assert (hold["reason"], hold["job"]) == ("nonsense", starts.jobs[0])


def test_resume_ends_the_hold(world: World, host: FakeHost):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    host.ask("POST", "endpoints/hello/rollback")

    answer = host.ask("POST", "endpoints/hello/resume")

    assert answer.status_code == 200
    assert json.loads(host.ask("GET", "endpoints/hello").get_body())["hold"] is None


def test_a_rollback_without_a_previous_release_says_so_and_holds_nothing(
    world: World, host: FakeHost, starts: Starts
):
    world.deploy()

    answer = host.ask("POST", "endpoints/hello/rollback")

    assert answer.status_code == 400
    assert "Nothing else has served there" in json.loads(answer.get_body())["error"]
    assert starts.jobs == []
    assert world.ledger.hold("hello") is None


def test_the_same_key_with_another_reason_is_a_conflict(world: World, host: FakeHost):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    headers = {"idempotency-key": "k"}
    first = host.ask("POST", "endpoints/hello/rollback", b"", headers)
    again = host.ask("POST", "endpoints/hello/rollback", b"", headers)
    other = host.ask("POST", "endpoints/hello/rollback", b'{"reason": "else"}', headers)

    assert first.get_body() == again.get_body()
    assert other.status_code == 409
