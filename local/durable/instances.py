"""Start, restart and end orchestration instances."""

import time
import uuid

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable.events import TERMINAL, event, execution_started, optional, seconds, timestamp
from local.durable.store import Store


class AlreadyExistsError(Exception):
    """An instance with this id already exists."""


class NotFoundError(Exception):
    """There is no instance with this id."""


class FinishedError(Exception):
    """The instance has ended, or for a restart has not ended."""


def start(
    store: Store, request: pb.CreateInstanceRequest, parent: pb.ParentInstanceInfo | None = None
) -> str:
    """Start an instance and return its id; an ended one is replaced.

    Raises:
        AlreadyExistsError: it is running (the real host's default, `NonRunningStates`), or its
            status is not in the request's own reuse policy.
    """
    instance = request.instanceId or uuid.uuid4().hex
    replaceable = set(request.orchestrationIdReusePolicy.replaceableStatus) or TERMINAL
    old = store.state(instance)
    if old is not None and old.orchestrationStatus not in replaceable:
        raise AlreadyExistsError(f"An orchestration with the id '{instance}' already exists.")
    store.purge(instance)
    state = pb.OrchestrationState(
        instanceId=instance,
        name=request.name,
        version=optional(request, "version"),
        input=optional(request, "input"),
        orchestrationStatus=pb.ORCHESTRATION_STATUS_PENDING,
        createdTimestamp=timestamp(),
        lastUpdatedTimestamp=timestamp(),
        executionId=optional(request, "executionId") or {"value": uuid.uuid4().hex},
        tags=request.tags,
        parentInstanceId={"value": parent.orchestrationInstance.instanceId} if parent else None,
    )
    store.db.execute(
        "insert into instance values (?,?,?,null,?,?)",
        (
            instance,
            state.orchestrationStatus,
            time.time(),
            state.SerializeToString(),
            parent.SerializeToString() if parent else None,
        ),
    )
    later = request.HasField("scheduledStartTimestamp")
    due = seconds(request.scheduledStartTimestamp) if later else None
    begin = execution_started(state, parent)
    store.post(instance, begin, execution=state.executionId.value, due=due)
    return instance


def restart(store: Store, request: pb.RestartInstanceRequest) -> str:
    """Start an ended instance again with its own input, and return the id.

    Raises:
        NotFoundError: there is no such instance.
        FinishedError: it has not ended.
    """
    old = _require(store, request.instanceId)
    if old.orchestrationStatus not in TERMINAL:
        raise FinishedError(f"The orchestration '{old.instanceId}' has not ended.")
    again = pb.CreateInstanceRequest(
        instanceId="" if request.restartWithNewInstanceId else old.instanceId,
        name=old.name,
        version=optional(old, "version"),
        input=optional(old, "input"),
        tags=old.tags,
    )
    return start(store, again)


def post_event(store: Store, instance: str, news: pb.HistoryEvent) -> None:
    """Post an external event to a running instance.

    Raises:
        NotFoundError: there is no such instance.
        FinishedError: it has ended.
    """
    if _require(store, instance).orchestrationStatus in TERMINAL:
        raise FinishedError(f"The orchestration '{instance}' has ended.")
    store.post(instance, news)


def terminate(store: Store, request: pb.TerminateRequest) -> None:
    """Terminate a running instance and, if requested, its sub-orchestrations.

    Raises:
        NotFoundError: there is no such instance.
    """
    if _require(store, request.instanceId).orchestrationStatus not in TERMINAL:
        ending = pb.ExecutionTerminatedEvent(
            input=optional(request, "output"), recurse=request.recursive
        )
        store.post(request.instanceId, event(executionTerminated=ending))
    if not request.recursive:
        return
    for child in _children(store, request.instanceId):
        terminate(store, pb.TerminateRequest(instanceId=child, recursive=True))


def _require(store: Store, instance: str) -> pb.OrchestrationState:
    state = store.state(instance)
    if state is None:
        raise NotFoundError(f"No orchestration with the id '{instance}' was found.")
    return state


def _children(store: Store, parent: str) -> list[str]:
    rows = store.db.execute("select id, parent from instance where parent is not null").fetchall()
    info = pb.ParentInstanceInfo.FromString
    return [child for child, blob in rows if info(blob).orchestrationInstance.instanceId == parent]
