"""A plain script with azure-ai-ml beside Sluice: wall, processor time, and calls to ARM.

    python -m bench.peers [--seconds 0 30 300] [--rounds N]

Each deploys the same sample as a new endpoint on the local stack, whose operations take so many
seconds. The script runs in a virtual environment of its own, made at the first call. Where
operations take no time, the two run one after the other; else at once, since both mostly wait.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from bench.doors import SAMPLE
from bench.one_job import Counted, tally
from bench.sides import NEVER
from bench.stacks import UNLIMITED, held_options
from bench.usage import processor_seconds
from local import cloud
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client, wait, zipped

_PINNED: Final = ("azure-ai-ml==1.35.2", "azure-identity==1.27.0")
_PLACE: Final = ROOT / ".local" / "peer"
_SCRIPT: Final = Path(__file__).parent / "peer" / "deploy.py"
_HEAD: Final = (
    f"{'operations':>12}  {'':<20}{'wall':>10}{'processor':>12}{'reads':>8}{'writes':>8}{'n':>8}"
)
FLUX: Final = "Flux 2.9, its own figures, for scale: 100 apps in 26 s, 500 in 2 min, 1,000 in 253 s"


@dataclass(frozen=True)
class Spent:
    """What one deployment took: seconds, processor seconds, calls."""

    wall: float
    processor: float
    calls: Counted


def script_python() -> Path:
    """The interpreter of the script's environment, which is made if it is not there."""
    python = _PLACE / "bin" / "python"
    done = _PLACE / "done"
    wanted = "\n".join(_PINNED)
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        venv.create(_PLACE, with_pip=True, clear=True)
        pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-qq")
        subprocess.run([*pip, *_PINNED], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python


class Peers:
    """Deploys by the script and by Sluice to one stack, and tells their calls apart by caller."""

    def __init__(self, stack: Stack) -> None:
        self._client = Client(stack.facts)
        self._host = int(stack.facts["processes"]["functions_host"])

    def script(self, name: str) -> Spent:
        """From the start of the script to its end."""
        facts, began = self._client.facts, time.perf_counter()
        running = subprocess.Popen(
            [
                *(script_python(), _SCRIPT, name, SAMPLE),
                *(facts[it] for it in ("subscription_id", "resource_group", "workspace")),
            ],
            env=_environment(facts),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # the SDK tells its progress there
        )
        _, status, usage = os.wait4(running.pid, 0)
        assert status == 0, f"the script ended with {status}"
        wall = time.perf_counter() - began
        calls = self._calls(lambda it: it["principal"] == cloud.DEVELOPER_PRINCIPAL)
        return Spent(wall, usage.ru_utime + usage.ru_stime, tally(calls))

    def sluice(self, name: str) -> Spent:
        """From the drop to the result, with all that the Functions host did meanwhile."""
        assert self._client.receiver, "opened before the clock runs"
        before, began = processor_seconds(self._host), time.perf_counter()
        self._client.upload(f"{name}.zip", zipped(SAMPLE))
        event = wait(self._client.next_result, 3600, f"no result for {name}", every=0)
        wall = time.perf_counter() - began
        assert event["data"]["outcome"] == "succeeded", event
        calls = self._calls(lambda it: it["principal"] != cloud.DEVELOPER_PRINCIPAL)
        return Spent(wall, processor_seconds(self._host) - before, tally(calls))

    def forget_calls(self) -> None:
        """Begin to count anew."""
        self._client.admin("DELETE", "calls")

    def _calls(self, own: Callable[[Any], bool]) -> list[Any]:
        return [it for it in self._client.calls() if own(it)]


def _environment(facts: Any) -> dict[str, str]:
    """The script's variables: as on a machine in Azure, through the stack's proxy."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "HTTPS_PROXY": facts["https_proxy"],
        "REQUESTS_CA_BUNDLE": facts["ca_bundle"],
        "IDENTITY_ENDPOINT": facts["identity_endpoint"],
        "IDENTITY_HEADER": facts["identity_header"],
        "NO_PROXY": "127.0.0.1,localhost",
    }


def played(seconds: float, rounds: int) -> tuple[list[Spent], list[Spent]]:
    """The script's deployments and Sluice's, with operations of that length."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        options = replace(
            held_options(state, SWEEP_SCHEDULE=NEVER),
            endpoint_seconds=seconds,
            deployment_seconds=seconds,
            put_seconds=0,
            visible_seconds=0,
            quota=UNLIMITED,
        )
        with Stack(state, options) as stack, ThreadPoolExecutor(2) as pool:
            peers = Peers(stack)
            script, sluice = list[Spent](), list[Spent]()
            for number in range(rounds):
                peers.forget_calls()
                begun = pool.submit(peers.script, f"script-{number}")
                if not seconds:
                    begun.result()
                sluice.append(peers.sluice(f"sluice-{number}"))
                script.append(begun.result())
            return script, sluice


def lines(seconds: float, peers: tuple[list[Spent], list[Spent]]) -> Iterator[str]:
    """Yield a line for each, of medians."""
    for name, spent in zip(("azure-ai-ml script", "Sluice"), peers, strict=True):
        wall, processor = (
            statistics.median(getattr(it, figure) for it in spent)
            for figure in ("wall", "processor")
        )
        reads, writes = (
            statistics.median(getattr(it.calls, figure) for it in spent)
            for figure in ("reads", "writes")
        )
        yield (
            f"{seconds:>10g} s  {name:<20}{wall:>8.1f} s{processor:>10.2f} s"
            f"{reads:>8g}{writes:>8g}{len(spent):>8}"
        )


def compare(lengths: Sequence[float], rounds: int) -> Iterator[str]:
    """Yield the table's lines. Long operations are waited for side by side, and once."""
    script_python()
    yield _HEAD
    quick, long = [it for it in lengths if not it], [it for it in lengths if it]
    for length in quick:
        yield from lines(length, played(length, rounds))
    with ThreadPoolExecutor(max(1, len(long))) as pool:
        for length, both in zip(long, pool.map(lambda it: played(it, 1), long), strict=True):
            yield from lines(length, both)
    yield FLUX


def main() -> None:
    """Print the table."""
    given = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    given.add_argument("--seconds", type=float, nargs="*", default=[0.0, 30.0, 300.0])
    given.add_argument("--rounds", type=int, default=3, help="at 0 s; default 3")
    asked = given.parse_args()
    for line in compare(asked.seconds, asked.rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
