"""Who may decide about a job, by the policy."""

from shared.domain.access.caller import Caller
from shared.domain.access.policy import Placement, approvers
from shared.domain.errors import rejected
from shared.domain.jobs.result import endpoint_of
from shared.domain.release.release import from_json
from shared.domain.requests.request import DeployRequest
from shared.ports import Ports
from shared.steps.deploy.placement import placement, require_allowed


def require_deployer(ports: Ports, request: DeployRequest, caller: Caller | None) -> None:
    """Raise Rejected if the caller may not deploy to the job's endpoint.

    `caller`: None for a message, whose sender is unknown.
    """
    require_allowed(ports, _place(ports, request, caller), f"job {request.job}")


def require_approver(ports: Ports, request: DeployRequest, caller: Caller | None) -> None:
    """Raise Rejected if the caller may not approve or reject the job.

    Where a rule for the job names approvers, they alone may; else whoever may deploy.
    """
    named = approvers(ports.policy, _place(ports, request, request.caller))
    if not named:
        require_deployer(ports, request, caller)
        return
    if caller is not None and any(map(caller.fits, named)):
        return
    who = "A function key" if caller is not None else "The sender of a message"
    if caller is not None and caller.name:
        who = f"'{caller.name}'"
    cause = f"{who} is not among those who may approve or reject it: {', '.join(named)}"
    raise rejected(f"job {request.job}", cause, "Ask one of them, over HTTP and signed in")


def endpoint_of_job(ports: Ports, request: DeployRequest) -> str:
    """The name of the job's endpoint; empty if it is not known yet."""
    kept = ports.ledger.read(request.job, "release")
    return endpoint_of(request, from_json(kept) if kept is not None else None)


def _place(ports: Ports, request: DeployRequest, caller: Caller | None) -> Placement:
    path = str(getattr(request.source, "path", ""))
    return placement(ports, path, endpoint_of_job(ports, request), caller)
