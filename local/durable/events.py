"""History events of the durabletask protocol, made by the backend."""

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
    """A protobuf timestamp of Unix seconds; now if none are given."""
    stamp = Timestamp()
    stamp.FromDatetime(datetime.fromtimestamp(time.time() if at is None else at, UTC))
    return stamp


def seconds(stamp: Timestamp) -> float:
    """Unix seconds of a protobuf timestamp."""
    return float(stamp.ToMicroseconds()) / 1e6


def event(event_id: int = -1, /, **kind: Any) -> pb.HistoryEvent:
    """One history event of the kind named by the only keyword."""
    return pb.HistoryEvent(eventId=event_id, timestamp=timestamp(), **kind)


def optional(message: Any, field: str) -> StringValue | None:
    """The StringValue in a message's field, or None where it is absent (absent is not empty)."""
    return getattr(message, field) if message.HasField(field) else None


def execution_started(
    state: pb.OrchestrationState, parent: pb.ParentInstanceInfo | None = None
) -> pb.HistoryEvent:
    """The event that begins an execution, from the instance's state."""
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
    """Failure details; the message is never empty (an empty one would read as success)."""
    return pb.TaskFailureDetails(errorType=kind, errorMessage=message or kind)
