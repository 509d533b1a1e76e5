"""Carries a job on inside one activity, for as long as it need not wait.

The activity runs the call that the orchestrator asked for, and then what the orchestrator would ask
for next. It stops before a long wait and before an undo, and begins nothing more after a while. All
that it reports, the orchestrator folds as if each call had been an activity. If the app dies, the
engine starts the activity again from its first call: each step looks before it writes.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from durabletask import task

from functions.activity_fold import Call, Timer, way_from
from functions.fold import Folding
from functions.told import publish_told, run_told
from shared.domain.failure import AzureFailure
from shared.domain.jobs.call_report import CallReport, reports_to_json
from shared.domain.jobs.step_call import StepCall, call_from_json
from shared.domain.jobs.step_report import StepReport, report_to_json
from shared.domain.planning.step import Step
from shared.ports import Ports
from shared.steps.deploy.planning import kept_plan
from shared.steps.kept_turn import RENEW
from shared.steps.lines import Lines

_SHORT = 0.5
"""Seconds that an activity waits itself. Azure's operations take longer, those of a demo do not."""
_LONGEST = timedelta(seconds=30)
"""After this time an activity begins no further call: all of them would be repeated."""


class JobActivity:
    """One activity of a job: it makes the call that is asked for, and carries the job on.

    Args:
        ports: the services.
        wake: gets each older job that must give way to this one.
        renew: seconds after which a running step renews its turn.
    """

    def __init__(
        self,
        ports: Ports,
        wake: Callable[[str], None] = lambda _: None,
        renew: float = RENEW,
    ) -> None:
        self._ports, self._wake, self._renew = ports, wake, renew
        self._reports = list[CallReport]()

    def go(self, given: Any) -> dict[str, Any]:
        """Run the call, and go on; return what happened, as JSON."""
        call = call_from_json(given)
        lines = Lines(self._ports, call.job)
        until = self._ports.now() + _LONGEST
        way = way_from(call, self._ports.now, lambda: _steps(self._ports, call))
        report = self._make(replace(next(way), given=given), lines)
        if not call.rests:  # else it only kept the turn
            self._follow(way, report, lines, until)
        lines.write()
        return reports_to_json(self._reports)

    def publish(self, given: Any) -> dict[str, Any]:
        """Publish the result."""
        report = self.call("publish", given, Lines(self._ports, given["job"]))
        return report_to_json(report)

    def call(self, name: str, given: Any, lines: Lines) -> StepReport:
        """Make one call: run a step, poll its operation, or publish."""
        if name == "publish":
            lines.write()
            return publish_told(self._ports, given)
        return run_told(self._ports, call_from_json(given), lines, self._renew)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def _follow(self, way: Folding[Any], first: StepReport, lines: Lines, until: datetime) -> None:
        """Go on from the report of the first call."""
        answer, undoes = first, self._reports[0].key.startswith("undo")
        while True:
            try:
                asked = way.send(answer)
            except StopIteration:
                return
            if isinstance(asked, Call):
                if asked.key.startswith("undo") != undoes or self._ports.now() > until:
                    return
                answer = self._make(asked, lines)
                continue
            seconds = (_timer(asked).until - self._ports.now()).total_seconds()
            if seconds > _SHORT:
                return
            lines.write()
            self.pause(max(0.0, seconds))

    def _make(self, asked: Call, lines: Lines) -> StepReport:
        report = self.call(asked.name, asked.given, lines)
        for job in report.facts.older:
            self._wake(job)
        self._reports.append(CallReport(asked.key, asked.tries, report))
        return report


def _timer(asked: Any) -> Timer:
    """The timer that the fold waits for, or the one beside an event, since no event comes here."""
    timer = asked.get_tasks()[0] if isinstance(asked, task.WhenAnyTask) else asked
    assert isinstance(timer, Timer)
    return timer


def _steps(ports: Ports, call: StepCall) -> Sequence[Step]:
    """The plan's steps; none if the ledger does not answer now."""
    try:
        made = kept_plan(ports, call.job)
    except AzureFailure:
        return ()
    return made.steps if made is not None else ()
