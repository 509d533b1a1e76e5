"""Timers of the Durable backend fire whatever else happens at that moment."""

import asyncio
import time
from contextlib import closing
from pathlib import Path

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable import instances
from local.durable.backend import Backend
from local.durable.events import timestamp
from local.durable.store import Store
from local.durable.work import Stream


def begin(backend: Backend, instance: str) -> None:
    with backend.change() as store:
        instances.start(store, pb.CreateInstanceRequest(instanceId=instance, name="flow"))


def answer(item: pb.WorkItem, *actions: pb.OrchestratorAction) -> pb.OrchestratorResponse:
    instance = item.orchestratorRequest.instanceId
    token = item.completionToken
    return pb.OrchestratorResponse(instanceId=instance, actions=actions, completionToken=token)


def test_a_new_timer_set_while_another_is_due_is_not_lost(tmp_path: Path) -> None:
    async def scenario() -> str:
        backend = Backend(store)
        backend.recover()
        stream = Stream({"turn": 10, "task": 10})
        backend.open(stream)
        begin(backend, "sleeper")
        item = backend.next_item(stream)
        assert item is not None
        due = time.time() + 1
        timer = pb.CreateTimerAction(fireAt=timestamp(due))
        backend.complete_turn(answer(item, pb.OrchestratorAction(id=1, createTimer=timer)))
        assert backend.next_item(stream) is None
        # The loop is busy: the timer is due but has not fired.
        time.sleep(max(due - time.time(), 0) + 0.01)  # noqa: ASYNC251
        begin(backend, "other")
        other = backend.next_item(stream)
        assert other is not None
        assert other.orchestratorRequest.instanceId == "other"
        await asyncio.sleep(0.05)
        woken = backend.next_item(stream)
        assert woken is not None, "the timer was lost"
        return str(woken.orchestratorRequest.newEvents[1].WhichOneof("eventType"))

    store = Store(tmp_path / "hub.db")
    with closing(store.db):
        assert asyncio.run(scenario()) == "timerFired"
