"""History events of the durabletask protocol."""

import time
from datetime import UTC, datetime
from typing import Any

from durabletask.internal import orchestrator_service_pb2 as pb
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

TERMINAL = frozenset(
    {
        pb.ORCHESTRATION_STATUS_COMPLETED,
        pb.ORCHESTRATION_STATUS_FAILED,
        pb.ORCHESTRATION_STATUS_CANCELED,
        pb.ORCHESTRATION_STATUS_TERMINATED,
    }
)


def timestamp(at: float | None = None) -> Timestamp:
    """Return a protobuf timestamp of Unix seconds, by default now."""
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromtimestamp(time.time() if at is None else at, UTC))
    return stamp


def seconds(stamp: Timestamp) -> float:
    """Return the Unix seconds of a protobuf timestamp."""
    return float(stamp.ToMicroseconds()) / 1e6


def event(event_id: int = -1, /, **kind: Any) -> pb.HistoryEvent:
    """Create a history event; the single keyword names its kind."""
    return pb.HistoryEvent(eventId=event_id, timestamp=timestamp(), **kind)


def optional(message: Any, field: str) -> StringValue | None:
    """Return the StringValue in a message's field, or None if it is absent (not just empty)."""
    return getattr(message, field) if message.HasField(field) else None


def execution_started(
    state: pb.OrchestrationState, parent: pb.ParentInstanceInfo | None = None
) -> pb.HistoryEvent:
    """Create the event that begins an execution, from the instance's state."""
    return event(
        executionStarted=pb.ExecutionStartedEvent(
            name=state.name,
            version=optional(state, "version"),
            input=optional(state, "input"),
            orchestrationInstance=pb.OrchestrationInstance(
                instanceId=state.instanceId, executionId=state.executionId
            ),
            parentInstance=parent,
            tags=state.tags,
        )
    )


def failure(kind: str, message: str) -> pb.TaskFailureDetails:
    """Create failure details, never with an empty message (it would mean success)."""
    return pb.TaskFailureDetails(errorType=kind, errorMessage=message or kind)
