"""A job's steps as lines of text."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

type Step = Mapping[str, Any]
type Job = Mapping[str, Any]

MARKS = {"pending": " ", "running": ">", "waiting": "~", "done": "+", "failed": "!"}


def step_line(step: Step, now: datetime) -> str:
    """One step: a mark for its state, its title, and how long it has taken so far."""
    state = str(step["state"])
    mark = MARKS.get(state, "?")
    said = "" if state in {"pending", "running", "done"} else f"  {state}"
    return f"  {mark} {step['title']}{said}{_took(step, now)}"


def note_of(step: Step, job: Job) -> str:
    """What is being waited for, or went wrong; empty where the job's phase says as much."""
    note = str(step.get("note") or "") if step["state"] in {"waiting", "failed"} else ""
    return "" if note == (job.get("phase") or {}).get("text") else note


def note_lines(note: str) -> Iterable[str]:
    """The whole of it, since it may be a command to copy."""
    return (f"      {line}" for line in note.splitlines())


def step_lines(step: Step, job: Job, now: datetime) -> list[str]:
    """One step with its note."""
    return [step_line(step, now), *note_lines(note_of(step, job))]


def phase_line(job: Job) -> str | None:
    """What goes on in plain words and how long it takes; None where it is a matter of seconds."""
    phase = job.get("phase") or {}
    if phase.get("usual") in {None, "", "seconds"}:
        return None
    return f"      {phase['text']}: usually {phase['usual']}"


def _took(step: Step, now: datetime) -> str:
    if not step.get("started"):
        return ""
    end = _time(step["ended"]) if step.get("ended") else now
    # The clock that wrote the start may be ahead of ours.
    return f"  {max((end - _time(step['started'])).total_seconds(), 0):.1f} s"


def _time(text: str) -> datetime:
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC)
