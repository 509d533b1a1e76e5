"""Show a job while it runs: not at all, or a line for each change."""

from datetime import UTC, datetime
from typing import IO, Self

from cli.timeline import Job, note_of, phase_line, step_lines


class Display:
    """Shows nothing. For `--json`: standard output is for the result alone."""

    def __enter__(self) -> Self:
        """Begin to follow a job."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it: what was shown last stays."""

    def say(self, line: str) -> None:
        """Print a line of its own."""

    def show(self, job: Job) -> None:
        """Show the job as it is now."""


class Lines(Display):
    """For logs and pipes: one line for each change of a step's state."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._shown: dict[str, tuple[str, str]] = {}
        self._phase: str | None = None

    def say(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def show(self, job: Job) -> None:
        for step in job["steps"]:
            state, note = str(step["state"]), note_of(step, job)
            # A step that waits for Azure alone is a step that runs.
            now = ("running" if state == "waiting" and not note else state, note)
            if state == "pending" or self._shown.get(step["title"]) == now:
                continue
            self._shown[step["title"]] = now
            for line in step_lines(step, job, datetime.now(UTC)):
                self.say(line)
        phase = phase_line(job)
        if phase is not None and phase != self._phase:
            self.say(phase)
        self._phase = phase
