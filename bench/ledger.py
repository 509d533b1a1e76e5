"""`python -m bench.ledger [JOBS [FLOWS]]`: what many ended jobs in the ledger cost, beside a few.

One job is really run; its blobs are the pattern of all others, which get their own ids, times and
endpoints. Then the same calls are made over both ledgers: blob calls and seconds of each.
"""

import hashlib
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from azure.storage.blob import ContainerClient

from bench.calls import Counted, opened, world_over
from bench.filling import Blob, write_all
from shared.domain.requests.flow_folder import flow_folders
from shared.domain.requests.request import job_id, newest_first, order_key, stamp
from shared.domain.requests.source import BlobSource, FolderSource
from shared.steps.drift import find_drift
from shared.steps.intake.sweep import accept_missed, find_open_jobs
from shared.steps.remove.retention import find_old, forget
from shared.steps.remove.time_to_live import expired
from shared.steps.views.job_list import list_jobs
from shared.steps.views.jobs import describe_job

ENDPOINTS: Final = 1_000
DOCUMENTS: Final = ("release", "result")
FEW: Final = 100
TIMES: Final = 5
DAY: Final = 86_400.0

type Measured = tuple[int, float]
"""Blob calls, and seconds."""


@dataclass(frozen=True)
class Pattern:
    """The blobs of the job that was run. `now`: the ended jobs come before it."""

    job: str
    request: bytes
    documents: dict[str, bytes]
    release: bytes
    now: datetime

    def blobs(self, number: int) -> Iterable[Blob]:
        """The blobs of the job with this number; the higher, the older."""
        job = hashlib.sha256(str(number).encode()).hexdigest()[:20]
        endpoint = "hello" if number < 100 else f"e{number % ENDPOINTS}"
        when = stamp(self.now - timedelta(minutes=5 * (number + 1)))
        order = f"{when}/{when}/{number:012}"

        def own(content: bytes) -> bytes:
            return content.replace(self.job.encode(), job.encode())

        yield f"requests/{job}.json", own(self.request), {}
        for name, content in self.documents.items():
            yield f"jobs/{job}/{name}.json", own(content), {}
        yield f"endpoints/{endpoint}/queue/{newest_first(order)}~{job}", b"", {}
        release = f"endpoints/{endpoint}/releases/{order_key(order)}~{job}.json"
        made = {"job": job, "deployment": f"d-{number}", "digest": "0", "package": job}
        yield release, own(self.release), made
        listed = {"state": "succeeded", "endpoint": endpoint, "source": "a.zip", "accepted": when}
        yield f"listed/{newest_first(when)}~{job}", b"", listed


def pattern_of(ledger: ContainerClient, job: str, endpoint: str, now: datetime) -> Pattern:
    """Read the blobs of an ended job."""
    folder = f"endpoints/{endpoint}/releases/"
    release = next(iter(ledger.list_blob_names(name_starts_with=folder)))

    def read(path: str) -> bytes:
        return bytes(ledger.download_blob(path).readall())

    documents = {name: read(f"jobs/{job}/{name}.json") for name in DOCUMENTS}
    return Pattern(job, read(f"requests/{job}.json"), documents, read(release), now)


def flow(number: int) -> Iterable[Blob]:
    """A zip, or for each tenth number a folder of three files."""
    if number % 10:
        yield f"team{number % 7}/flow-{number}.zip", b"zip", {}
    else:
        for name in ("flow.dag.yaml", "say.py", "requirements.txt"):
            yield f"team{number % 7}/flow-{number}/{name}", b"x", {}


def measure(counted: Counted, do: Callable[[], object], times: int = TIMES) -> Measured:
    """The calls of the last run, and the median of the seconds."""
    seconds = list[float]()
    for _ in range(times):
        counted.transport.calls.clear()
        began = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - began)
    return len(counted.transport.calls), statistics.median(seconds)


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


def fill(counted: Counted, jobs: int, flows: int) -> None:
    """Write so many ended jobs and flows, and what the sweep has noted of the flows."""
    ledger = counted.side.container
    assert ledger is not None
    pattern = pattern_of(ledger, counted.jobs[0], "hello", datetime.now(UTC))
    write_all(counted.account, str(ledger.container_name), pattern.blobs, jobs)
    write_all(counted.account, str(ledger.container_name).replace("ledger", "flows"), flow, flows)
    ports, seen = counted.world.ports, dict[str, str]()
    files = ports.flows.list("")
    for path, inside in flow_folders(files).items():
        ports.ledger.record_folder(path, job_id(FolderSource(path=path, files=tuple(inside)), {}))
    for file in files:
        if file.path.endswith(".zip"):
            seen[file.path] = job_id(BlobSource(path=file.path, etag=file.etag), {})
    ports.ledger.record_sweep(seen)


def rows(counted: Counted) -> dict[str, Measured]:
    """Measure each call."""
    ports = counted.world.ports
    first = counted.jobs[0]
    number = itertools.count()
    return {
        "GET /api/jobs, a page": measure(counted, lambda: list_jobs(ports)),
        "GET /api/jobs, of one endpoint": measure(counted, lambda: list_jobs(ports, endpoint="e7")),
        "one job": measure(counted, lambda: describe_job(ports, first)),
        "sweep, nothing to be done": measure(counted, lambda: sweep(counted), 3),
        "accept": measure(counted, lambda: counted.accept(f"a{next(number)}.zip")),
        "a deployment": measure(counted, lambda: counted.deploy(f"X = {next(number)}\n")),
        "retention, one look": measure(counted, lambda: forget_some(counted), 1),
    }


def main() -> None:
    given = [int(it) for it in sys.argv[1:]]
    jobs, flows = (*given, *(100_000, 10_000)[len(given) :])
    with opened() as account:
        small, large = prepared(world_over(account)), prepared(world_over(account))
        fill(small, FEW, 0)
        began = time.perf_counter()
        fill(large, jobs, flows)
        print(f"{jobs:,} jobs and {flows:,} flows written in {time.perf_counter() - began:.0f} s")
        few, many = rows(small), rows(large)
        print(f"{'blob calls, seconds':<34}{f'{FEW} jobs':>16}{f'{jobs:,} jobs':>20}")
        for name, (calls, seconds) in few.items():
            other, longer = many[name]
            print(f"{name:<34}{calls:>7}{seconds:>9.3f}{other:>11}{longer:>9.3f}")


if __name__ == "__main__":
    main()
