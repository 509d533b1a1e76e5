"""A job's steps as lines of text."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

type Step = Mapping[str, Any]
type Job = Mapping[str, Any]

MARKS = {
    "pending": " ",
    "running": ">",
    "waiting": "~",
    "done": "+",
    "failed": "!",
    "rejected": "!",
    "superseded": "-",
    "canceled": "-",
    "not run": " ",
}
_PLAIN = frozenset({"pending", "running", "done"})
_EXPLAINED = frozenset(MARKS) - _PLAIN
"""States that are written out, with the step's note."""


def step_line(step: Step, now: datetime) -> str:
    """Return one step as a line: a mark for its state, its title, how long it has taken so far."""
    state = str(step["state"])
    mark = MARKS.get(state, "?")
    label = "" if state in _PLAIN else f"  {state}"
    return f"  {mark} {step['title']}{label}{_duration(step, now)}"


def note_of(step: Step, job: Job) -> str:
    """Return what the step waits for, or why it ended; empty if the job's phase says the same."""
    note = str(step.get("note") or "") if step["state"] in _EXPLAINED else ""
    return "" if note == (job.get("phase") or {}).get("text") else note


def note_lines(note: str) -> Iterable[str]:
    """Return the whole note, since it may hold a command to copy."""
    return (f"      {line}" for line in note.splitlines())


def step_lines(step: Step, job: Job, now: datetime) -> list[str]:
    """Return one step with its note."""
    return [step_line(step, now), *note_lines(note_of(step, job))]


def phase_line(job: Job) -> str | None:
    """Return what happens now and how long it usually takes; None if that is seconds."""
    phase = job.get("phase") or {}
    if phase.get("usual") in {None, "", "seconds"}:
        return None
    return f"      {phase['text']}: usually {phase['usual']}"


def _duration(step: Step, now: datetime) -> str:
    if not step.get("started"):
        return ""
    end = _parse_time(step["ended"]) if step.get("ended") else now
    # The clock that wrote the start may be ahead of ours.
    return f"  {max((end - _parse_time(step['started'])).total_seconds(), 0):.1f} s"


def _parse_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
