"""Which calls a job makes to ARM: by the real adapters, held by the table in the docs."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.azure_ml import AzureMlAssets
from shared.adapters.datastore import Credential, Datastore
from shared.adapters.kept_workspace import KeptWorkspace
from shared.adapters.roles import ArmRoles
from shared.adapters.uploads import Upload
from shared.ports import Answer
from tests.fakes.arm import WORKSPACE, FakeArm, Person
from tests.fakes.engine import Crash, FakeEngine
from tests.fakes.world import World, package

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "calls-of-a-job.md"
PLAIN = "retain: 9\n"
SECRETS = "access: {connection_secrets: true}\n"


class Answering:
    """An endpoint that answers every sample."""

    def score(self, *_: object, **__: object) -> Answer:
        return Answer(200, {"answer": "fine"}, 0.1)

    def swagger(self, *_: object, **__: object) -> Answer:
        return Answer(404, "", 0.1)


@dataclass
class Counted:
    """Jobs over the real adapters, and what they ask of ARM."""

    world: World
    arm: FakeArm

    def deploy(self, more: str, manifest: str = PLAIN) -> list[str]:
        """Deploy a version; return the calls of its job, in order."""
        before = len(self.arm.calls)
        self.run(self.drop(more, manifest))
        assert self.world.last["outcome"] == "succeeded", self.world.last
        return self.arm.calls[before:]

    def drop(self, more: str, manifest: str = PLAIN) -> str:
        return self.world.drop(content=package(more, deploy__yaml=manifest))

    def run(self, job: str, before: Callable[[str, Any], None] | None = None) -> None:
        FakeEngine(self.world.ports, self.world.clock, before).run(job)

    def restart(self) -> None:
        """Start the process again: it remembers nothing."""
        client = self.arm.client()
        self.world.ports = replace(
            self.world.ports,
            workspace=KeptWorkspace(client, WORKSPACE),
            assets=AzureMlAssets(client, Person(), WORKSPACE),
            roles=ArmRoles(client),
            scoring=Answering(),
            seen=type(self.world.ports.seen)(),
            workspace_id=WORKSPACE,
        )


@pytest.fixture
def counted(world: World, monkeypatch: pytest.MonkeyPatch) -> Counted:
    def uploaded(self: Upload, store: Datastore, credentials: Iterator[Credential]) -> None:
        del self, store
        next(credentials)

    monkeypatch.setattr(Upload, "run", uploaded)
    made = Counted(world, FakeArm())
    made.restart()
    return made


def table() -> Mapping[str, tuple[int, int, int]]:
    """By call: how often the first job of a process, a first and a further release make it."""
    rows = re.findall(
        r"^\| `([A-Z]+ [a-z ]+)` \| (\d+) \| (\d+) \| (\d+) \|", PAGE.read_text(), re.MULTILINE
    )
    return {call: (int(cold), int(first), int(more)) for call, cold, first, more in rows}


def told(column: int) -> Counter[str]:
    return +Counter({call: counts[column] for call, counts in table().items()})


def reads(calls: Counter[str]) -> int:
    return sum(count for call, count in calls.items() if not call.startswith("PUT"))


def test_a_job_makes_the_calls_that_the_table_tells(counted: Counted):
    assert Counter(counted.deploy("# one\n")) == told(0)
    counted.deploy("# two\n")
    assert Counter(counted.deploy("# three\n")) == told(2)
    other = counted.world.drop("other", package("# one\n", deploy__yaml=PLAIN))
    before = len(counted.arm.calls)
    counted.run(other)
    assert Counter(counted.arm.calls[before:]) == told(1)
    assert [reads(told(it)) for it in range(3)] == [13, 10, 8]


def test_a_role_costs_one_write_and_one_look_whether_it_is_shown(counted: Counted):
    plain, granted = Counter(counted.deploy("# one\n")), FakeArm()
    counted.arm = granted
    counted.restart()
    job = counted.world.drop("roles", package("# one\n", deploy__yaml=SECRETS))
    counted.run(job)
    assert Counter(granted.calls) - plain == Counter(
        {"PUT role assignments": 1, "GET role assignments": 1}
    )


def test_a_step_that_runs_again_looks_before_it_writes(counted: Counted):
    """The app dies right after each write; its next process finds out what is there."""
    whole = [it for it in counted.deploy("# one\n") if it.startswith("PUT")]
    for number in range(len(whole)):
        there, name = FakeArm(), f"again{number}"
        counted.arm = there
        counted.restart()
        job = counted.world.drop(name, package("# one\n", deploy__yaml=PLAIN))
        _killed_after(counted, job, number)
        there.settle()
        counted.restart()
        counted.run(job)
        assert counted.world.last["outcome"] == "succeeded", counted.world.last["diagnosis"]
        written = [it for it in there.calls if it.startswith("PUT")]
        # Traffic that seems to be set is written again: what is shown may be an older state.
        assert written in (whole, [*whole, "PUT endpoint"]), number


def _killed_after(counted: Counted, job: str, number: int) -> None:
    """Run the job until the app dies, right after that write (from 0)."""
    writes = itertools.count()

    def die(call: str) -> None:
        if call.startswith("PUT") and next(writes) == number:
            raise Crash

    counted.arm.done = die
    with pytest.raises(Crash):
        counted.run(job)
    counted.arm.done = lambda call: None
