"""Waits until a person approves or rejects the job."""

from typing import Any

from shared.domain.errors import Finding
from shared.domain.how_to import how_to
from shared.domain.jobs.decision import Decision
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting_for_decision
from shared.ports import Ports

SETTLED = "approval"
"""The document of the job that holds the decision once the step has followed it."""


def approval(ports: Ports, call: StepCall) -> StepReport:
    """Report what was decided. It is kept before it takes effect: a call after a crash says it too.

    Meanwhile nobody else gets the turn, though its lease lapses between two looks: the job has a
    plan and has not ended. It gives way to a newer request, which wakes it. A rejection goes before
    an approval that was not followed yet.
    """
    kept = ports.ledger.read(call.job, SETTLED)
    if kept is None:
        found = {it.kind: it for it in ports.ledger.decisions(call.job)}
        decided = found.get("reject") or found.get("approve")
        if decided is None:
            ways = " or ".join(how_to(act, call.job) for act in ("approve", "reject"))
            note = f"A person must approve it: {ways}{call.deadline}"
            return waiting_for_decision(note)
        kept = ports.ledger.write_once(call.job, SETTLED, decided.model_dump())
    return _followed(call, Decision.model_validate(kept))


def _followed(call: StepCall, decided: Decision) -> StepReport:
    if decided.kind == "approve":
        return ok(f"Approved {decided.words}")
    cause = f"A person rejected it: {decided.words}"
    remedy = "Talk to whoever rejected it; then drop it again"
    finding: dict[str, Any] = Finding(f"job {call.job}", None, cause, remedy).to_dict()
    facts = StepFacts(ending=Ending(decision=decided.model_dump()))
    return StepReport("rejected", f"Rejected {decided.words}", facts=facts, findings=(finding,))
