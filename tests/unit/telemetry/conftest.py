from dataclasses import dataclass, field

import pytest

from shared.adapters.telemetry.recorder import Recorder
from shared.domain.jobs.trace import Span, Value
from tests.fakes.world import World, make_world


@dataclass
class Kept:
    """A sink that keeps what it gets."""

    told: list[tuple[str, Span]] = field(default_factory=list)
    measured: list[tuple[str, float, dict[str, Value]]] = field(default_factory=list)

    def spans(self, job: str, spans: list[Span]) -> None:
        self.told += [(job, it) for it in spans]

    def measure(self, name: str, value: float, **attributes: Value) -> None:
        self.measured.append((name, value, attributes))

    def of(self, job: str) -> list[Span]:
        return [span for name, span in self.told if name == job]

    def metric(self, name: str) -> list[tuple[float, dict[str, Value]]]:
        return [(value, named) for it, value, named in self.measured if it == name]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def told(kept: Kept) -> World:
    """A world in memory whose jobs are told to `kept`."""
    return make_world(telemetry=Recorder(kept))
