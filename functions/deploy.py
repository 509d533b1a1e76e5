"""The orchestrator: prepare, take the turn and plan, fold the steps, undo if need be, publish.

Every branch depends on results in its history alone, and every time is the orchestration's own.
"""

from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import azure.durable_functions as df
from durabletask import task

from shared.domain.diagnosis import Signal, diagnose
from shared.domain.job import moment

Told = dict[str, Any]
type Fold[T] = Generator[Any, Any, T]

blueprint = df.Blueprint()

# Seconds between two looks at the same thing; the last one is kept. A lease on the turn is 60 s.
_PAUSES = (0.1, 0.5, 1, 2, 3, 4, 6, 8, 12, 18, 27, 30)
# Seconds for which a step may find Azure silent, or wait for nobody in particular.
_PATIENCE = 600.0
# Seconds for which a job waits for its turn: the longest that another may wait for a grant, twice.
_TURN_LIMIT = 8 * 3600.0

# What the final check tells of the endpoint, for the result.
_SERVING = ("scoring_uri", "traffic", "auth_mode")


@dataclass(frozen=True)
class _Limits:
    """Seconds: what `prepare` reports of the operator's settings."""

    propagation: float = 0.0
    grant: float = 0.0
    operation: float = _PATIENCE


@dataclass
class _Fold:
    """Where one orchestration stands; made anew by every replay from the same history."""

    context: task.OrchestrationContext
    job: str
    endpoint: str = ""
    fence: int | None = None
    limits: _Limits = field(default_factory=_Limits)
    granted_at: datetime | None = None
    moved: bool = False
    known: Told = field(default_factory=dict)
    ending: Told = field(default_factory=lambda: {"roles": [], "warnings": [], "removed": []})

    @property
    def now(self) -> datetime:
        now = self.context.current_utc_datetime
        return now if now.tzinfo is not None else now.replace(tzinfo=UTC)


@blueprint.orchestration_trigger(context_name="context")
def deploy(context: task.OrchestrationContext, given: Any) -> Generator[Any, Any, str]:
    """One job, from request to result; its outcome."""
    fold = _Fold(context, str(given["job"]))
    outcome = yield from _outcome(fold)
    return (yield from _publish(fold, outcome))


def _outcome(fold: _Fold) -> Fold[str]:
    prepared = yield from _settle(
        fold, _step("prepare", "Read and validate what was asked"), "prepare"
    )
    if prepared["status"] == "done":
        return "done"
    if prepared["status"] != "ok":
        return _ended(fold, prepared, "failed")
    facts = prepared["facts"]
    fold.endpoint = facts["endpoint"]
    fold.limits = _Limits(facts["propagation"], facts["grant"], facts["operation"])
    planned = yield from _settle(fold, _step("plan", "Take the turn and plan"), "plan")
    if planned["status"] != "ok":
        return _ended(fold, planned, "failed")
    return (yield from _deploy(fold, planned["facts"]))


def _deploy(fold: _Fold, planned: Mapping[str, Any]) -> Fold[str]:
    fold.fence = planned["fence"]
    fold.granted_at = moment(planned["granted_at"])
    fold.ending["deployment"] = planned["deployment"]
    fold.ending["warnings"] += planned.get("warnings", ())
    if not planned["steps"]:
        return "unchanged"
    for number, step in enumerate(planned["steps"]):
        report = yield from _settle(fold, step, f"step-{number}")
        if report["status"] == "ok":
            _remember(fold, step, report["facts"])
        elif step["optional"]:
            fold.ending["warnings"].append(f"{step['title']} failed: {report['note']}")
        else:
            return (yield from _go_back(fold, report))
    return "succeeded"


def _remember(fold: _Fold, step: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    fold.ending["removed"] += facts.get("removed", ())
    if step["kind"] == "ensure_endpoint":
        fold.known["principal_id"] = facts.get("principal_id")
    if step["kind"] == "set_traffic":
        fold.moved = True
    if step["kind"] == "verify":
        fold.ending["serving"] = {it: facts.get(it) for it in _SERVING}
    if step["kind"] == "ensure_role_assignment":
        fold.ending["roles"].append(dict(facts))
        granted = moment(facts["granted_at"])
        if granted is not None:
            fold.granted_at = max(granted, fold.granted_at or granted)


def _go_back(fold: _Fold, report: Told) -> Fold[str]:
    """Undo what was done. Without the turn there is nothing to undo: another job decides now."""
    if report["facts"].get("lost"):
        return _ended(fold, report, "failed")
    fold.moved = True  # the way back gives way to nobody
    found = yield from _settle(fold, _step("undo", "Plan the way back"), "undo")
    failed = _ended(fold, report, "rolled back" if found["facts"].get("moved") else "failed")
    if found["status"] != "ok":
        fold.ending["warnings"].append(f"The way back could not be planned: {found['note']}")
        return failed
    for number, step in enumerate(found["facts"]["steps"]):
        undone = yield from _settle(fold, step, f"undo-{number}")
        if undone["status"] != "ok":
            fold.ending["warnings"].append(f"{step['title']} failed: {undone['note']}")
    return failed


def _ended(fold: _Fold, report: Told, otherwise: str) -> str:
    fold.ending["diagnosis"] = report["diagnosis"]
    fold.ending["findings"] = report["findings"]
    fold.ending["by"] = report["facts"].get("by")
    status = str(report["status"])
    return status if status in {"rejected", "superseded"} else otherwise


def _publish(fold: _Fold, outcome: str) -> Fold[str]:
    """Until it is told: what the queue cannot take now, it takes later."""
    given = {"job": fold.job, "ending": {**fold.ending, "outcome": outcome}}
    number = 0
    while True:
        told = yield fold.context.call_activity("publish", input=given)
        if told["status"] == "ok":
            return str(told["facts"]["outcome"])
        yield _pause(fold, number, told.get("retry_after"))
        number += 1


def _settle(fold: _Fold, step: Mapping[str, Any], key: str) -> Fold[Told]:
    """Run a step until it is settled: look, wait, look again, each kind of waiting to its limit."""
    attempt, tries, looks, started, said = 1, 1, 0, fold.now, ""
    operation: str | None = None
    while True:
        report: Told = yield _call(fold, step, key, attempt, tries, operation, said)
        status = report["status"]
        if operation is not None and status == "ok":
            operation, tries = None, tries + 1
            continue
        if status == "denied":
            if not _not_yet(fold):
                return {**report, "status": "unhealthy"}
            operation, attempt, looks = None, attempt + 1, -1
        elif status == "waiting":
            operation = report["operation"]
        elif status != "unavailable":
            return report
        if fold.now - started > timedelta(seconds=_limit(fold, step, report)):
            return _out_of_time(step, report)
        # After a denial it is tried anew: what that begins ends as soon as it did the first time.
        yield _pause(fold, looks if looks >= 0 else attempt, report["retry_after"])
        tries, looks, said = tries + 1, looks + 1, report["note"]


def _call(
    fold: _Fold,
    step: Mapping[str, Any],
    key: str,
    attempt: int,
    tries: int,
    operation: str | None,
    said: str,
) -> Any:
    given = {
        "job": fold.job,
        "endpoint": fold.endpoint,
        "kind": step["kind"],
        "key": key,
        "title": step["title"],
        "arguments": step["arguments"],
        "attempt": attempt,
        "tries": tries,
        "fence": fold.fence,
        "yields": not fold.moved,
        "operation": operation,
        "said": said,
        "known": fold.known,
        "until": until.isoformat() if (until := _in_force(fold)) is not None else None,
    }
    activity = "poll" if operation is not None else "step"
    return fold.context.call_activity("prepare" if key == "prepare" else activity, input=given)


def _not_yet(fold: _Fold) -> bool:
    """Whether a grant may still be on its way to where it must be in force."""
    until = _in_force(fold)
    return until is not None and fold.now < until


def _in_force(fold: _Fold) -> datetime | None:
    """When the newest grant must be in force."""
    if fold.granted_at is None:
        return None
    return fold.granted_at + timedelta(seconds=fold.limits.propagation)


def _limit(fold: _Fold, step: Mapping[str, Any], report: Told) -> float:
    if report["person"]:
        return fold.limits.grant
    if step["kind"] == "plan":
        return _TURN_LIMIT
    if report["status"] == "denied":
        return fold.limits.propagation + fold.limits.operation
    return fold.limits.operation if report["status"] == "waiting" else _PATIENCE


def _out_of_time(step: Mapping[str, Any], report: Told) -> Told:
    """The limit is reached: for a grant, Azure's silence, or an operation that does not end."""
    codes = {"unavailable": "Unreachable"}
    code = "GrantLimit" if report["person"] else codes.get(report["status"], "TimeLimit")
    found = diagnose(Signal(code, report["note"], step=step["title"]))
    return {**report, "status": "unhealthy", "diagnosis": asdict(found)}


def _pause(fold: _Fold, number: int, asked: float | None) -> Any:
    seconds = _PAUSES[min(number, len(_PAUSES) - 1)] if asked is None else min(asked, 60.0)
    return fold.context.create_timer(fold.now + timedelta(seconds=seconds))


def _step(kind: str, title: str) -> dict[str, Any]:
    return {"kind": kind, "title": title, "arguments": {}, "optional": False}
