"""Start and look up orchestrations. Durable runs the jobs; the ledger is their record."""

import logging
from collections.abc import Callable
from typing import Any

from shared.adapters.deadline import within
from shared.domain.failure import Unavailable
from shared.domain.jobs.decision import EVENT
from shared.ports import Telemetry
from shared.steps.intake.accept import Accepted

_log = logging.getLogger(__name__)

_ALIVE = frozenset({"PENDING", "RUNNING", "SUSPENDED"})
# The engine's client has no time limit of its own. This is half the time that a caller has.
_SECONDS = 4.0


def start(client: Any, accepted: Accepted | None, *, seconds: float = _SECONDS) -> None:
    """Start the job's orchestration, unless the job has ended or is already running; or wake it.

    If the engine does not answer, the request is still accepted: the ledger has it, and the sweep
    starts its job later.
    """
    if accepted is None or accepted.ended:
        return
    job = accepted.job
    if accepted.decided:
        wake(client, job, seconds=seconds)
        return
    try:
        within(
            seconds,
            lambda: client.schedule_new_orchestration(
                "deploy", input={"job": job}, instance_id=job
            ),
        )
    except Unavailable as silent:
        _log.warning(
            "Job %s is left to the sweep: the engine does not answer: %s",
            job,
            silent,
            extra={"job": job},
        )
    except Exception as error:
        # Engines name the error differently; it is fine if the job is already running.
        if not _seen_alive(client, job, seconds):
            _log.warning(
                "Job %s is left to the sweep: the engine did not take it: %s",
                job,
                error,
                extra={"job": job},
            )


def take[A: Accepted | None](
    client: Any, telemetry: Telemetry, door: str, accept: Callable[[], A]
) -> A:
    """Accept a request and start its job; the job's trace begins with that.

    Args:
        client: the Durable client.
        telemetry: is told of it.
        door: where the request came in.
        accept: makes the job of the request; None if it asks for none.
    """
    with telemetry.work(f"accept at the {door} door") as work:
        accepted = accept()
        start(client, accepted)
        if accepted is not None and not accepted.ended:
            work.job = accepted.job
    return accepted


def wake(client: Any, job: str, *, seconds: float = _SECONDS) -> None:
    """Tell the job's orchestration to look into the ledger: somebody decided, or a job is newer.

    If the engine does not answer, the sweep wakes it because of a decision, and its own timer lets
    it see a newer job.
    """
    try:
        within(seconds, lambda: client.raise_orchestration_event(job, EVENT))
    except Exception as error:
        # Engines name the error differently; a job that has not begun looks when it begins.
        _log.warning(
            "Job %s could not be woken, and looks later: %s", job, error, extra={"job": job}
        )


def alive(client: Any, job: str, *, seconds: float = _SECONDS) -> bool:
    """Return whether the job's orchestration exists and has not ended.

    Raises Unavailable if the engine does not answer in time.
    """
    state = within(seconds, lambda: client.get_orchestration_state(job, fetch_payloads=False))
    return state is not None and state.runtime_status.name in _ALIVE


def purge(client: Any, job: str, *, seconds: float = _SECONDS) -> None:
    """Remove the ended orchestration of the job, if there is one.

    Raises Unavailable if the engine does not answer in time.
    """
    within(seconds, lambda: client.purge_orchestration(job))


def _seen_alive(client: Any, job: str, seconds: float) -> bool:
    try:
        return alive(client, job, seconds=seconds)
    except Exception:
        return False
