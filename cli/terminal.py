"""Show a job in a terminal while it runs: a list that changes in place."""

import re
from typing import Final, Self

from rich.console import Console
from rich.live import Live

from cli.display import Display
from cli.step_list import StepList
from cli.timeline import Job, note_of

_COMMAND: Final = re.compile(r"\baz [a-z].*")


class Terminal(Display):
    """For people: the list of steps, drawn over itself, never taller than the window."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False)
        self._job: Job = {"steps": []}
        self._commands = set[str]()

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.update(StepList(self._job, whole=True))
        self._live.stop()

    def say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)

    def show(self, job: Job) -> None:
        self._job = job
        self._say_commands()
        self._live.update(StepList(job), refresh=True)

    def _say_commands(self) -> None:
        """Print each command once, above the list and unwrapped, so that it can be copied."""
        notes = (note_of(step, self._job) for step in self._job["steps"])
        found = {it.group() for note in notes for it in _COMMAND.finditer(note)}
        for command in sorted(found - self._commands):
            self.say(command)
        self._commands |= found
