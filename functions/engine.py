"""Starting and seeing the engine: Durable runs jobs, and is not their record."""

from typing import Any

from shared.steps.accept import Accepted

_ALIVE = frozenset({"PENDING", "RUNNING", "SUSPENDED"})


def start(client: Any, accepted: Accepted | None) -> None:
    """Start the job's orchestration, unless the job has ended or it runs already."""
    if accepted is None or accepted.ended:
        return
    try:
        client.schedule_new_orchestration(
            "deploy", input={"job": accepted.job}, instance_id=accepted.job
        )
    except Exception:
        # Whatever the engine calls it, 'already there' is what was wanted.
        if not alive(client, accepted.job):
            raise


def alive(client: Any, job: str) -> bool:
    """Whether the job's orchestration is there and has not ended."""
    state = client.get_orchestration_state(job, fetch_payloads=False)
    return state is not None and state.runtime_status.name in _ALIVE
