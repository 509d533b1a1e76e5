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
from bench.one_job import all_calls, deploy, services
from bench.sides import Side, counted_options
from bench.usage import processor_seconds
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client

FILE: Final = Path(__file__).parent / "counts.json"
_JOBS: Final = 5
_RAN: Final = "milliseconds"


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
    }


def _job(side: Side, name: str, kind: str) -> Counter[str]:
    """Count one job's calls, orchestrator runs and activities, and the seconds that it ran."""
    side.client.admin("DELETE", "calls")
    before = processor_seconds(side.host)
    event = deploy(side, name, kind)
    counted = services(all_calls(side))
    ran = _at(event["time"]) - _at(event["data"]["accepted"])
    counted["processor milliseconds"] = round(1000 * (processor_seconds(side.host) - before))
    turns, activities = _engine(side.stack.state, event["data"]["job"])
    counted.update({"orchestrator runs": turns, "activities": activities})
    counted[_RAN] = round(1000 * ran)
    return counted


def _minute(side: Side) -> dict[str, float]:
    """What a further minute of an operation adds: two minutes' more, halved."""
    counted = list[Counter[str]]()
    for seconds in (60, 180):
        side.client.admin("POST", "settings", json={"deployment_seconds": seconds})
        counted.append(_job(side, f"long-{seconds}", "first"))
    side.client.admin("POST", "settings", json={"deployment_seconds": 0})
    short, long = counted
    return {it: (long[it] - short[it]) / 2 for it in sorted({*short, *long} - {_RAN})}


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


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def main() -> None:
    """Measure, print and keep the counts."""
    text = json.dumps(measure(), indent=2) + "\n"
    FILE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
