"""The phase of a job, as shown to people."""

import re
from collections.abc import Callable
from typing import Any, get_args

from shared.domain.access.caller import NOBODY
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.phase import _PHASES, phase_of
from shared.domain.planning.step import StepKind
from shared.ports import Answer
from shared.steps.rollback.rollback import roll_back
from shared.steps.views.jobs import describe_job
from tests.fakes.roles import FakeRoles
from tests.fakes.world import World, package


def _phases(world: World, **given: Any) -> list[dict[str, str]]:
    """Return the phase shown before each activity."""
    seen: list[dict[str, str]] = []
    job = world.drop(**given)

    def look(name: str, call: Any) -> None:
        shown = describe_job(world.ports, job)
        assert shown is not None
        if shown["phase"] not in seen[-1:]:
            seen.append(shown["phase"])

    world.engine.before = look
    world.engine.run(job)
    return seen


def test_the_phase_shows_the_step_and_its_usual_duration(world: World):
    seen = _phases(world)

    assert seen[0]["text"].startswith("Accepted")
    assert seen[-1]["text"] == "Publishing the result"
    deploying = next(it for it in seen if "builds the image" in it["text"])
    assert "5 to 15 minutes" in deploying["usual"]


def test_a_job_that_has_ended_has_no_phase(world: World):
    result = world.deploy()

    shown = describe_job(world.ports, result["job"])

    assert shown is not None
    assert shown["phase"] is None


def test_a_phase_that_waits_for_a_person_says_why(make: Callable[..., World]):
    world = make(roles=FakeRoles(allowed=False))

    told = [it for it in _phases(world) if "az role assignment create" in it["note"]]
    assert told
    for it in told:
        assert it["usual"] == ""
        assert re.search(r"\nDeadline: \d{4}-\d\d-\d\d \d\d:\d\d UTC$", it["note"])


def test_undo_steps_have_their_own_phase_text(world: World):
    world.workspace.fail_deployment("ResourceNotReady")

    assert any(it["text"].startswith("Rolling back: ") for it in _phases(world))


def test_no_phase_of_a_rollback_speaks_of_a_new_deployment(world: World):
    world.deploy()
    world.deploy(content=package("# bad\n"))
    name = EndpointName("hello")
    back = roll_back(world.ports, name, key="k", reason="", caller=NOBODY).accepted.job
    seen: list[str] = []

    def answer(deployment: str) -> Answer:
        del deployment
        seen.append((describe_job(world.ports, back) or {})["phase"]["text"])
        return Answer(200, {"answer": "yes"}, 0.01)

    world.scoring.live = answer
    assert world.engine.run(back) == "succeeded"

    assert seen[0].startswith("Testing")
    assert not any("new" in it for it in seen)


def test_every_step_has_a_phase_text():
    assert set(get_args(StepKind)) <= set(_PHASES)


def test_a_step_without_a_phase_text_shows_its_title():
    row = {"key": "step-0", "kind": "new", "title": "New", "state": "running", "note": "n"}

    assert phase_of([row]) == {"text": "New", "usual": "", "note": "n"}
