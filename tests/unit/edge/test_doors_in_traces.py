"""What the doors tell of a request: it is the first work in the job's trace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from functions import intake
from functions.engine import take
from shared.adapters.telemetry.recorder import Recorder
from shared.domain.jobs.trace import Span, Value, span_id
from shared.steps.intake.accept import Accepted
from tests.fakes.world import World, make_world, package
from tests.unit.edge.conftest import Starts


@dataclass
class _Kept:
    told: list[tuple[str, Span]] = field(default_factory=list)

    def spans(self, job: str, spans: list[Span]) -> None:
        self.told += [(job, it) for it in spans]

    def measure(self, name: str, value: float, **attributes: Value) -> None:
        """Nothing."""


def test_a_dropped_blob_begins_the_trace_of_its_job(
    starts: Starts, monkeypatch: pytest.MonkeyPatch
):
    kept = _Kept()
    world: World = make_world(telemetry=Recorder(kept))
    monkeypatch.setattr(intake, "ports", lambda: world.ports)
    world.flows.put("hello.zip", package())

    intake.on_drop(SimpleNamespace(path="hello.zip"), starts)  # type: ignore[arg-type]

    (job,) = starts.jobs
    assert [(name, it.name, it.parent) for name, it in kept.told] == [
        (job, "accept at the blob door", span_id(job))
    ]


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        (Accepted("j", ended=False), ["accept at the HTTP door"]),
        (Accepted("j", ended=True), []),
        (None, []),
    ],
    ids=["new", "ended", "none"],
)
def test_only_a_job_that_runs_is_told(starts: Starts, accepted: Accepted | None, told: list[str]):
    kept = _Kept()
    accept: Callable[[], Accepted | None] = lambda: accepted  # noqa: E731
    assert take(starts, Recorder(kept), "HTTP", accept) is accepted
    assert [it.name for _, it in kept.told] == told
