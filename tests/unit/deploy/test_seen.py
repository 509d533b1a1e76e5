"""What a plan saw is handed to the first run of each step, and to no other run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.azure.endpoint import Identity
from shared.domain.jobs.step_call import StepCall
from shared.domain.planning.step import Observed
from shared.ports.seen import HANDED_FOR, Seen
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.inventory import FACTS
from tests.fakes.world import World

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = StepCall("job", "hello", "ensure_deployment", "step-3", fence=7)
SAW = Observed(FACTS, None, (), Identity())


@pytest.fixture
def seen() -> Seen:
    made = Seen()
    made.keep("job", 7, SAW, NOW)
    return made


def test_each_step_is_handed_it_once(seen: Seen):
    assert seen.take(FIRST, NOW) is SAW
    assert seen.take(FIRST, NOW) is None
    assert seen.take(replace(FIRST, key="step-4"), NOW) is SAW


@pytest.mark.parametrize(
    "call",
    [
        replace(FIRST, tries=2),
        replace(FIRST, attempt=2),
        replace(FIRST, key="undo-3"),
        replace(FIRST, fence=8),
        replace(FIRST, job="other"),
    ],
)
def test_a_repeat_an_undo_another_turn_and_another_job_must_look(seen: Seen, call: StepCall):
    assert seen.take(call, NOW) is None


def test_it_is_handed_only_while_the_engine_gives_the_step_to_nobody_else(seen: Seen):
    assert seen.take(FIRST, NOW + HANDED_FOR) is None
    assert timedelta(minutes=5) > HANDED_FOR


def test_a_job_that_starts_again_must_look(seen: Seen):
    seen.forget("job")
    assert seen.take(FIRST, NOW) is None


def test_what_is_too_old_does_not_stay_in_memory(seen: Seen):
    seen.keep("other", 1, SAW, NOW + HANDED_FOR)
    assert "job" not in seen._handed


def test_a_job_whose_plan_is_there_takes_nothing_from_memory(world: World):
    job = world.drop()

    def die(name: str, given: object) -> None:
        del given
        if name == "step" and world.ledger.read(job, "plan") is not None:
            raise Crash

    with pytest.raises(Crash):
        FakeEngine(world.ports, world.clock, die).run(job)
    before = len(world.workspace.calls)
    FakeEngine(world.ports, world.clock).run(job)
    made = world.workspace.calls[before:]
    assert made[: made.index("put_endpoint")].count("endpoint") == 1
    assert "has_model" in made
    assert world.last["outcome"] == "succeeded"
