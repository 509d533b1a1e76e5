"""The trace of a job: its ids are made from the job's, so that every process knows them. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from shared.domain.jobs.result import WELL

type Value = str | int | float | bool

_FAILED = frozenset({"failed", "rejected"})


@dataclass(frozen=True)
class Span:
    """A stretch of time in a trace.

    Attributes:
        name: what happened.
        id: 16 hex digits. `parent`: that of the span it belongs to; empty for the job itself.
        begin: seconds since 1970. `end`: the same.
        kind: `call` to a service, `job`, or `part` of it.
        problem: why it failed; empty if it did not.
        attributes: what else there is to know.
    """

    name: str
    id: str
    parent: str
    begin: float
    end: float
    kind: Literal["job", "part", "call"] = "part"
    problem: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


def trace_id(job: str) -> str:
    """Return the id of the job's trace, 32 hex digits."""
    return hashlib.sha256(job.encode()).hexdigest()[:32]


def span_id(job: str, step: str = "") -> str:
    """Return the id of the job's own span, or of one of its steps, by its key."""
    return hashlib.sha256(f"{job}/{step}".encode()).hexdigest()[:16]


def job_spans(shown: Mapping[str, Any]) -> Iterator[Span]:
    """Make the spans of the steps of a job that has ended, and then that of the job.

    `shown`: the output of `describe_job`. A job that is told twice has the same spans again.
    """
    job, result = str(shown["job"]), shown["result"]
    data = result["data"]
    for row in shown["steps"]:
        if row["started"] and row["ended"]:
            yield Span(
                name=row["title"] or row["kind"],
                id=span_id(job, row["key"]),
                parent=span_id(job),
                begin=_seconds(row["started"]),
                end=_seconds(row["ended"]),
                problem=row["note"] or row["state"] if row["state"] in _FAILED else "",
                attributes={
                    "sluice.step": row["key"],
                    "sluice.step.kind": row["kind"],
                    "sluice.step.state": row["state"],
                },
            )
    outcome, diagnosis = data["outcome"], data["diagnosis"] or {}
    failed = outcome not in WELL and outcome not in {"superseded", "canceled"}
    yield Span(
        name=str(data["kind"]),
        id=span_id(job),
        parent="",
        begin=_seconds(data["accepted"]),
        end=_seconds(result["time"]),
        kind="job",
        problem=(diagnosis.get("cause") or outcome) if failed else "",
        attributes={
            "sluice.kind": data["kind"],
            "sluice.outcome": outcome,
            "sluice.endpoint": data["endpoint"] or "",
            "sluice.deployment": data["deployment"] or "",
            "sluice.door": data["door"],
            "sluice.source": str(data["source"] or ""),
        },
    )


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
