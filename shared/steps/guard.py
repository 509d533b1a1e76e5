"""Ends a job that crashes the whole app again and again.

Some steps work on what strangers dropped: they read it, upload it, or take what it answers. Where
one of them exhausts the app's memory, the app dies, the engine starts the step again, and so on
without end. So each run of such a step leaves a line in the job's timeline before it begins. A run
that was never followed by an outcome died. But an app also ends for other reasons, and then it was
no fault of the step. So a step that died once runs again while no other such step does: what dies
together with it was not to blame. One that died twice runs again only in a process that has run for
a while without it: where the app ends again and again anyway, no process comes to that. A step that
died three times has failed.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, unhealthy, waiting
from shared.domain.jobs.timeline import ALONE, CALM, deaths
from shared.ports import Ports
from shared.steps.kept_turn import RENEW, keep_turn

DANGEROUS = frozenset(
    {"prepare", "ensure_model", "ensure_environment", "ensure_data_assets", "smoke_test", "verify"}
)
"""Steps that handle packages and answers. An undo is not among them: it must run."""

LANE = "_alone"
"""The turn that a step needs after it died once. No endpoint can have this name."""

PROVED = timedelta(seconds=30)
"""A process that has run for so long does not end for a reason that ends all processes."""

_DEATHS = 3

type Events = tuple[Mapping[str, Any], ...]


def run_guarded(
    ports: Ports,
    call: StepCall,
    begin: Callable[[Events | None], bool],
    work: Callable[[], StepReport],
    renew: float = RENEW,
) -> StepReport:
    """Do the work, unless it has crashed the app three times: then report that as a failure.

    `begin` records in the timeline that this run starts. Given the events that this process has
    seen, it returns False, and records nothing, if there are others. It is called only once the run
    may start, so that a step that waits to run alone does not count as dead. `renew`: seconds after
    which the turn to run alone is renewed.
    """
    if not is_guarded(call):
        return work()
    this = {"key": call.key, "state": "running", "note": ""}
    seen = ports.ledger.seen_timeline(call.job)
    if deaths([*seen, this], call.key) == 0 and begin(seen):
        return work()
    died = deaths([*ports.ledger.timeline(call.job), this], call.key)
    if died == 0:
        begin(None)
        return work()
    if (stopped := _not_now(ports, call, died)) is not None:
        return stopped
    begin(None)
    try:
        with keep_turn(ports, LANE, call.job, renew):
            report = work()
    except Exception:
        ports.turns.release(LANE, call.job)
        raise
    ports.turns.release(LANE, call.job)
    return report


def _not_now(ports: Ports, call: StepCall, died: int) -> StepReport | None:
    """Take the turn to run alone; if the step that died so often may not run, say why."""
    left = ports.began + PROVED - ports.now() if died == _DEATHS - 1 else timedelta()
    if died >= _DEATHS or left > timedelta():
        ports.turns.release(LANE, call.job)
    if died >= _DEATHS:
        return unhealthy(diagnose(Signal("AppEnded", f"It ended during '{call.title}'")))
    if left > timedelta():
        return waiting(CALM, retry_after=left.total_seconds())
    if ports.turns.take(LANE, call.job) is None:
        return waiting(ALONE if died == 1 else CALM)
    return None


def is_guarded(call: StepCall) -> bool:
    """True if each run of the step must be recorded; polling an operation is harmless."""
    return call.kind in DANGEROUS and call.operation is None
