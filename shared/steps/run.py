"""Runs one step, or polls its operation, and adds what all steps share.

That is the endpoint's turn, failures as data, and the job's timeline.
"""

import logging
import traceback
from dataclasses import replace

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure, Conflict, Denied, Refused, Unavailable
from shared.domain.jobs.begun import RECORDED
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, waiting
from shared.domain.jobs.timeline import state_after
from shared.domain.masking import masked
from shared.ports import Ports
from shared.steps.decisions.cancel import canceled, done_or_canceled
from shared.steps.evidence import add_package_evidence
from shared.steps.guard import is_guarded, run_guarded
from shared.steps.kept_turn import RENEW, keep_turn
from shared.steps.lines import Lines, line
from shared.steps.patience import judge_denial
from shared.steps.polling import poll
from shared.steps.tables import step_of
from shared.steps.turn import take_turn

_log = logging.getLogger(__name__)


def run(ports: Ports, call: StepCall, lines: Lines, renew: float = RENEW) -> StepReport:
    """Run a step or poll its operation, once. Never raises: what went wrong is in the report.

    Args:
        ports: the services.
        call: the step, and where the job stands.
        lines: gets what the timeline is to tell of it.
        renew: seconds after which the turn is renewed while the step runs.
    """
    first, guarded, started = call.is_first, is_guarded(call), ports.now()
    if not guarded and not (first and call.kind in RECORDED):
        lines.write_urgent()
    report = _report(ports, call, lines, renew)
    if report.status == "resting":
        return report
    if report.person != call.person:
        _set_state(ports, call, "waiting" if report.person else "running")
    if first and not guarded and call.kind not in RECORDED:
        lines.add(line(call, "running", "", started))
    if report.status in {"waiting", "unavailable", "denied"}:
        if first or guarded or report.note != call.said:
            told = line(call, "waiting", report.note, ports.now(), person=report.person)
            lines.add(told, urgent=guarded)
    elif report.settled or report.status != "ok" or call.operation is None:
        # Otherwise the operation has succeeded, and the step looks at its effect next.
        told = line(call, state_after(report.status), report.note, ports.now())
        lines.add(told, urgent=guarded)
    return report


def _report(ports: Ports, call: StepCall, lines: Lines, renew: float) -> StepReport:
    """Return the step's report; a failure becomes one."""
    try:
        return _unless_stopped(ports, call, lines, renew)
    except Rejected as rejected:
        return StepReport(
            "rejected", str(rejected), findings=tuple(it.to_dict() for it in rejected.findings)
        )
    except Unavailable as failure:
        return unavailable(failure)
    except Conflict as failure:
        return waiting(failure.message)
    except AzureFailure as failure:
        return replace(_failed(call, failure), status="unhealthy")
    except Exception as error:  # a defect of Sluice also ends with a result
        why = masked(traceback.format_exc())
        named = {"job": call.job, "endpoint": call.endpoint, "step": call.kind}
        _log.error(
            "Step %s of job %s failed unexpectedly: %s", call.kind, call.job, why, extra=named
        )
        found = diagnose(Signal(type(error).__name__, str(error), step=call.title))
        return StepReport("unhealthy", found.cause, diagnosis=found)


def unavailable(failure: AzureFailure) -> StepReport:
    """Report that the call must be repeated, and not before the service's Retry-After."""
    asked = failure.retry_after if isinstance(failure, Unavailable) else None
    return StepReport("unavailable", failure.message, retry_after=asked)


def _unless_stopped(ports: Ports, call: StepCall, lines: Lines, renew: float) -> StepReport:
    decisions = ports.ledger.decisions(call.job) if call.decided else ()
    if (stopped := canceled(ports, call, decisions)) is not None:
        return stopped
    turn = take_turn(ports, call)
    if isinstance(turn, StepReport):
        return turn
    if call.rests:
        return StepReport("resting")
    report = done_or_canceled(ports, call, _in_turn(ports, call, turn, lines, renew))
    if call.kind == "prepare" and decisions:
        return replace(report, facts=replace(report.facts, decided=True))
    return report


def _in_turn(
    ports: Ports, call: StepCall, fence: int | None, lines: Lines, renew: float
) -> StepReport:
    if fence is None:
        return _judged(ports, call, lines)
    with keep_turn(ports, call.endpoint, call.job, renew):
        return _judged(ports, replace(call, fence=fence), lines)


def _judged(ports: Ports, call: StepCall, lines: Lines) -> StepReport:
    if call.is_first and call.kind in RECORDED:
        lines.begin(call)
    report = run_guarded(ports, call, lines, lambda: _attempt(ports, call))
    return add_package_evidence(ports, call, judge_denial(ports, call, report))


def _attempt(ports: Ports, call: StepCall) -> StepReport:
    """Return the step's report; a denial becomes one, since it may mean 'not yet'."""
    try:
        return _step_or_poll(ports, call)
    except (Denied, Refused) as failure:
        return _failed(call, failure)


def _failed(call: StepCall, failure: AzureFailure) -> StepReport:
    found = diagnose(Signal(failure.code, failure.message, step=call.title))
    return StepReport("denied" if found.permission else "unhealthy", found.cause, diagnosis=found)


def _step_or_poll(ports: Ports, call: StepCall) -> StepReport:
    if call.operation is not None:
        return poll(ports, call)
    report = step_of(ports, call)(ports, call)
    if call.kind == "plan" and report.status == "ok":
        return replace(report, facts=replace(report.facts, fence=call.fence))
    return report


def _set_state(ports: Ports, call: StepCall, state: str) -> None:
    try:
        ports.ledger.set_state(call.job, state, call.endpoint)
    except AzureFailure:  # people read the list; no job fails because of it
        named = {"job": call.job, "endpoint": call.endpoint, "step": call.kind}
        _log.warning(
            "The list of jobs does not show that job %s is %s", call.job, state, extra=named
        )
