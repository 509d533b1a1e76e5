"""Time to live: removes endpoints that got no request for that long, by an ordinary job.

Each release with a time to live records when its endpoint is to be looked at. A look that finds
nothing to do records the next one. So a sweep reads only what is due, however many endpoints serve.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.azure.endpoint import EndpointState
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.planning.endpoint_spec import made_by_sluice
from shared.domain.requests.due import Due
from shared.domain.requests.request import order_key, stamp
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.intake.accept import KeyReused
from shared.steps.remove.removal import accept_removal

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Endpoints that one sweep looks at.
_MOST = 5
# For so long after it was due an endpoint is looked for that Azure does not show.
_SOUGHT = timedelta(days=30)


def record_time_to_live(ports: Ports, endpoint: str, release: Mapping[str, Any]) -> None:
    """Record when the endpoint is to be looked at because of this release; nothing if never."""
    if (due := _due_at(release)) is not None:
        ports.ledger.add_due(endpoint, stamp(due))


def expired(ports: Ports) -> tuple[str, ...]:
    """Accept a removal of each endpoint whose time to live is over; return the new jobs.

    An endpoint that is in use, held or being changed is looked at again after an hour.
    """
    due = ports.ledger.due()
    if due is None:
        _index(ports)
        due = ports.ledger.due() or ()
    now = order_key(stamp(ports.now()))
    looks = (_look(ports, it) for it in due[:_MOST] if it.at <= now)
    return tuple(job for job in looks if job is not None)


def _index(ports: Ports) -> None:
    """Record when to look at the endpoints that were released before these records were made."""
    for endpoint in ports.workspace.endpoints():
        last = ports.ledger.last_release(endpoint.name)
        if last is not None:
            record_time_to_live(ports, endpoint.name, last)
    ports.ledger.index_due()


def _look(ports: Ports, due: Due) -> str | None:
    """Look at one endpoint, and record the next look; return the job that removes it, if any."""
    again, job = ports.now() + _HOUR, None
    try:
        last = ports.ledger.last_release(due.endpoint)
        ends = _due_at(last) if last is not None else None
        if last is None or ends is None:
            ports.ledger.remove_due(due)
            return None
        endpoint = ports.workspace.endpoint(due.endpoint)
        if ends > ports.now():
            again = ends
        elif endpoint is None:
            again = ports.now() + _DAY
            if again > ends + _SOUGHT:
                ports.ledger.remove_due(due)
                return None
        elif made_by_sluice(endpoint) and not endpoint.busy and _unused(ports, endpoint, last):
            job = _remove(ports, due.endpoint, last)
    except (AzureFailure, KeyReused, Rejected):
        job = None
    ports.ledger.add_due(due.endpoint, stamp(again))
    ports.ledger.remove_due(due)
    return job


def _remove(ports: Ports, endpoint: str, last: Mapping[str, Any]) -> str | None:
    source = RemovalSource(
        endpoint=endpoint,
        why=f"no request for {timedelta(seconds=last['ttl'])}",
        key=f"ttl:{endpoint}:{last['job']}:{stamp(ports.now())[:10]}",
    )
    made = accept_removal(ports, source, door="sweep")
    return None if made.ended else made.job


def _due_at(release: Mapping[str, Any]) -> datetime | None:
    ttl = release.get("ttl")
    return None if ttl is None else datetime.fromisoformat(release["at"]) + timedelta(seconds=ttl)


def _unused(ports: Ports, endpoint: EndpointState, last: Mapping[str, Any]) -> bool:
    """True if nothing runs at the endpoint or holds it, and it had no request for that long."""
    if ports.ledger.newest_job(endpoint.name) in ports.ledger.open_jobs():
        return False
    if ports.ledger.hold(endpoint.name) is not None:
        return False
    since = ports.now() - timedelta(seconds=last["ttl"])
    return ports.metrics.count_requests(endpoint.id, since) == 0
