"""The orchestrator: prepare, take the turn and plan, fold the steps, undo if need be, publish.

Every branch depends on results in its history alone, and every time is the orchestration's own.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from durabletask import task

from functions.fold import Fold, Folding
from functions.settle import Tries, settle
from shared.domain.jobs.ending import ending_to_json
from shared.domain.jobs.step_report import StepReport
from shared.domain.planning.step import Step, last_step
from shared.domain.release.release import Limits

# How often an orchestration tries to publish its result: for some 50 minutes. Then it ends, so that
# its history does not grow, and the sweep starts the job again: the ledger has the result by then.
_PUBLISH_TRIES = 100

_AS_REPORTED = frozenset({"rejected", "superseded", "canceled"})
"""The statuses that are the job's outcome, whatever was undone."""


def deploy(context: task.OrchestrationContext, given: Any) -> Generator[Any, Any, str]:
    """Run one job from request to result; return its outcome."""
    return (yield from run_job(Fold(context, str(given["job"]))))


def run_job(fold: Fold, begun: Tries | None = None) -> Folding[str]:
    """Run the job. `begun` here and below: where its first step stands, if that has begun."""
    outcome = yield from _outcome(fold, begun)
    return (yield from _publish(fold, outcome))


def _outcome(fold: Fold, begun: Tries | None) -> Folding[str]:
    asked = Step("prepare", "Read and validate what was asked")
    prepared = yield from settle(fold, asked, "prepare", begun=begun)
    if prepared.status == "done":
        return "done"
    if prepared.status != "ok":
        return _ended(fold, prepared, "failed")
    facts = prepared.facts
    fold.decided = facts.decided
    fold.endpoint, fold.job_kind = facts.endpoint, facts.job_kind
    fold.limits = Limits(facts.propagation, facts.grant, facts.operation)
    return (yield from plan(fold))


def plan(fold: Fold, begun: Tries | None = None) -> Folding[str]:
    """Take the turn, plan, and carry the plan out."""
    planned = yield from settle(fold, Step("plan", "Take the turn and plan"), "plan", begun=begun)
    if planned.status != "ok":
        return _ended(fold, planned, "failed")
    fold.fence = planned.facts.fence
    fold.remember(planned.facts)
    if not planned.facts.steps:
        return "unchanged"
    return (yield from carry_out(fold, planned.facts.steps))


def carry_out(
    fold: Fold, steps: Sequence[Step], first: int = 0, begun: Tries | None = None
) -> Folding[str]:
    """Carry out the steps of a plan, from that number on."""
    last = last_step(steps)
    for number, step in enumerate(steps):
        if number < first:
            continue
        key, tries = f"step-{number}", begun if number == first else None
        report = yield from settle(fold, step, key, last=number == last, begun=tries)
        if report.status == "ok":
            fold.remember(report.facts)
            fold.done = fold.done or number == last
        elif step.optional and report.status != "canceled":
            fold.warn(f"{step.title} failed: {report.note}")
        else:
            return (yield from _undo(fold, report))
    return "succeeded"


def _undo(fold: Fold, report: StepReport) -> Folding[str]:
    """Undo what was done. Without the turn there is nothing to undo: another job decides now."""
    if report.facts.lost:
        return _ended(fold, report, "failed")
    done = {"moved": fold.moved, "written": list(fold.written)}
    changed = fold.moved or bool(fold.written)
    fold.going_back = True
    found = yield from settle(fold, Step("undo", "Plan the way back", done), "undo")
    failed = _ended(fold, report, "rolled back" if found.facts.moved else "failed")
    if found.status != "ok":
        fold.warn(f"The way back could not be planned: {found.note}")
        return failed
    if report.facts.ending.decision is not None:
        fold.ending = replace(
            fold.ending,
            changed=changed or bool(found.facts.steps),
            stays=found.facts.ending.stays,
        )
    for number, step in enumerate(found.facts.steps):
        undone = yield from settle(fold, step, f"undo-{number}")
        if undone.status != "ok":
            fold.warn(f"{step.title} failed: {undone.note}")
    return failed


def _ended(fold: Fold, report: StepReport, otherwise: str) -> str:
    """The outcome of a job that a step has ended; its reasons go into the ending."""
    fold.ending = replace(
        fold.ending,
        diagnosis=report.diagnosis,
        findings=report.findings,
        by=report.facts.by,
        decision=report.facts.ending.decision,
    )
    return report.status if report.status in _AS_REPORTED else otherwise


def _publish(fold: Fold, outcome: str) -> Folding[str]:
    """Publish the result; try again while the queue does not take it."""
    quiet = fold.quiet_seconds > 0
    ending = ending_to_json(replace(fold.ending, outcome=outcome, quiet=quiet))
    given = {"job": fold.job, "ending": ending}
    for number in range(_PUBLISH_TRIES):
        report = yield from fold.ask("publish", "publish", number + 1, given.copy)
        if report.status == "ok":
            return report.facts.outcome
        yield from fold.pause(number, report.retry_after)
    return "untold"
