"""Stops a job that a person has canceled."""

from collections.abc import Iterable

from shared.domain.jobs.decision import Decision
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport
from shared.ports import Ports


def canceled(ports: Ports, call: StepCall, decisions: Iterable[Decision]) -> StepReport | None:
    """Report that the job is canceled; None if it is not, or cannot be at this step.

    A job that starts again after the loss of the engine may have changed something before: it first
    takes the turn and reads its kept plan, which holds the way back.
    """
    found = next((it for it in decisions if it.kind == "cancel"), None)
    if found is None or call.is_final:
        return None
    if call.kind in {"prepare", "plan"} and ports.ledger.read(call.job, "plan") is not None:
        return None
    facts = StepFacts(ending=Ending(decision=found.model_dump()))
    return StepReport("canceled", f"Canceled {found.words}", facts=facts)
