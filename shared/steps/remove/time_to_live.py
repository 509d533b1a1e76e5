"""Time to live: removes endpoints that got no request for that long, by an ordinary job."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.domain.azure.endpoint import EndpointState
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.planning.endpoint_spec import made_by_sluice
from shared.domain.requests.request import stamp
from shared.domain.requests.source import RemovalSource
from shared.ports import Ports
from shared.steps.intake.accept import Accepted, KeyReused
from shared.steps.remove.removal import accept_removal


def expired(ports: Ports) -> tuple[str, ...]:
    """Accept a removal of each endpoint whose time to live is over; return the new jobs.

    Runs once an hour, whatever the sweep's schedule: the shortest time to live is an hour.
    """
    hour = stamp(ports.now())[:13]
    if ports.ledger.find_claim(f"ttl:{hour}") is not None:
        return ()
    found = [made for it in ports.workspace.endpoints() if (made := _expired(ports, it))]
    ports.ledger.claim_key(f"ttl:{hour}", "sweep", hour)
    return tuple(made.job for made in found if not made.ended)


def _expired(ports: Ports, endpoint: EndpointState) -> Accepted | None:
    """Accept the endpoint's removal if it is due. After a failure the next look is in an hour."""
    if not made_by_sluice(endpoint) or endpoint.busy:
        return None
    try:
        last = next(iter(ports.ledger.releases(endpoint.name)), None)
        if last is None or not _unused(ports, endpoint, last):
            return None
        source = RemovalSource(
            endpoint=endpoint.name,
            why=f"no request for {timedelta(seconds=last['ttl'])}",
            key=f"ttl:{endpoint.name}:{last['job']}:{stamp(ports.now())[:10]}",
        )
        return accept_removal(ports, source, door="sweep")
    except (AzureFailure, KeyReused, Rejected):
        return None


def _unused(ports: Ports, endpoint: EndpointState, last: Mapping[str, Any]) -> bool:
    ttl, now = last.get("ttl"), ports.now()
    if ttl is None or now - datetime.fromisoformat(last["at"]) < timedelta(seconds=ttl):
        return False
    if ports.ledger.newest_job(endpoint.name) in ports.ledger.open_jobs():
        return False
    if ports.ledger.hold(endpoint.name) is not None:
        return False
    return ports.metrics.count_requests(endpoint.id, now - timedelta(seconds=ttl)) == 0
