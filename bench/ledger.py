"""What many ended jobs in the ledger cost, beside a few.

    python -m bench.ledger [JOBS [FLOWS]]

One job is really run; its blobs are the pattern of all others, which get their own ids, times and
endpoints. Then the same calls are made over both ledgers, in turn: blob calls and seconds of each.
"""

import argparse
import hashlib
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from bench.calls import Counted, world_over
from bench.filling import Blob, Filler, opened
from bench.pattern import Pattern
from bench.rows import Row, table
from shared.domain.requests.flow_folder import flow_folders
from shared.domain.requests.request import job_id
from shared.domain.requests.source import BlobSource, FolderSource
from shared.steps.drift import find_drift
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.remove.retention import find_old, forget
from shared.steps.remove.time_to_live import expired
from shared.steps.views.job_list import list_jobs
from shared.steps.views.jobs import describe_job

ENDPOINTS: Final = 1_000
DROPPED: Final = "hello.zip"
OWN: Final = "hello"
"""The endpoint of the jobs that are really run, which has some of the others too."""
AT_OWN: Final = 100
BETWEEN: Final = 300
"""Seconds between two jobs."""
FEW: Final = 100
TIMES: Final = 5
DAY: Final = 86_400.0

LIST: Final = "GET /api/jobs, a page"
SWEEP: Final = "sweep"
MOST_CALLS: Final = {LIST: 3, SWEEP: 10}
MOST_TIMES: Final = {LIST: 1.2}

type Measured = tuple[int, float]
"""Blob calls, and seconds."""


class Action(NamedTuple):
    """What is done to be measured, and how often."""

    do: Callable[[], object]
    times: int = TIMES


def flow(number: int) -> Iterable[Blob]:
    """A zip, or for each tenth number a folder of three files."""
    if number % 10:
        yield Blob(f"team{number % 7}/flow-{number}.zip", b"zip", {}, like=DROPPED)
    else:
        for name in ("flow.dag.yaml", "say.py", "requirements.txt"):
            yield Blob(f"team{number % 7}/flow-{number}/{name}", b"x", {}, like=DROPPED)


def sweep(counted: Counted) -> None:
    """Run each search of the sweep once: there is nothing to be done."""
    for find in (find_open_jobs, accept_missed, expired, find_drift, find_old):
        found = find(counted.world.ports)
        assert not found, f"{find.__name__} found {found}"


def forget_some(counted: Counted) -> None:
    """Run the search for old jobs, and forget those that it found."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    ports = replace(counted.world.ports, retention=1.0, now=lambda: tomorrow)
    for old in find_old(ports):
        forget(ports, old)


def prepared(counted: Counted) -> Counted:
    """Let one job end. Drift is due once a day, so that the timed looks see none."""
    world = counted.world
    world.ports = replace(world.ports, drift_every=DAY, retention=100 * 365.0, quiet_period=-200.0)
    world.engine.ports = world.ports
    world.clock.now = datetime.now(UTC)
    counted.deploy("")
    return counted


def fill(filler: Filler, counted: Counted, jobs: int, flows: int) -> None:
    """Write so many ended jobs and flows, and what the sweep has noted of the flows."""
    ledger = counted.side.container
    request = counted.world.ports.ledger.request(counted.jobs[0])
    assert ledger is not None
    assert request is not None
    pattern = Pattern(ledger, request, OWN)

    def blobs(number: int) -> Iterable[Blob]:
        """The blobs of a job; the higher its number, the older it is."""
        job = hashlib.sha256(str(number).encode()).hexdigest()[:20]
        endpoint = OWN if number < AT_OWN else f"e{number % ENDPOINTS}"
        newest = AT_OWN <= number < AT_OWN + ENDPOINTS
        return pattern.copy(job, endpoint, BETWEEN * (number + 1), newest=newest)

    filler.write(str(ledger.container_name), blobs, jobs)
    filler.write(str(ledger.container_name).replace("ledger", "flows"), flow, flows)
    ports, seen = counted.world.ports, dict[str, str]()
    files = ports.flows.list("")
    for path, inside in flow_folders(files).items():
        ports.ledger.record_folder(path, job_id(FolderSource(path=path, files=tuple(inside)), {}))
    for file in files:
        if file.path.endswith(".zip"):
            seen[file.path] = job_id(BlobSource(path=file.path, etag=file.etag), {})
    ports.ledger.record_sweep(seen)


def actions(counted: Counted) -> dict[str, Action]:
    """What is measured over a ledger."""
    ports = counted.world.ports
    first = counted.jobs[0]
    number = itertools.count()
    return {
        LIST: Action(lambda: list_jobs(ports)),
        "GET /api/jobs, of one endpoint": Action(lambda: list_jobs(ports, endpoint="e7")),
        "one job": Action(lambda: describe_job(ports, first)),
        SWEEP: Action(lambda: sweep(counted), 3),
        "accept": Action(lambda: counted.accept(f"a{next(number)}.zip")),
        "a deployment": Action(lambda: counted.deploy(f"X = {next(number)}\n")),
        "retention, one look": Action(lambda: forget_some(counted), 1),
    }


def measured(few: Counted, many: Counted) -> Iterator[tuple[str, Measured, Measured]]:
    """Yield each action with what it takes over either ledger: in turn, so that both wait alike."""
    others = actions(many)
    for name, action in actions(few).items():
        found: tuple[list[Measured], list[Measured]] = ([], [])
        for _ in range(action.times):
            for counted, one, into in zip((few, many), (action, others[name]), found, strict=True):
                into.append(_measure(counted, one))
        yield name, _median(found[0]), _median(found[1])


def _measure(counted: Counted, action: Action) -> Measured:
    counted.transport.calls.clear()
    began = time.perf_counter()
    action.do()
    seconds = time.perf_counter() - began
    return len(counted.transport.calls), seconds


def _median(found: list[Measured]) -> Measured:
    """The calls of the last time: the first may read what a process then knows."""
    return found[-1][0], statistics.median(seconds for _, seconds in found)


def compare(jobs: int, flows: int) -> Iterator[Row]:
    """Yield the rows of the table: a ledger of few jobs, and one of many."""
    with opened() as (account, filler):
        small, large = prepared(world_over(account)), prepared(world_over(account))
        fill(filler, small, FEW, 0)
        began = time.perf_counter()
        fill(filler, large, jobs, flows)
        took = time.perf_counter() - began
        print(f"{jobs:,} jobs and {flows:,} flows written in {took:.0f} s", flush=True)
        for name, few, many in measured(small, large):
            most, part = MOST_CALLS.get(name), MOST_TIMES.get(name)
            figure = f"{name}, {jobs:,} jobs beside {FEW}"
            yield Row(f"{figure}: calls", few[0], many[0], most=most)
            yield Row(f"{figure}: time", few[1] * 1000, many[1] * 1000, "ms", part=part)


def main() -> None:
    """Print the table. Its older figures are those of a ledger with few jobs."""
    given = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    given.add_argument("jobs", nargs="?", type=int, default=100_000)
    given.add_argument("flows", nargs="?", type=int, default=10_000)
    asked = given.parse_args()
    print(*table(compare(asked.jobs, asked.flows), "few", "many"), sep="\n")


if __name__ == "__main__":
    main()
