"""Turns: a worker gets an instance's waiting events, and its decisions are recorded."""

import time
import uuid
from dataclasses import dataclass

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable.actions import apply_action
from local.durable.events import TERMINAL, event, execution_started, optional, timestamp
from local.durable.store import Store

_WAKES_SUSPENDED = ("executionResumed", "executionTerminated")


@dataclass(frozen=True)
class Turn:
    """A turn handed out: its inbox rows, and the request sent to the worker."""

    instance: str
    execution: str
    rows: tuple[int, ...]
    request: pb.OrchestratorRequest


def next_turn(store: Store, instance: str) -> Turn | None:
    """Return the instance's next turn, or None if no readable event is due."""
    state = store.state(instance)
    if state is None or state.orchestrationStatus in TERMINAL:
        return None
    execution = state.executionId.value
    rows = store.db.execute(
        "select seq, event from inbox where id=? and due<=? and (execution is null or execution=?)"
        " order by due, seq",
        (instance, time.time(), execution),
    ).fetchall()
    news = [pb.HistoryEvent.FromString(blob) for _, blob in rows]
    news.sort(key=lambda item: not item.HasField("executionStarted"))
    past = store.history(instance)
    if not _may_run(state, past, news):
        return None
    request = pb.OrchestratorRequest(
        instanceId=instance,
        executionId=state.executionId,
        pastEvents=past,
        newEvents=[event(orchestratorStarted=pb.OrchestratorStartedEvent()), *news],
    )
    return Turn(instance, execution, tuple(seq for seq, _ in rows), request)


def _may_run(
    state: pb.OrchestrationState, past: list[pb.HistoryEvent], news: list[pb.HistoryEvent]
) -> bool:
    if not news:
        return False
    if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_SUSPENDED:
        return any(item.WhichOneof("eventType") in _WAKES_SUSPENDED for item in news)
    return bool(past) or news[0].HasField("executionStarted")  # not before a scheduled start


def complete_turn(store: Store, turn: Turn, response: pb.OrchestratorResponse) -> None:
    """Record a turn and carry out its decisions, inside the caller's transaction."""
    state = store.state(turn.instance)
    store.woken.add(turn.instance)
    if state is None or state.executionId.value != turn.execution:
        return  # replaced while the worker was busy
    store.db.executemany("delete from inbox where seq=?", [(row,) for row in turn.rows])
    state.lastUpdatedTimestamp.CopyFrom(timestamp())
    if response.HasField("customStatus"):
        state.customStatus.CopyFrom(response.customStatus)
    state.orchestrationStatus = _status_after(state.orchestrationStatus, turn)
    happened = list(turn.request.newEvents)
    end = None
    for action in response.actions:
        if action.HasField("completeOrchestration"):
            end = action.completeOrchestration
        else:
            happened.extend(apply_action(store, state, action))
    happened.append(event(orchestratorCompleted=pb.OrchestratorCompletedEvent()))
    if end is not None and end.orchestrationStatus == pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW:
        _continue_as_new(store, state, turn, end)
        return
    if end is not None:
        happened.append(_finish(store, state, end))
    record = pb.OrchestratorRequest(pastEvents=happened).SerializeToString()
    store.db.execute("insert into history (id, events) values (?,?)", (turn.instance, record))
    store.save(state)


def _status_after(status: pb.OrchestrationStatus, turn: Turn) -> pb.OrchestrationStatus:
    if status == pb.ORCHESTRATION_STATUS_PENDING:
        status = pb.ORCHESTRATION_STATUS_RUNNING
    for item in turn.request.newEvents:
        if item.HasField("executionSuspended"):
            status = pb.ORCHESTRATION_STATUS_SUSPENDED
        elif item.HasField("executionResumed"):
            status = pb.ORCHESTRATION_STATUS_RUNNING
    return status


def _finish(
    store: Store, state: pb.OrchestrationState, end: pb.CompleteOrchestrationAction
) -> pb.HistoryEvent:
    state.orchestrationStatus = end.orchestrationStatus
    state.completedTimestamp.CopyFrom(timestamp())
    result = optional(end, "result")
    details = end.failureDetails if end.HasField("failureDetails") else None
    if result is not None:
        state.output.CopyFrom(result)
    if details is not None:
        state.failureDetails.CopyFrom(details)
    for table in ("inbox", "task"):
        store.db.execute(f"delete from {table} where id=?", (state.instanceId,))  # noqa: S608
    _notify_parent(store, state)
    return event(
        executionCompleted=pb.ExecutionCompletedEvent(
            orchestrationStatus=end.orchestrationStatus, result=result, failureDetails=details
        )
    )


def _notify_parent(store: Store, state: pb.OrchestrationState) -> None:
    parent = _parent(store, state.instanceId)
    if parent is None:
        return
    task, to = parent.taskScheduledId, parent.orchestrationInstance
    waiting = store.state(to.instanceId)
    if (
        waiting is None
        or waiting.orchestrationStatus in TERMINAL
        or waiting.executionId.value != to.executionId.value
    ):
        return
    if state.orchestrationStatus == pb.ORCHESTRATION_STATUS_COMPLETED:
        done = pb.SubOrchestrationInstanceCompletedEvent(
            taskScheduledId=task, result=optional(state, "output")
        )
        news = event(subOrchestrationInstanceCompleted=done)
    else:
        details = state.failureDetails if state.HasField("failureDetails") else None
        failed = pb.SubOrchestrationInstanceFailedEvent(
            taskScheduledId=task,
            failureDetails=details or {"errorType": "Terminated", "errorMessage": "Terminated"},
        )
        news = event(subOrchestrationInstanceFailed=failed)
    store.post(to.instanceId, news, execution=to.executionId.value)


def _parent(store: Store, instance: str) -> pb.ParentInstanceInfo | None:
    row = store.db.execute("select parent from instance where id=?", (instance,)).fetchone()
    return pb.ParentInstanceInfo.FromString(row[0]) if row and row[0] else None


def _continue_as_new(
    store: Store,
    state: pb.OrchestrationState,
    turn: Turn,
    end: pb.CompleteOrchestrationAction,
) -> None:
    """Begin a new execution: drop timers and tasks of the old one, keep raised events."""
    for table in ("history", "task"):
        store.db.execute(f"delete from {table} where id=?", (turn.instance,))  # noqa: S608
    store.db.execute("delete from inbox where id=? and execution is not null", (turn.instance,))
    state.executionId.value = uuid.uuid4().hex
    state.orchestrationStatus = pb.ORCHESTRATION_STATUS_PENDING
    state.ClearField("input")
    if end.HasField("result"):
        state.input.CopyFrom(end.result)
    if end.HasField("newVersion"):
        state.version.CopyFrom(end.newVersion)
    begin = execution_started(state, _parent(store, turn.instance))
    for news in (begin, *end.carryoverEvents):  # before events that arrived meanwhile
        store.post(turn.instance, news, execution=state.executionId.value, due=0)
    store.save(state)
