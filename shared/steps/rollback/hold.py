"""The hold of an endpoint, and the rollback that it is for."""

from shared.domain.requests.hold import Hold
from shared.ports import Ports
from shared.steps.deploy.endpoint_jobs import has_ended


def open_rollback(ports: Ports, endpoint: str, running: str | None) -> str | None:
    """The rollback that has not ended, or None. The hold names it, unless somebody has resumed.

    It may have no request yet: its caller has set the hold and not made the job.
    """
    hold = ports.ledger.hold(endpoint)
    if hold is not None and hold.job and not has_ended(ports, hold.job):
        return hold.job
    request = ports.ledger.request(running) if running is not None else None
    return running if request is not None and request.is_rollback else None


def hold_for(ports: Ports, endpoint: str, mark: Hold) -> str:
    """Hold the endpoint for the mark's job; returns the job that it is held for.

    That is another rollback's if one is there that has not ended: of two callers one is first.
    """
    while True:
        hold = ports.ledger.hold(endpoint)
        if hold is not None and hold.job and not has_ended(ports, hold.job):
            return hold.job
        if ports.ledger.set_hold(endpoint, mark, over=hold):
            return mark.job
