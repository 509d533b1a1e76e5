"""Many flows at once: when the first and the last result come, and whether each comes once.

    python -m bench.burst N [--app FOLDER]

Drops N flows, each for an endpoint of its own, on a stack where Azure's operations take no time and
deployments echo. The region takes as many endpoints. With --app, the app in that folder runs, for
instance that of an older commit in a worktree. Ends with 1 if a result is lost, doubled, or bad.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from bench.doors import SAMPLE
from bench.stacks import accept_older_builds
from local.options import Options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client, zipped

type Json = dict[str, Any]

_UPLOADS: Final = 16
"""So many uploads at a time: a person's tool does not send a thousand at once either."""
_SILENT: Final = 300.0
"""Seconds without any result, after which what is missing is lost."""
_AFTER: Final = 10.0
"""Seconds for which a second message would still be seen."""


@dataclass(frozen=True)
class Burst:
    """What came of a burst; seconds are counted from the first upload.

    Attributes:
        flows: how many were dropped.
        uploaded: when the last upload had ended.
        first: when the first result came; `last`: when the last one did.
        lost: flows without a result.
        doubled: results beyond one for each flow.
        bad: results that are no success, as they came.
        processor: seconds of the processor, by part of the stack.
        megabytes: of memory at the end, by part of the stack.
        arm: calls to ARM.
    """

    flows: int
    uploaded: float
    first: float
    last: float
    lost: int
    doubled: int
    bad: tuple[str, ...]
    processor: Mapping[str, float]
    megabytes: Mapping[str, float]
    arm: int

    @property
    def each_second(self) -> float:
        return (self.flows - self.lost) / self.last if self.last else 0.0


def options(app: Path) -> Options:
    """A stack whose Azure takes no time."""
    return Options(
        endpoint_seconds=0,
        deployment_seconds=0,
        grant_seconds=0,
        serve="echo",
        quota={"standardDSv2Family": -1},
        settings={"DRIFT_MINUTES": "0"},
        app=app,
    )


def burst(stack: Stack, flows: int, name: str = "burst") -> Burst:
    """Drop so many flows at once, and wait for their results."""
    client = Client(stack.facts)
    client.admin("POST", "settings", json={"most_endpoints": 10_000})
    client.admin("DELETE", "calls")
    paths = [f"{name}-{number}.zip" for number in range(flows)]
    content = zipped(SAMPLE)
    assert client.receiver, "opened before the clock runs"
    spent = _usage(stack)
    began = time.monotonic()
    with ThreadPoolExecutor(_UPLOADS) as pool:
        uploads = pool.submit(lambda: [*pool.map(lambda it: client.upload(it, content), paths)])
        ended = list[float]()
        uploads.add_done_callback(lambda _: ended.append(time.monotonic() - began))
        came = _results(client, {it.removesuffix(".zip") for it in paths}, began)
    uploads.result()  # raises what an upload failed with
    times = [when for when, _ in came]
    told = Counter(str(data["endpoint"]) for _, data in came)
    now = _usage(stack)
    return Burst(
        flows,
        uploaded=ended[0],
        first=min(times, default=0.0),
        last=max(times, default=0.0),
        lost=flows - len(told),
        doubled=sum(told.values()) - len(told),
        bad=tuple(json.dumps(data) for _, data in came if data["outcome"] != "succeeded"),
        processor={part: now[part][0] - spent[part][0] for part in now},
        megabytes={part: now[part][1] for part in now},
        arm=sum(it["host"] == "management.azure.com" for it in client.calls()),
    )


def _results(client: Client, left: set[str], began: float) -> list[tuple[float, Json]]:
    """When each result came, and what it says."""
    came, heard = list[tuple[float, Json]](), time.monotonic()
    while time.monotonic() < heard + (_SILENT if left else _AFTER):
        for message in client.receiver.receive_messages(100, max_wait_time=1):
            heard = time.monotonic()
            client.receiver.complete_message(message)
            data: Json = json.loads(str(message))["data"]
            came.append((heard - began, data))
            left.discard(data["endpoint"])
    return came


def _usage(stack: Stack) -> dict[str, tuple[float, float]]:
    """Processor seconds and megabytes of each part, with its children."""
    return {part: _of(int(pid)) for part, pid in stack.facts["processes"].items()}


def _of(pid: int) -> tuple[float, float]:
    seconds = memory = 0.0
    top = psutil.Process(pid)
    for one in (top, *top.children(recursive=True)):
        try:
            times = one.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
            memory += one.memory_info().rss / 2**20
        except psutil.NoSuchProcess:
            continue
    return seconds, memory


def tell(found: Burst) -> None:
    """Print a burst."""
    print(
        f"{found.flows} flows, uploaded in {found.uploaded:.1f} s: first result after "
        f"{found.first:.1f} s, last after {found.last:.1f} s "
        f"({found.first / found.last if found.last else 0:.2f}), {found.each_second:.2f} a second"
    )
    bad = len(found.bad)
    print(f"  {found.lost} lost, {found.doubled} doubled, {bad} bad; {found.arm} ARM calls")
    print(f"  processes that wanted a processor, in the last minute: {os.getloadavg()[0]:.1f}")
    for one in found.bad:
        print(f"  bad: {one}")
    for part, seconds in found.processor.items():
        each = 1000 * seconds / found.flows
        print(f"  {part:<18}{each:>7.0f} ms a job, {found.megabytes[part]:>6.0f} MB at the end")


def main() -> int:
    """Measure bursts; 1 if anything is wrong."""
    given = argparse.ArgumentParser(prog="python -m bench.burst", description=__doc__)
    given.add_argument("flows", nargs="*", type=int, default=[100], help="how many; default 100")
    given.add_argument("--app", type=Path, default=ROOT, help="the folder of function_app.py")
    given.add_argument("--json", action="store_true", help="as JSON, a line for each burst")
    asked = given.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as state, Stack(Path(state), options(asked.app)) as stack:
        accept_older_builds(Client(stack.facts))
        burst(stack, 1, "warm")
        for flows in asked.flows:
            found = burst(stack, flows, f"burst{flows}")
            print(json.dumps(asdict(found)), flush=True) if asked.json else tell(found)
            wrong += found.lost + found.doubled + len(found.bad)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
