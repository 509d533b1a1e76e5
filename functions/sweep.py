"""The sweep: a timer that starts every job that should be running and is not."""

import itertools
import logging
import random
from collections.abc import Callable
from typing import Any

import azure.functions as func

from functions.engine import alive, purge, start, wake
from shared.bootstrap import ports
from shared.ports import Ports
from shared.steps.drift import find_drift
from shared.steps.intake.accept import Accepted
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.remove.retention import OldJob, find_old, forget
from shared.steps.remove.time_to_live import expired

_log = logging.getLogger(__name__)

# What is rare, and costs more calls, is looked for at the first run of a process and then at each
# fifth: with a run a minute, every five minutes.
_SELDOM = 5
_runs = itertools.count()
# Begins anywhere, so that processes which run one sweep each do not all look at the same jobs.
_looks = itertools.count(random.randrange(1_000))  # noqa: S311 - no secret


def sweep(timer: func.TimerRequest, client: Any) -> None:
    del timer
    rare = () if next(_runs) % _SELDOM else (accept_missed, expired, find_drift)
    for find in (_find_open_jobs, *rare):
        for job in _search(find):
            _start(client, job)
    for old in _search(find_old) if rare else ():
        _forget(client, old)


def _find_open_jobs(ports: Ports) -> tuple[str, ...]:
    return find_open_jobs(ports, next(_looks))


def _forget(client: Any, old: OldJob) -> None:
    """Forget the job in the engine and then in the ledger, so that a failure is made good later."""
    try:
        purge(client, old.request.job)
        forget(ports(), old)
    except Exception:
        _log.exception(
            "The sweep could not forget job %s", old.request.job, extra={"job": old.request.job}
        )


def _search[T](find: Callable[[Ports], tuple[T, ...]]) -> tuple[T, ...]:
    """The jobs that one search found; if it fails, the other searches still run."""
    try:
        return find(ports())
    except Exception:
        _log.exception("The sweep's search %s failed", find.__name__)
        return ()


def _start(client: Any, job: str) -> None:
    try:
        if not alive(client, job):
            start(client, Accepted(job, ended=False))
        elif ports().ledger.decisions(job):
            wake(client, job)  # its event may be lost
    except Exception:
        _log.exception("The sweep could not start job %s", job, extra={"job": job})
