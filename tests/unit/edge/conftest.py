from dataclasses import dataclass, field
from typing import Any

import pytest

from functions import answer, api, dead_letters, decisions, endpoints, metrics, preview, rollback
from tests.fakes.http import FakeHost
from tests.fakes.world import World


@dataclass
class Starts:
    """A Durable client that only records what it is asked to start or to wake."""

    jobs: list[str] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)

    def raise_orchestration_event(self, job: str, event: str) -> None:
        assert event == "decision"
        self.woken.append(job)

    def schedule_new_orchestration(self, name: str, **given: Any) -> None:
        del name
        self.jobs.append(given["instance_id"])


@pytest.fixture
def starts() -> Starts:
    return Starts()


@pytest.fixture
def host(world: World, starts: Starts, monkeypatch: pytest.MonkeyPatch) -> FakeHost:
    """The HTTP door over the world in memory."""
    for module in (
        answer,
        api,
        dead_letters,
        decisions,
        endpoints,
        metrics,
        preview,
        rollback,
    ):
        monkeypatch.setattr(module, "ports", lambda: world.ports)
    return FakeHost(starts)
