"""Actions of an orchestrator other than ending: their effects and their history events."""

from collections.abc import Callable

from durabletask.internal import orchestrator_service_pb2 as pb

from local.durable import instances, tasks
from local.durable.events import TERMINAL, event, failure, optional, seconds
from local.durable.store import Store, TaskKey

type _Effect = Callable[
    [Store, pb.OrchestrationState, pb.OrchestratorAction], list[pb.HistoryEvent]
]


def apply_action(
    store: Store, state: pb.OrchestrationState, action: pb.OrchestratorAction
) -> list[pb.HistoryEvent]:
    """Carry out one action, and return the events that record it.

    Raises:
        NotImplementedError: entities and rewinding are not supported.
    """
    kind = action.WhichOneof("orchestratorActionType")
    effect = _EFFECTS.get(kind)
    if effect is None:
        raise NotImplementedError(f"the local Durable backend does not support the action '{kind}'")
    return effect(store, state, action)


def _schedule_task(
    store: Store, state: pb.OrchestrationState, action: pb.OrchestratorAction
) -> list[pb.HistoryEvent]:
    task = action.scheduleTask
    execution = state.executionId.value
    request = pb.ActivityRequest(
        name=task.name,
        version=optional(task, "version"),
        input=optional(task, "input"),
        orchestrationInstance=pb.OrchestrationInstance(
            instanceId=state.instanceId, executionId=state.executionId
        ),
        taskId=action.id,
        tags=task.tags,
    )
    tasks.schedule(store, TaskKey(state.instanceId, execution, action.id), request)
    scheduled = pb.TaskScheduledEvent(
        name=task.name, version=optional(task, "version"), input=optional(task, "input")
    )
    return [event(action.id, taskScheduled=scheduled)]


def _create_timer(
    store: Store, state: pb.OrchestrationState, action: pb.OrchestratorAction
) -> list[pb.HistoryEvent]:
    fire_at = action.createTimer.fireAt
    fired = event(timerFired=pb.TimerFiredEvent(fireAt=fire_at, timerId=action.id))
    execution = state.executionId.value
    store.post(state.instanceId, fired, execution=execution, due=seconds(fire_at))
    return [event(action.id, timerCreated=pb.TimerCreatedEvent(fireAt=fire_at))]


def _start_child(
    store: Store, state: pb.OrchestrationState, action: pb.OrchestratorAction
) -> list[pb.HistoryEvent]:
    child = action.createSubOrchestration
    request = pb.CreateInstanceRequest(
        instanceId=child.instanceId,
        name=child.name,
        version=optional(child, "version"),
        input=optional(child, "input"),
        tags=child.tags,
    )
    parent = pb.ParentInstanceInfo(
        taskScheduledId=action.id,
        name={"value": state.name},
        orchestrationInstance=pb.OrchestrationInstance(
            instanceId=state.instanceId, executionId=state.executionId
        ),
    )
    try:
        instances.start(store, request, parent)
    except instances.AlreadyExistsError as error:
        failed = pb.SubOrchestrationInstanceFailedEvent(
            taskScheduledId=action.id, failureDetails=failure("AlreadyExists", str(error))
        )
        news = event(subOrchestrationInstanceFailed=failed)
        store.post(state.instanceId, news, execution=state.executionId.value)
    created = pb.SubOrchestrationInstanceCreatedEvent(
        instanceId=child.instanceId,
        name=child.name,
        version=optional(child, "version"),
        input=optional(child, "input"),
    )
    return [event(action.id, subOrchestrationInstanceCreated=created)]


def _send_event(
    store: Store, state: pb.OrchestrationState, action: pb.OrchestratorAction
) -> list[pb.HistoryEvent]:
    sent = action.sendEvent
    del state
    target = sent.instance.instanceId
    known = store.state(target)
    if known is not None and known.orchestrationStatus not in TERMINAL:
        raised = pb.EventRaisedEvent(name=sent.name, input=optional(sent, "data"))
        store.post(target, event(eventRaised=raised))
    record = pb.EventSentEvent(instanceId=target, name=sent.name, input=optional(sent, "data"))
    return [event(action.id, eventSent=record)]


_EFFECTS: dict[str | None, _Effect] = {
    "scheduleTask": _schedule_task,
    "createTimer": _create_timer,
    "createSubOrchestration": _start_child,
    "sendEvent": _send_event,
}
