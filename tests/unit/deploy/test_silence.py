"""While a service does not respond, callers get answers, jobs end, and threads stay free."""

import json
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import azure.functions as func
import pytest

from functions.answer import answer, as_json
from functions.engine import alive, start
from shared.adapters.deadline import Lane
from shared.domain.failure import LaneTaken, Unavailable
from shared.steps.intake.accept import Accepted
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World, make_world

SOON = 0.05


@pytest.fixture
def responding() -> Iterator[threading.Event]:
    """An event set at the test's end; services that wait for it do not respond until then."""
    event = threading.Event()
    yield event
    event.set()


class Engine:
    """A Durable client. `silent` waits for an event, `refuses` raises."""

    def __init__(
        self, *, silent: threading.Event | None = None, refuses: bool = False, status: str = ""
    ) -> None:
        self.started: list[str] = []
        self._silent, self._refuses, self._status = silent, refuses, status

    def schedule_new_orchestration(self, name: str, *, input: Any, instance_id: str) -> None:  # noqa: A002
        assert (name, input) == ("deploy", {"job": instance_id})
        self._answer()
        if self._refuses:
            raise RuntimeError("it exists")
        self.started.append(instance_id)

    def get_orchestration_state(self, job: str, *, fetch_payloads: bool) -> Any:
        assert job
        assert not fetch_payloads
        self._answer()
        status = SimpleNamespace(name=self._status)
        return SimpleNamespace(runtime_status=status) if self._status else None

    def _answer(self) -> None:
        if self._silent is not None:
            self._silent.wait(300)


def test_a_caller_is_answered_while_storage_does_not_respond(responding: threading.Event):
    def hang() -> func.HttpResponse:
        responding.wait(300)
        return as_json(200, {})

    response = answer(hang, accepts=True, seconds=SOON)
    assert not responding.is_set()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "same Idempotency-Key" in json.loads(response.get_body())["error"]


def test_a_request_is_accepted_while_the_engine_does_not_respond(
    responding: threading.Event, caplog: pytest.LogCaptureFixture
):
    start(Engine(silent=responding), Accepted("j", ended=False), seconds=SOON)
    assert not responding.is_set()
    assert "left to the sweep" in caplog.text


def test_asking_an_unresponsive_engine_for_a_job_is_unavailable(responding: threading.Event):
    with pytest.raises(Unavailable):
        alive(Engine(silent=responding), "j", seconds=SOON)


def test_a_start_refused_for_a_running_job_logs_nothing(caplog: pytest.LogCaptureFixture):
    start(Engine(refuses=True, status="RUNNING"), Accepted("j", ended=False))
    assert caplog.text == ""
    start(Engine(refuses=True, status="COMPLETED"), Accepted("j", ended=False))
    assert "left to the sweep" in caplog.text


def test_a_job_that_has_ended_is_not_started():
    engine = Engine()
    start(engine, Accepted("j", ended=True))
    start(engine, None)
    start(engine, Accepted("k", ended=False))
    assert engine.started == ["k"]


def test_a_busy_lane_is_refused_after_a_short_wait():
    lane = Lane(patience=SOON)
    with lane.taken(), pytest.raises(LaneTaken), lane.taken():
        pytest.fail("two were in the lane")
    with lane.taken():
        pass


def test_a_job_ends_while_the_bus_does_not_respond(world: World):
    """The job counts as ended for readers and for the next job of its endpoint."""
    first = world.drop()
    world.bus.fail("send_result", Unavailable("Silent", "Away."), times=1000)
    assert world.engine.run(first) == "untold"
    assert world.turns.holder("hello") is None
    (listed,) = world.ledger.jobs().jobs
    assert listed.state == "succeeded"
    assert world.ledger.open_jobs() == (first,)

    world.bus._faults.clear()
    assert FakeEngine(world.ports, world.clock).run(first) == "succeeded"
    assert [it.correlation_id for it in world.bus.results] == [first]
    assert world.ledger.open_jobs() == ()


def test_a_webhook_in_a_busy_lane_is_called_later_and_not_recorded_as_failed():
    class Busy:
        def __init__(self) -> None:
            self.told = 0

        def send(self, event: Any) -> None:
            del event
            self.told += 1
            if self.told < 3:
                raise LaneTaken("LaneTaken", "Busy.")

    webhook = Busy()
    world = make_world(webhook=webhook)
    assert world.deploy()["outcome"] == "succeeded"
    noted = world.ledger.read(world.last["job"], "webhook")
    assert noted is not None
    assert (webhook.told, noted["failure"]) == (3, None)
