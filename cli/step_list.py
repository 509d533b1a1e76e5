"""A job's steps in a terminal: wrapped at words, and as many as the window holds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from cli.timeline import Job, phase_line, progress_line, step_lines

type Rows = list[list[Segment]]

_STYLES: Final = {
    "running": "cyan",
    "waiting": "yellow",
    "done": "green",
    "failed": "red",
    "rejected": "red",
    "superseded": "yellow",
    "canceled": "yellow",
}


class StepList:
    """Rich draws it anew for each change of the job, and whole at the end.

    Args:
        job: as it is now.
        whole: show every step, however tall the window is.
    """

    def __init__(self, job: Job, *, whole: bool = False) -> None:
        self._job = job
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        now = datetime.now(UTC)
        lines = [step_lines(step, self._job, now) for step in self._job["steps"]]
        states = (str(step["state"]) for step in self._job["steps"])
        steps = [
            _rows(console, options, each, _STYLES.get(state, ""))
            for each, state in zip(lines, states, strict=True)
        ]
        phase = phase_line(self._job)
        progress = None if self._whole or not steps else f"  {progress_line(self._job, now)}"
        below = _rows(console, options, [it for it in (phase, progress) if it is not None])
        shown = range(len(steps))
        heights = [len(rows) for rows in steps]
        room = options.size.height - len(below)
        if not self._whole and sum(heights) > room:
            shown = around(_current(self._job), heights, room - 2)
        yield from _rest(shown.start, "before")
        for index in shown:
            yield from _ended(steps[index])
        yield from _rest(len(steps) - shown.stop, "after")
        yield from _ended(below)


def around(current: int, heights: Sequence[int], room: int) -> range:
    """Return the current step and as many neighbours on both sides as fit into the rows."""
    first, end, free = current, current + 1, room - heights[current]
    while True:
        below = end < len(heights) and heights[end] <= free
        if below:
            free -= heights[end]
            end += 1
        above = first > 0 and heights[first - 1] <= free
        if above:
            first -= 1
            free -= heights[first]
        if not (above or below):
            return range(first, end)


def _current(job: Job) -> int:
    """Return the index of the last step that has begun."""
    begun = [index for index, step in enumerate(job["steps"]) if step["state"] != "pending"]
    return begun[-1] if begun else 0


def _rows(console: Console, options: ConsoleOptions, lines: Sequence[str], mark: str = "") -> Rows:
    """Wrap lines to the window's width; the rows of a line share its indent.

    `mark` is the style of the first line's first character.
    """
    rows: Rows = []
    for line in lines:
        text = line.lstrip()
        indent = min(len(line) - len(text), options.max_width - 1)
        shown = Text(text)
        if mark and not rows:
            shown.stylize(mark, 0, 1)
        rows += console.render_lines(
            Padding(shown, (0, 0, 0, indent), expand=False), options, pad=False
        )
    return rows


def _ended(rows: Rows) -> Iterator[Segment]:
    for row in rows:
        yield from (*row, Segment.line())


def _rest(count: int, where: str) -> Iterator[Segment]:
    """Yield the row that counts the steps that do not fit."""
    if count:
        yield from _ended([[Segment(f"    ... {count} more {where}")]])
