"""The jobs of an endpoint that have not ended: the one that changes it, and the newest."""

from dataclasses import replace

from shared.domain.requests.request import Queued
from shared.ports import Ports


def queue_job(ports: Ports, endpoint: str, job: str, order: str) -> Queued:
    """Queue the job for its endpoint. Its `older` jobs are those that have not ended, to be woken.

    After a crash in between nobody wakes them: then they see it at their next look.
    """
    queued = ports.ledger.queue_job(endpoint, job, order)
    return replace(queued, older=tuple(it for it in queued.older if not has_ended(ports, it)))


def running_job(ports: Ports, endpoint: str) -> str | None:
    """The newest job of the endpoint, unless it has ended. Older ones give way to it."""
    newest = ports.ledger.newest_job(endpoint)
    return None if newest is None or has_ended(ports, newest) else newest


def changing_job(ports: Ports, endpoint: str) -> str | None:
    """The job that had the turn last, if it has planned and not ended.

    Its turn may have lapsed while the app was down. What it changed, only its own plan can undo.
    """
    last = ports.turns.last(endpoint)
    if last is None or ports.ledger.read(last, "plan") is None or has_ended(ports, last):
        return None
    return last


def has_ended(ports: Ports, job: str) -> bool:
    """Return whether the job has its result."""
    return ports.ledger.read(job, "result") is not None
