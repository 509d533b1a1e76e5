"""Take a decision: check that it can apply and that the caller may decide, and record it."""

from shared.domain.access.caller import Caller
from shared.domain.jobs.decision import SENDER, Decision, DecisionKind
from shared.domain.requests.request import stamp
from shared.ports import Ports
from shared.steps.decisions.cancel import first_cancel
from shared.steps.decisions.permission import require_approver, require_deployer
from shared.steps.decisions.refusals import PERSONS, job_is_done, refuse_decision


def decide(
    ports: Ports, job: str, kind: DecisionKind, *, reason: str, caller: Caller | None
) -> Decision | None:
    """Record a decision; returns the one that the ledger holds, or None if there is no such job.

    The same decision again is the first one. `caller`: None for a message, whose sender is unknown.

    Raises:
        CannotDecide: the job has ended or done its work, or it has no step that the decision is
            about.
        Rejected: the policy does not let the caller decide.
    """
    request = ports.ledger.request(job)
    if request is None:
        return None
    if kind in PERSONS:
        require_approver(ports, request, caller)
    else:
        require_deployer(ports, request, caller)
    refuse_decision(ports, request, kind)
    name = caller.name if caller is not None else SENDER
    made = Decision(kind=kind, at=stamp(ports.now()), by=name, reason=reason)
    if kind == "cancel":
        first = first_cancel(ports, job, made)
        if first is None:
            raise job_is_done(ports, request)
        made = first
    return ports.ledger.record_decision(job, made)
