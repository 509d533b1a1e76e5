"""What Azure has may not be what Azure shows: a read can be older than a write before it.

ARM answers from replicas and caches. A reader that has seen a resource may miss it a moment later.
"""

from datetime import datetime, timedelta

from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, waiting

VISIBLE_WITHIN = timedelta(seconds=30)
"""After that what Azure shows is believed."""

LOOKS = 3
"""How often a plan looks again, where Azure does not show what the ledger knows."""


def fresh(call: StepCall, now: datetime) -> bool:
    """Whether what is shown may be older than the newest thing that this step waits for."""
    return call.since is not None and now - datetime.fromisoformat(call.since) < VISIBLE_WITHIN


def not_shown_yet(call: StepCall, now: datetime, what: str) -> StepReport | None:
    """Wait, where the step's own write has been carried out and is not to be seen yet."""
    if call.written and fresh(call, now):
        return waiting(f"Azure has done it; waiting until {what} is shown so everywhere")
    return None


def sure(call: StepCall) -> bool:
    """Whether it is to be written also where it seems to be so: what is shown may be older."""
    return bool(call.arguments.get("again")) and not call.written
