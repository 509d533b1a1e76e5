"""`python -m bench.hostile`: hostile packages, what came of each, and how the app fared meanwhile.

First each is looked into by a process apart, as the app has it done; then all are dropped into a
running stack, whose health is asked all along. Nothing is asserted: the tests do that.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final, Self

import psutil
import requests

from local.options import Options
from local.stack import Stack
from shared.domain.errors import Rejected
from shared.package.bounded import BoundedPackages
from shared.package.forks import environment
from tests.e2e.client import Client
from tests.hostile.all import every_case
from tests.hostile.case import Case, flow_with

MB: Final = 2**20
AT_ONCE: Final = 6
MANY: Final = 1_000


def main() -> None:
    cases = list(every_case())
    read = read_apart(cases)
    slow = [it for it, one in zip(cases, read, strict=True) if one.outcome == "taken" and many(it)]
    for left_out in slow[1:]:
        print(f"not dropped, it uploads for minutes as '{slow[0].name}' does: {left_out.name}")
    drop([it for it in cases if it not in slow[1:]])


@dataclass(frozen=True)
class Reading:
    """What a package took: processor seconds, and peak MB of the process apart."""

    name: str
    outcome: str
    seconds: float
    peak: float
    finding: str


def read_apart(cases: Sequence[Case]) -> list[Reading]:
    """Reads them one after another, and prints a row for each."""
    idle = reading(Case("a sound flow", lambda: flow_with({})))
    print(f"{'package':<52}{'read':<10}{'s':>6}{'MB':>6}  first finding")
    read = list[Reading]()
    for case in cases:
        it = reading(case)
        read.append(it)
        row = f"{it.name[:50]:<52}{it.outcome:<10}{it.seconds:>6.2f}{it.peak:>6.0f}"
        print(f"{row}  {it.finding[:90]}", flush=True)
    slowest, largest = (max(read, key=attrgetter(it)) for it in ("seconds", "peak"))
    print(f"{len(read)} packages read: {dict(Counter(it.outcome for it in read))}")
    print(f"slowest: {slowest.seconds:.2f} s of processor time, {slowest.name}")
    print(
        f"largest: {largest.peak:.0f} MB, {largest.peak - idle.peak:.0f} MB more than the "
        f"{idle.peak:.0f} MB for a sound flow, {largest.name}",
        flush=True,
    )
    return read


def many(case: Case) -> bool:
    """Whether there are so many files in it that their upload takes longer than all else."""
    try:
        return len(zipfile.ZipFile(io.BytesIO(case.make())).namelist()) > MANY
    except zipfile.BadZipFile:  # taken or not, it is damaged
        return False


def drop(cases: Sequence[Case]) -> None:
    """Drops them into a stack, some side by side, and prints how the app fared."""
    with tempfile.TemporaryDirectory() as state:
        options = Options(endpoint_seconds=0, deployment_seconds=0, grant_seconds=0, serve="echo")
        with Stack(Path(state), options) as stack, Watch(stack) as watch:
            client = Client(stack.facts)
            client.deploy("warm.zip", flow_with({}))
            watch.begin()
            began = time.monotonic()
            with ThreadPoolExecutor(AT_ONCE) as pool:
                jobs = list(pool.map(lambda it: dropped(client, *it), enumerate(cases)))
            minutes = (time.monotonic() - began) / 60
            print(f"{len(jobs)} packages dropped in {minutes:.1f} min: {dict(Counter(jobs))}")
            print(watch.told())


def reading(case: Case) -> Reading:
    """Refused or taken, what it took, and the first finding."""
    packages = _Measured()
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package.zip"
        package.write_bytes(case.make())
        try:
            findings = packages.open_and_read(package, Path(folder)).reading.errors
        except Rejected as error:
            findings = error.findings
    outcome = "refused" if findings else "taken"
    first = str(findings[0]) if findings else ""
    return Reading(case.name, outcome, packages.seconds, packages.peak, first)


class _Measured(BoundedPackages):
    """Knows what the last process took."""

    seconds = peak = 0.0

    def _run(self, asked: str) -> tuple[int, str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "shared.package.child"],
            env=environment(),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        looking = threading.Thread(target=self._look, args=[process.pid])
        looking.start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(asked)
        process.stdin.close()
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        looking.join()
        self.seconds = usage.ru_utime + usage.ru_stime
        return os.waitstatus_to_exitcode(status), said

    def _look(self, pid: int) -> None:
        """The kernel's own peak for a child counts what its parent had before."""
        try:
            process = psutil.Process(pid)
            while process.status() != psutil.STATUS_ZOMBIE:
                self.peak = max(self.peak, process.memory_info().rss / MB)
                time.sleep(0.002)
        except psutil.NoSuchProcess:
            return


def dropped(client: Client, number: int, case: Case) -> str:
    """The outcome of the package's job, printed as it comes."""
    try:
        outcome = str(client.deploy(f"hostile-{number}.zip", case.make())["outcome"])
    except AssertionError as error:  # it has not ended within minutes
        outcome = f"not ended: {error}"[:60]
    print(f"{case.name[:50]:<52}{outcome}", flush=True)
    return outcome


class Watch:
    """Asks the app's health five times a second, and looks at its memory."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._answers = list[tuple[int, float]]()
        self._memory = list[float]()

    def begin(self) -> None:
        """From here on it counts: the app is warm."""
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def told(self) -> str:
        bad = [status for status, _ in self._answers if status != 200]
        slowest = max(seconds for _, seconds in self._answers)
        more = max(self._memory) - self._memory[0]
        return (
            f"health asked {len(self._answers)} times, {len(bad)} not answered with 200, "
            f"slowest {slowest:.2f} s; the app took {more:.0f} MB more than the "
            f"{self._memory[0]:.0f} MB that it had when it was idle"
        )

    def _run(self) -> None:
        app = psutil.Process(self._stack.facts["processes"]["functions_host"])
        while not self._over.wait(0.2):
            began = time.monotonic()
            try:
                url = f"{self._stack.facts['functions_url']}/api/health"
                status = requests.get(url, timeout=60).status_code
            except requests.RequestException:
                status = 0
            self._answers.append((status, time.monotonic() - began))
            # Its children look into packages; before that they pass for a second app for a moment.
            self._memory.append(app.memory_info().rss / MB)


if __name__ == "__main__":
    main()
