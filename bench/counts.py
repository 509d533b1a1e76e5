"""Counts what a job calls, and an hour without jobs, by service: the figures of the cost page.

    python -m bench.counts

Writes bench/counts.json, from which `make docs` makes docs/reference/costs.md.
"""

import json
import sqlite3
import statistics
import tempfile
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from durabletask.internal import orchestrator_service_pb2 as pb

from bench.idle import hour
from bench.one_job import all_calls, deploy, services, taken
from bench.sides import Side, counted_options, plain_options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client

FILE: Final = Path(__file__).parent / "counts.json"
_JOBS: Final = 5


def measure() -> dict[str, Any]:
    """Run jobs and sweeps on a stack whose app makes every call through the emulator."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        with Stack(state, counted_options(state, ROOT)) as stack:
            side = Side(stack, Client(stack.facts))
            deploy(side, "warm", "first")
            endpoints = [_job(side, f"job-{it}", "first") for it in range(_JOBS)]
            versions = [_job(side, f"job-{it}", "version") for it in range(_JOBS)]
            minute = _minute(side)
            idle = hour(side)
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "endpoint": _medians(endpoints),
        "version": _medians(versions),
        "minute": minute,
        "hour": idle,
        "milliseconds": _times(),
    }


def _job(side: Side, name: str, kind: str) -> Counter[str]:
    """Count one job's calls, orchestrator runs and activities."""
    side.client.admin("DELETE", "calls")
    event = deploy(side, name, kind)
    counted = services(all_calls(side))
    turns, activities = _engine(side.stack.state, event["data"]["job"])
    counted.update({"orchestrator runs": turns, "activities": activities})
    return counted


def _times() -> dict[str, float]:
    """Milliseconds of a job, and of the host's processor for it: storage is reached directly."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        with Stack(state, plain_options(state, ROOT)) as stack:
            side = Side(stack, Client(stack.facts))
            deploy(side, "warm", "first")
            jobs = [taken(side, f"job-{it}", "first") for it in range(_JOBS)]
    return {
        "ran": round(1000 * statistics.median(it.kept for it in jobs)),
        "processor": round(1000 * statistics.median(it.processor for it in jobs)),
    }


def _minute(side: Side) -> dict[str, float]:
    """What a further minute of an operation adds: two minutes' more, halved."""
    counted = list[Counter[str]]()
    for seconds in (60, 180):
        side.client.admin("POST", "settings", json={"deployment_seconds": seconds})
        counted.append(_job(side, f"long-{seconds}", "first"))
    side.client.admin("POST", "settings", json={"deployment_seconds": 0})
    short, long = counted
    return {it: (long[it] - short[it]) / 2 for it in sorted({*short, *long})}


def _engine(state: Path, job: str) -> tuple[int, int]:
    """How often the engine ran the job's orchestrator, and how many activities it began."""
    with closing(sqlite3.connect(state / "durable" / "durable.db")) as kept:
        rows = kept.execute("select events from history where id like ?", (f"%{job}%",)).fetchall()
    runs = [pb.OrchestratorRequest.FromString(it[0]).pastEvents for it in rows]
    events = [event for run in runs for event in run]
    return len(runs), sum(it.WhichOneof("eventType") == "taskScheduled" for it in events)


def _medians(counted: list[Counter[str]]) -> dict[str, float]:
    names = sorted({name for it in counted for name in it})
    return {name: statistics.median(it[name] for it in counted) for name in names}


def main() -> None:
    """Measure, print and keep the counts."""
    text = json.dumps(measure(), indent=2) + "\n"
    FILE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
