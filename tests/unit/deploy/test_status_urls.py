"""Without answers from status URLs a job follows the state of the resource itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.failure import Unavailable
from shared.steps.views.jobs import describe_job
from tests.fakes.operations import SIGNATURE
from tests.fakes.world import World
from tests.unit.remove.test_removal import remove

ONCE = ["put_endpoint", "put_deployment", "set_traffic"]
ONCE_BY_KIND = ["ensure_endpoint", "ensure_deployment", "set_traffic"]


@pytest.fixture
def slow(make: Callable[..., World]) -> World:
    """A world whose operations take several polls."""
    return make(workspace={"polls": 4})


def _written(world: World) -> list[str]:
    return [it[0] for it in world.workspace.writes]


def test_a_job_succeeds_without_any_answer_from_status_urls(slow: World):
    slow.workspace.operations.mute = True
    assert slow.deploy()["outcome"] == "succeeded"
    assert _written(slow) == ONCE


def test_a_failure_is_read_from_the_deployment_itself(slow: World):
    slow.workspace.operations.mute = True
    log = "ModuleNotFoundError: No module named 'numpy'"
    slow.workspace.fail_deployment("ResourceNotReady", log=log)
    result = slow.deploy()
    assert result["outcome"] == "failed"
    assert "numpy" in json.dumps(result["diagnosis"])
    assert slow.workspace.deployments("hello") == ()


def test_a_removal_ends_without_any_answer_from_status_urls(slow: World):
    assert slow.deploy()["outcome"] == "succeeded"
    slow.workspace.operations.mute = True
    assert remove(slow)["outcome"] == "succeeded"
    assert slow.workspace.endpoint("hello") is None
    assert _written(slow) == [*ONCE, "delete_endpoint"]


def test_an_outage_late_in_a_long_operation_ends_no_job(make: Callable[..., World]):
    world = make(workspace={"polls": 60})

    def break_once(name: str, given: Any) -> None:
        if name == "poll" and given["kind"] == "ensure_deployment" and given["tries"] == 50:
            world.workspace.fail("operation", Unavailable("ServiceUnavailable", "Busy."))

    world.engine.before = break_once
    assert world.deploy()["outcome"] == "succeeded"
    assert sum(world.engine.waits) > 600


def test_the_signature_of_a_status_url_is_never_shown(slow: World):
    seen = ""
    job = slow.drop()

    def look(name: str, given: Any) -> None:
        nonlocal seen
        shown = json.dumps(describe_job(slow.ports, job), default=str)
        assert SIGNATURE not in shown
        seen += json.dumps(given)

    slow.engine.before = look
    slow.engine.run(job)
    assert SIGNATURE in seen, "it was used"
    assert SIGNATURE not in json.dumps(slow.last)
    assert SIGNATURE not in json.dumps(describe_job(slow.ports, job), default=str)


def _runs(world: World, kind: str) -> int:
    return sum(name == "step" and given["kind"] == kind for name, given in world.engine.calls)


@pytest.mark.parametrize("kind", ONCE_BY_KIND)
def test_a_step_whose_operation_told_its_success_is_not_called_again(slow: World, kind: str):
    assert slow.deploy()["outcome"] == "succeeded"
    assert _runs(slow, kind) == 1


@pytest.mark.parametrize("kind", ONCE_BY_KIND)
def test_a_step_whose_operation_told_nothing_looks_itself(slow: World, kind: str):
    slow.workspace.operations.mute = True
    assert slow.deploy()["outcome"] == "succeeded"
    assert _runs(slow, kind) > 1
