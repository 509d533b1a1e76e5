"""The lines that an activity adds to a job's timeline: written together where that loses nothing.

Lines wait for the next step that must record its begin, for a pause, and for the activity's end. If
the app dies meanwhile they are lost; the activity runs again, and tells the same once more. But the
end of a step that records its begin is written before any other step runs: without it the step
would seem to have died.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.domain.failure import AzureFailure
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.timeline import deaths
from shared.domain.requests.request import stamp
from shared.ports import Ports

_log = logging.getLogger(__name__)

type Events = tuple[Mapping[str, Any], ...]


class Lines:
    """The lines of one job that are yet to be written."""

    def __init__(self, ports: Ports, job: str) -> None:
        self._ports = ports
        self._job = job
        self._kept = list[dict[str, Any]]()
        self._urgent = False

    def add(self, line: dict[str, Any], *, urgent: bool = False) -> None:
        """Keep a line; an urgent one is written before the next step that records no begin."""
        self._kept.append(line)
        self._urgent = self._urgent or urgent

    def write_urgent(self) -> None:
        if self._urgent:
            self.write()

    def write(self) -> None:
        """Write all lines. No job fails because its timeline misses some: people read it."""
        kept = self._taken()
        if not kept:
            return
        try:
            self._ports.ledger.append_events(self._job, kept)
        except AzureFailure:
            self._warn()

    def begin(self, call: StepCall, after: Events | None = None) -> bool:
        """Record that the step runs; False if the timeline holds more than the lines `after`."""
        if after is None:
            self.add(line(call, "running", "", self._ports.now()))
            self.write()
            return True
        kept, urgent = [*self._kept], self._urgent
        self.add(line(call, "running", "", self._ports.now()))
        try:
            begun = self._ports.ledger.append_after(self._job, after, self._taken())
        except AzureFailure:
            self._warn()
            return True
        if not begun:
            self._kept, self._urgent = kept, urgent
        return begun

    def deaths(self, events: Iterable[Mapping[str, Any]], key: str) -> int:
        """How many of the last runs of a step have died, if it runs once more after the events."""
        this = {"key": key, "state": "running", "note": ""}
        return deaths([*events, *self._kept, this], key)

    def _taken(self) -> list[dict[str, Any]]:
        kept, self._kept, self._urgent = self._kept, [], False
        return kept

    def _warn(self) -> None:
        named = {"job": self._job}
        _log.warning("The timeline of job %s misses a line", self._job, extra=named)


def line(
    call: StepCall, state: str, note: str, at: datetime, *, person: bool = False
) -> dict[str, Any]:
    return {
        "at": stamp(at),
        "key": call.key,
        "kind": call.kind,
        "title": call.title,
        "state": state,
        "note": note,
        "person": person,
    }
