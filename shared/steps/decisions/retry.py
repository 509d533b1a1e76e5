"""Try a job again that has ended: the same request with the kept package, as a new job."""

from dataclasses import replace

from shared.domain.access.caller import Caller
from shared.domain.requests.request import content_hash
from shared.ports import Ports
from shared.steps.decisions.permission import require_deployer
from shared.steps.decisions.refusals import refuse_retry
from shared.steps.intake.accept import Accepted, Requester, accept_picked, accepted
from shared.steps.intake.asked_again import next_job
from shared.steps.intake.idempotency_keys import find_job


def retry(ports: Ports, job: str, *, key: str | None, caller: Caller) -> Accepted | None:
    """Make the next job of the same request; None if there is no such job.

    Changes of the source since then do not matter. While a later job of the request still runs, it
    is that job; the same key is always the same job.

    Raises:
        CannotDecide: the job has not ended, or cannot be tried again.
        Rejected: the policy does not let the caller deploy there.
        KeyReused: the key was used for another request.
    """
    request = ports.ledger.request(job)
    if request is None:
        return None
    require_deployer(ports, request, caller)
    requester, body = Requester("http", key=key, caller=caller), content_hash(["retry", job])
    known = find_job(ports, key, body)
    if known.job is not None:
        return accepted(ports, known.job)
    refuse_retry(ports, request)
    source, overrides, force = request.source, request.overrides, request.force
    requester = replace(requester, order=known.order)
    return accept_picked(
        ports,
        next_job(ports, source, overrides, requester, force=force),
        source,
        overrides,
        requester,
        body=body,
        force=force,
        retry_of=request.retry_of or job,
    )
