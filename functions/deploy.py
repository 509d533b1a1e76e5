"""The orchestrator: prepare, take the turn and plan, fold the steps, undo if need be, publish.

Every branch depends on results in its history alone, and every time is the orchestration's own.
"""

from collections.abc import Generator, Mapping
from typing import Any

import azure.durable_functions as df
from durabletask import task

from functions.fold import Fold, Folding, Limits, Told, plain_step, settle

blueprint = df.Blueprint()

# How often an orchestration tries to tell its result: for some 50 minutes. Then it ends, so that
# its history does, and the sweep starts the job again: the ledger has the result by then.
_TELLINGS = 100


@blueprint.orchestration_trigger(context_name="context")
def deploy(context: task.OrchestrationContext, given: Any) -> Generator[Any, Any, str]:
    """One job, from request to result; its outcome."""
    fold = Fold(context, str(given["job"]))
    outcome = yield from _outcome(fold)
    return (yield from _publish(fold, outcome))


def _outcome(fold: Fold) -> Folding[str]:
    asked = plain_step("prepare", "Read and validate what was asked")
    prepared = yield from settle(fold, asked, "prepare")
    if prepared["status"] == "done":
        return "done"
    if prepared["status"] != "ok":
        return _ended(fold, prepared, "failed")
    facts = prepared["facts"]
    fold.endpoint = facts["endpoint"]
    fold.limits = Limits(facts["propagation"], facts["grant"], facts["operation"])
    planned = yield from settle(fold, plain_step("plan", "Take the turn and plan"), "plan")
    if planned["status"] != "ok":
        return _ended(fold, planned, "failed")
    return (yield from _deploy(fold, planned["facts"]))


def _deploy(fold: Fold, planned: Mapping[str, Any]) -> Folding[str]:
    fold.fence = planned["fence"]
    fold.remember(planned)
    if not planned["steps"]:
        return "unchanged"
    for number, step in enumerate(planned["steps"]):
        report = yield from settle(fold, step, f"step-{number}")
        if report["status"] == "ok":
            fold.remember(report["facts"])
        elif step["optional"]:
            fold.ending["warnings"].append(f"{step['title']} failed: {report['note']}")
        else:
            return (yield from _go_back(fold, report))
    return "succeeded"


def _go_back(fold: Fold, report: Told) -> Folding[str]:
    """Undo what was done. Without the turn there is nothing to undo: another job decides now."""
    if report["facts"].get("lost"):
        return _ended(fold, report, "failed")
    done = {"moved": fold.moved, "written": list(fold.written)}
    fold.moved = True  # the way back gives way to nobody
    planning = {**plain_step("undo", "Plan the way back"), "arguments": done}
    found = yield from settle(fold, planning, "undo")
    failed = _ended(fold, report, "rolled back" if found["facts"].get("moved") else "failed")
    if found["status"] != "ok":
        fold.ending["warnings"].append(f"The way back could not be planned: {found['note']}")
        return failed
    for number, step in enumerate(found["facts"]["steps"]):
        undone = yield from settle(fold, step, f"undo-{number}")
        if undone["status"] != "ok":
            fold.ending["warnings"].append(f"{step['title']} failed: {undone['note']}")
    return failed


def _ended(fold: Fold, report: Told, otherwise: str) -> str:
    fold.ending["diagnosis"] = report["diagnosis"]
    fold.ending["findings"] = report["findings"]
    fold.ending["by"] = report["facts"].get("by")
    status = str(report["status"])
    return status if status in {"rejected", "superseded"} else otherwise


def _publish(fold: Fold, outcome: str) -> Folding[str]:
    """What the queue cannot take now, it takes later, for as long as `_TELLINGS` says."""
    given = {"job": fold.job, "ending": {**fold.ending, "outcome": outcome}}
    for number in range(_TELLINGS):
        told = yield fold.context.call_activity("publish", input=given)
        if told["status"] == "ok":
            return str(told["facts"]["outcome"])
        yield fold.pause(number, told.get("retry_after"))
    return "untold"
