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
    """Return what the step waits for, or why it ended; empty if the job says the same elsewhere.

    The phase says what happens now. The result says why the job was rejected.
    """
    if step["state"] == "rejected" and job.get("result"):
        return ""
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
    # Of a person nothing is usual: the step's note says what is waited for.
    if any(step["state"] == "waiting" and step.get("person") for step in job["steps"]):
        return None
    return f"      {phase['text']}: usually {phase['usual']}"


def progress_line(job: Job, now: datetime) -> str:
    """Return `step 7 of 10, 3 min 12 s`: how far the job is, and since when it runs or ran."""
    steps = job["steps"]
    begun = sum(step["state"] not in {"pending", "not run"} for step in steps)
    took = total_time(job, now)
    return f"step {begun} of {len(steps)}" + (f", {took}" if took else "")


def total_time(job: Job, now: datetime) -> str:
    """Return how long the job has taken, to its result or so far; empty if nothing has begun."""
    starts = [_parse_time(step["started"]) for step in job["steps"] if step.get("started")]
    if not starts:
        return ""
    result = job.get("result") or {}
    end = _parse_time(result["time"]) if result.get("time") else now
    return _span((end - min(starts)).total_seconds())


def _duration(step: Step, now: datetime) -> str:
    if not step.get("started"):
        return ""
    end = _parse_time(step["ended"]) if step.get("ended") else now
    return f"  {_span((end - _parse_time(step['started'])).total_seconds())}"


def _span(seconds: float) -> str:
    """Write a span of time; the clock that wrote its start may be ahead of ours."""
    seconds = max(seconds, 0)
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _parse_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
