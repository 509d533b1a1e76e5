"""Turn the events of a timeline into the steps that a person follows."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.jobs.result import WELL
from shared.domain.planning.step import Plan

_OPEN = frozenset({"running", "waiting"})
_ENDS = {
    "ok": "done",
    "done": "done",
    "rejected": "rejected",
    "superseded": "superseded",
    "canceled": "canceled",
}


def state_after(status: str) -> str:
    """Return the state of a step that has ended with that status of its report."""
    return _ENDS.get(status, "failed")


def steps_shown(events: Iterable[Mapping[str, Any]], plan: Plan | None) -> list[dict[str, Any]]:
    """Return one row for each step, in order: past and current ones, then planned ones.

    Each has `index`, `key`, `kind`, `title`, `state` (`pending`, `running`, `waiting`, `done`,
    `failed`, `rejected`, `superseded`, `canceled`), `started`, `ended` (ISO 8601 or None), `note`,
    and `person`: True if it waits for a person. A step that ran again after a crash keeps its first
    start.
    """
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        row = rows.setdefault(
            event["key"], {"key": event["key"], "started": event["at"], "ended": None}
        )
        row.update({name: event[name] for name in ("kind", "title", "state", "note", "person")})
        if event["state"] not in _OPEN:
            row["ended"] = event["at"]
    gone_back = any(key.startswith("undo") for key in rows)
    for number, step in enumerate(plan.steps if plan is not None and not gone_back else ()):
        rows.setdefault(
            f"step-{number}",
            {"key": f"step-{number}", "kind": step.kind, "title": step.title, "state": "pending"}
            | {"started": None, "ended": None, "note": "", "person": False},
        )
    return [{"index": index, **row} for index, row in enumerate(rows.values())]


ALONE = "The app ended while this step ran: it is tried again when no other such step runs"
"""The note of a step that has died once and waits to be tried alone."""

CALM = (
    "The app ended twice while this step ran: it is tried a last time once the app has run for a "
    "while and no other such step runs"
)
"""The note of a step that has died twice."""

_DIED = {ALONE: 1, CALM: 2}


def deaths(events: Iterable[Mapping[str, Any]], key: str) -> int:
    """Count how many of the last runs of a step died with the app, without the current run.

    The note of a step that waits to be tried again tells how often it has died: its event may
    follow the run that died.
    """
    died, runs = 0, False
    for event in events:
        if event["key"] != key:
            continue
        if event["state"] == "running":
            died += runs
            runs = True
        else:
            runs = False
            died = _DIED.get(event["note"], 0)
    return died


def settled(steps: Iterable[Mapping[str, Any]], *, outcome: str, at: str) -> list[dict[str, Any]]:
    """Close the rows of a job that has ended at `at` (ISO 8601).

    A step that the job gave up waiting for has failed, unless the job was superseded or canceled.
    So has an optional one that waited for a person, even if the job ended well. For any other the
    last event was lost. A step that had yet to begin was `not run`.
    """
    return [_settled(row, outcome, at) for row in steps]


def _settled(row: Mapping[str, Any], outcome: str, at: str) -> dict[str, Any]:
    if row["state"] == "pending":
        return {**row, "state": "not run"}
    if row["state"] not in _OPEN:
        return {**row}
    done = outcome in WELL and not row["person"]
    return {**row, "state": "done" if done else state_after(outcome), "ended": at, "person": False}
