"""Starting and seeing the engine: Durable runs jobs, and is not their record."""

import logging
from typing import Any

from shared.adapters.deadline import within
from shared.domain.failure import Unavailable
from shared.steps.intake.accept import Accepted

_log = logging.getLogger(__name__)

_ALIVE = frozenset({"PENDING", "RUNNING", "SUSPENDED"})
# The engine's client waits for ever for one that is silent. Half of what a caller is given.
_SECONDS = 4.0


def start(client: Any, accepted: Accepted | None, *, seconds: float = _SECONDS) -> None:
    """Start the job's orchestration, unless the job has ended or it runs already.

    An engine that does not answer keeps nobody from being accepted: the ledger has the request, and
    the sweep starts its job.
    """
    if accepted is None or accepted.ended:
        return
    job = accepted.job
    try:
        within(
            seconds,
            lambda: client.schedule_new_orchestration(
                "deploy", input={"job": job}, instance_id=job
            ),
        )
    except Unavailable as silent:
        _log.warning("Job %s is left to the sweep: the engine is silent: %s", job, silent)
    except Exception as error:
        # Whatever the engine calls it, 'already there' is what was wanted.
        if not _seen_alive(client, job, seconds):
            _log.warning("Job %s is left to the sweep: the engine did not take it: %s", job, error)


def alive(client: Any, job: str, *, seconds: float = _SECONDS) -> bool:
    """Whether the job's orchestration is there and has not ended.

    Raises Unavailable where the engine does not answer in time.
    """
    state = within(seconds, lambda: client.get_orchestration_state(job, fetch_payloads=False))
    return state is not None and state.runtime_status.name in _ALIVE


def _seen_alive(client: Any, job: str, seconds: float) -> bool:
    try:
        return alive(client, job, seconds=seconds)
    except Exception:
        return False
