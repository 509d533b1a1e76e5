"""What a job's plan saw, handed in this process to the first run of each of its steps.

The straight path needs no second look: the turn keeps other jobs away, and the plan was made a
moment ago. A step that runs again must look, since its first run may have written. So what is
handed over is taken once, before the step writes; it lives in the process's memory alone, and so is
gone after a crash; and it is forgotten before the engine would give a step to another instance.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from shared.domain.jobs.step_call import StepCall
from shared.domain.planning.step import Observed

HANDED_FOR = timedelta(minutes=4)
"""Durable gives an activity whose instance is silent to another one after five minutes."""


@dataclass
class _Handed:
    at: datetime
    fence: int
    observed: Observed
    taken: set[str] = field(default_factory=set)


class Seen:
    """What the plans of this process saw, by job. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handed: dict[str, _Handed] = {}

    def keep(self, job: str, fence: int, observed: Observed, now: datetime) -> None:
        """Hand what a new plan saw to the first run of each of its steps."""
        with self._lock:
            kept = self._handed.items()
            self._handed = {key: it for key, it in kept if now - it.at < HANDED_FOR}
            self._handed[job] = _Handed(now, fence, observed)

    def forget(self, job: str) -> None:
        """Hand nothing more: the job starts again, and steps of its plan may have run."""
        with self._lock:
            self._handed.pop(job, None)

    def take(self, call: StepCall, now: datetime) -> Observed | None:
        """Return what the plan saw if this is the step's first run; None if it must look itself."""
        with self._lock:
            handed = self._handed.get(call.job)
            first = call.tries == call.attempt == 1 and call.key.startswith("step-")
            if handed is None or not first or call.key in handed.taken:
                return None
            handed.taken.add(call.key)
            fresh = handed.fence == call.fence and now - handed.at < HANDED_FOR
            return handed.observed if fresh else None
