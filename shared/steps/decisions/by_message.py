"""Take the messages of the queue of requests: requests, and decisions about jobs."""

from shared.domain.errors import Rejected, rejected
from shared.domain.how_to import NO_JOB
from shared.domain.jobs.decision import is_decision, parse_asked_decision
from shared.domain.requests.waiting_message import Incoming
from shared.ports import Ports
from shared.steps.decisions.decide import decide
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.intake.accept import Accepted
from shared.steps.intake.waiting_messages import accept, accept_or_requeue, reject_message


def take_or_requeue(ports: Ports, message: Incoming) -> Accepted | None:
    """Take a message, or put it back on its queue; None if nothing is to be started or woken."""
    return accept_or_requeue(ports, message, _take)


def _take(ports: Ports, message: Incoming) -> Accepted | None:
    if not is_decision(message.body):
        return accept(ports, message)
    try:
        return _decided(ports, message)
    except Rejected as refused:
        return reject_message(ports, message, refused)
    except CannotDecide as cannot:
        remedy = cannot.remedy or "Look at the job before the next decision about it"
        return reject_message(ports, message, rejected("message", cannot.cause, remedy))


def _decided(ports: Ports, message: Incoming) -> Accepted:
    """Record the decision. One that the ledger holds already is no fault: messages come twice."""
    asked = parse_asked_decision(message.body)
    held = {it.kind for it in ports.ledger.decisions(asked.job)}
    if asked.decision not in held:
        made = decide(ports, asked.job, asked.decision, reason=asked.reason, caller=None)
        if made is None:
            cause = f"There is no job '{asked.job}'"
            raise rejected("message", cause, NO_JOB)
    return Accepted(asked.job, ended=False, decided=True)
