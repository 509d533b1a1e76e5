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

from collections.abc import Callable
from datetime import timedelta

from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, unhealthy, waiting
from shared.domain.jobs.timeline import ALONE, CALM
from shared.ports import Ports
from shared.steps.kept_turn import RENEW, keep_turn
from shared.steps.lines import Lines

DANGEROUS = frozenset(
    {
        "prepare",
        "ensure_model",
        "ensure_code",
        "ensure_environment",
        "ensure_data_assets",
        "smoke_test",
        "compare",
        "verify",
    }
)
"""Steps that handle packages and answers. An undo is not among them: it must run."""

LANE = "_alone"
"""The turn that a step needs after it died once. No endpoint can have this name."""

PROVED = timedelta(seconds=30)
"""A process that has run for so long does not end for a reason that ends all processes."""

_DEATHS = 3


def run_guarded(
    ports: Ports,
    call: StepCall,
    lines: Lines,
    work: Callable[[], StepReport],
    renew: float = RENEW,
) -> StepReport:
    """Do the work, unless it has crashed the app three times: then report that as a failure.

    The timeline tells that this run starts only once it may, so that a step that waits to run alone
    does not count as dead. `renew`: seconds after which the turn to run alone is renewed.
    """
    if not is_guarded(call):
        return work()
    seen = ports.ledger.seen_timeline(call.job)
    if lines.deaths(seen, call.key) == 0 and lines.begin(call, seen):
        return work()
    died = lines.deaths(ports.ledger.timeline(call.job), call.key)
    if died == 0:
        lines.begin(call)
        return work()
    if (stopped := _not_now(ports, call, died)) is not None:
        return stopped
    lines.begin(call)
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
