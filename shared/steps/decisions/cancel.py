"""Stops a job that a person has canceled, unless it has done its work first."""

from collections.abc import Iterable
from typing import Any

from shared.domain.jobs.decision import Decision
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport
from shared.domain.requests.request import stamp
from shared.ports import Ports

END = "end"
"""The document of the job that says which came first: a person's cancel, or the end of its work.

It is written once, so the job ends the same way if the engine dies and starts it again.
"""
_CANCEL = "cancel"


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
    return _canceled(found)


def done_or_canceled(ports: Ports, call: StepCall, report: StepReport) -> StepReport:
    """Return the report; if the work is done with it, only if no cancel came first.

    The work of a deployment is done with its last step, except those that may fail. A deletion that
    has begun cannot be stopped, whatever came first.
    """
    begun = call.key.startswith("step-") and (report.status == "ok" or report.own)
    if call.job_kind == "removal" and begun:
        _end(ports, call.job, {"done": stamp(ports.now())})
    elif call.last and call.operation is None and report.status == "ok":
        kept = _end(ports, call.job, {"done": stamp(ports.now())})
        if _CANCEL in kept:
            return _canceled(Decision.model_validate(kept[_CANCEL]))
    return report


def first_cancel(ports: Ports, job: str, cancel: Decision) -> Decision | None:
    """Keep the cancel; return the one that the ledger holds, or None if the work was done first."""
    kept = _end(ports, job, {_CANCEL: cancel.model_dump()})
    return Decision.model_validate(kept[_CANCEL]) if _CANCEL in kept else None


def work_is_done(ports: Ports, job: str) -> bool:
    """True if the job has done its work, whatever is left of its steps."""
    kept = ports.ledger.read(job, END)
    return kept is not None and _CANCEL not in kept


def _end(ports: Ports, job: str, how: dict[str, Any]) -> dict[str, Any]:
    return ports.ledger.write_once(job, END, how)


def _canceled(decision: Decision) -> StepReport:
    facts = StepFacts(ending=Ending(decision=decision.model_dump()))
    return StepReport("canceled", f"Canceled {decision.words}", facts=facts)
