"""Shows a job as it goes on: a list that changes in place, or plain lines as they happen."""

import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import IO, Any, Protocol

from cli.timeline import job_lines, note_lines, note_of, phase_line, step_line

type Job = Mapping[str, Any]


class Display(Protocol):
    """What a command tells while it waits."""

    def say(self, line: str) -> None:
        """A line of its own."""

    def show(self, job: Job) -> None:
        """The job as it is now."""


class Silent:
    """For `--json`: standard output is the result's alone."""

    def say(self, line: str) -> None:
        """Nothing."""

    def show(self, job: Job) -> None:
        """Nothing."""


class Lines:
    """For logs and pipes: one line for each change of a step's state."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._told: dict[str, tuple[str, str]] = {}
        self._phase: str | None = None

    def say(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def show(self, job: Job) -> None:
        for step in job["steps"]:
            state, note = str(step["state"]), note_of(step, job)
            # A step that waits for Azure alone is a step that runs.
            now = ("running" if state == "waiting" and not note else state, note)
            if state == "pending" or self._told.get(step["title"]) == now:
                continue
            self._told[step["title"]] = now
            for line in (step_line(step, datetime.now(UTC)), *note_lines(note)):
                self.say(line)
        phase = phase_line(job)
        if phase is not None and phase != self._phase:
            self.say(phase)
        self._phase = phase


def _columns() -> int:
    return shutil.get_terminal_size().columns


class Terminal:
    """For people: the list of steps, drawn over itself."""

    def __init__(self, out: IO[str], columns: Callable[[], int] = _columns) -> None:
        self._out = out
        self._columns = columns
        self._rows = 0

    def say(self, line: str) -> None:
        self._erase()
        print(line, file=self._out, flush=True)

    def show(self, job: Job) -> None:
        lines = job_lines(job, datetime.now(UTC))
        columns = max(self._columns(), 1)
        self._erase()
        print("".join(f"{line}\n" for line in lines), end="", file=self._out, flush=True)
        self._rows = sum(max(1, -(-len(line) // columns)) for line in lines)

    def _erase(self) -> None:
        if self._rows:
            # Up to the first row of the list, then clear to the end of the screen.
            print(f"\x1b[{self._rows}F\x1b[J", end="", file=self._out)
            self._rows = 0


def display(*, silent: bool) -> Display:
    """The one that fits where standard output goes."""
    if silent:
        return Silent()
    return Terminal(sys.stdout) if sys.stdout.isatty() else Lines(sys.stdout)
