"""Runs a step, or publishes a result, and tells telemetry and the log of it."""

import logging
from typing import Any

from shared.domain.failure import AzureFailure
from shared.domain.jobs.ending import ending_from_json
from shared.domain.jobs.result import WELL
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok
from shared.domain.masking import masked
from shared.ports import Ports
from shared.steps.lines import Lines
from shared.steps.publish import publish
from shared.steps.run import run, unavailable
from shared.steps.views.jobs import describe_job

_log = logging.getLogger(__name__)

_MOST = 500
"""Characters of a line in the log: the result has the rest."""

_FAILED = frozenset({"unhealthy", "rejected", "denied", "unavailable"})


def run_told(ports: Ports, call: StepCall, lines: Lines, renew: float) -> StepReport:
    """Run a step or poll its operation, as part of the step in the job's trace."""
    with ports.telemetry.work(
        f"{call.kind}, call {call.tries}",
        job=call.job,
        step=call.key,
        **{"sluice.step.kind": call.kind, "sluice.step.title": call.title},
        **{"sluice.attempt": call.attempt, "sluice.call": call.tries},
    ) as work:
        report = run(ports, call, lines, renew)
        work.attributes["sluice.status"] = report.status
        work.problem = report.note if report.status in _FAILED else ""
        news = call.is_first or report.note != call.said
        work.told = report.status != "resting" and (news or report.status != "waiting")
    if report.status in {"unhealthy", "rejected"}:
        named = {"job": call.job, "endpoint": call.endpoint, "step": call.kind}
        what = "The step '%s' of job %s %s: %s"
        status = "is rejected" if report.status == "rejected" else "has failed"
        _log.warning(what, call.title, call.job, status, _line(report.note), extra=named)
    return report


def publish_told(ports: Ports, given: Any) -> StepReport:
    """Publish the job's result; then tell of the whole job."""
    job, ending = str(given["job"]), ending_from_json(given["ending"])
    with ports.telemetry.work("publish the result", job=job) as work:
        try:
            outcome = publish(ports, job, ending)
        except AzureFailure as failure:
            report = unavailable(failure)
            work.problem = report.note
            return report
    ports.telemetry.ended(lambda: describe_job(ports, job))
    level = logging.INFO if outcome in WELL else logging.WARNING
    why = f": {_line(ending.diagnosis.cause)}" if ending.diagnosis is not None else ""
    named = {"job": job, "outcome": outcome}
    _log.log(level, "Job %s has ended: %s%s", job, outcome, why, extra=named)
    return ok(facts=StepFacts(outcome=outcome))


def _line(text: str) -> str:
    """The first line, without secrets: a finding quotes what was dropped."""
    return masked(text.strip().partition("\n")[0])[:_MOST]
