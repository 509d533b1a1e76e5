"""Reads of Azure can be stale: ARM answers from replicas and caches.

A reader that has seen a resource may miss it a moment later, and may see the state before a write.
"""

from datetime import datetime, timedelta

from shared.domain.jobs.phase import words
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, waiting

VISIBLE_WITHIN = timedelta(seconds=30)
"""After this time, what Azure shows is taken as true."""

LOOKS = 3
"""How often a plan looks again if Azure does not show what the ledger has."""


def may_be_stale(call: StepCall, now: datetime) -> bool:
    """True if a read may still be older than the write or operation that the step waits for."""
    return call.since is not None and now - datetime.fromisoformat(call.since) < VISIBLE_WITHIN


def wait_until_visible(call: StepCall, now: datetime, what: str) -> StepReport | None:
    """Return a wait if the step's own write is done but may not be visible yet."""
    if call.written and may_be_stale(call, now):
        return waiting(f"Azure has done it; waiting until {what} is shown so everywhere")
    return None


def is_told(call: StepCall) -> bool:
    """True if Azure's own operation said that the step's write is done: no read is needed.

    While a step waits for its operation, its note is the step's own words. Any other note means
    that the end was inferred from what Azure shows, or that the step waits until it is shown. On
    the way back, what is shown counts too.
    """
    return call.written and call.said == words(call.kind) and not call.arguments.get("again")


def must_write(call: StepCall) -> bool:
    """True if the step must write even if Azure shows the wanted state, which may be stale."""
    return bool(call.arguments.get("again")) and not call.written
