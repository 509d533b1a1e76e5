"""The endpoint's turn: which job may change it now, and which must wait or give way."""

from shared.domain.how_to import how_to
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, waiting, waiting_for_decision
from shared.domain.requests.request import DeployRequest
from shared.ports import Ports
from shared.steps.decisions.cancel import work_is_done
from shared.steps.deploy.endpoint_jobs import changing_job


def take_turn(ports: Ports, call: StepCall) -> StepReport | int | None:
    """Take or renew the endpoint's turn; return its fence, or a report if the job may not go on.

    Until `plan` has got the turn (`fence` is None) the job waits for it; later the fence must still
    be the same. None for `prepare`, which does not know the endpoint yet.
    """
    if call.kind == "prepare":
        return None
    return _superseded(ports, call) or _held(ports, call) or _take(ports, call)


def _take(ports: Ports, call: StepCall) -> StepReport | int:
    last = changing_job(ports, call.endpoint) if call.fence is None else None
    if last not in {None, call.job}:
        note = f"Job {last} has begun to change endpoint {call.endpoint}, and must end first"
        return waiting(note, retry_after=2)
    fence = ports.turns.take(call.endpoint, call.job)
    if fence is None and call.fence is None:
        return waiting(f"Another job is changing endpoint {call.endpoint}", retry_after=2)
    if fence is None:
        return StepReport("superseded", "Another job has the turn", facts=StepFacts(lost=True))
    if call.fence not in {None, fence}:
        return StepReport("superseded", "Another job had the turn", facts=StepFacts(lost=True))
    return fence


def _superseded(ports: Ports, call: StepCall) -> StepReport | None:
    """Give way to a newer job; None if there is none.

    A rollback gives way to a deletion only; and, until it has the turn, to whatever came after the
    hold was lifted.
    """
    newest = _newest(ports, call) if _looks(call) else None
    if newest is None or newest == call.job:
        return None
    if _request(ports, call.job).is_rollback and _request(ports, newest).kind != "removal":
        resumed = call.fence is None and ports.ledger.hold(call.endpoint) is None
        if not resumed:
            return None
    if call.kind == "plan" and _must_go_back(ports, call):
        return None
    if call.fence is not None and work_is_done(ports, call.job):
        return None  # the steps that are left take back nothing, and what they delete is gone
    return StepReport("superseded", f"Job {newest} is newer", facts=StepFacts(by=newest))


def _looks(call: StepCall) -> bool:
    """True if the call looks for a newer job."""
    return call.yields and not call.is_final


def _newest(ports: Ports, call: StepCall) -> str | None:
    """The newest job of the endpoint. A job that was asked for again first takes its new place."""
    newest = ports.ledger.newest_job(call.endpoint)
    if newest in {None, call.job}:
        return newest
    again = ports.ledger.joined(call.job).order
    return ports.ledger.queue_job(call.endpoint, call.job, again).newest if again else newest


def _must_go_back(ports: Ports, call: StepCall) -> bool:
    """True if the job had begun its plan, and no other job has had the turn since.

    So it starts again after the loss of the engine, in the middle of its changes. It takes the turn
    once more and gives way at its first step, where its changes are put back.
    """
    kept = ports.ledger.read(call.job, "plan")
    if kept is None or not kept.get("fence"):
        return False
    fence = ports.turns.take(call.endpoint, call.job)
    if fence not in {None, kept["fence"]}:
        ports.turns.release(call.endpoint, call.job)
    return bool(fence == kept["fence"])


def _held(ports: Ports, call: StepCall) -> StepReport | None:
    """Wait if a person holds the endpoint; None if the job may go on.

    A job waits before it takes the turn, so that a rollback can take it.
    """
    if call.fence is not None:
        return None
    hold = ports.ledger.hold(call.endpoint, listed=_looks(call))
    if hold is None or _request(ports, call.job).passes_hold or _must_go_back(ports, call):
        return None
    note = f"Endpoint {call.endpoint} is {hold.words}. To let this job go on: "
    note += how_to("resume", call.endpoint)
    return waiting_for_decision(note)


def _request(ports: Ports, job: str) -> DeployRequest:
    request = ports.ledger.request(job)
    if request is None:
        raise LookupError(f"Job {job} has no request")
    return request
