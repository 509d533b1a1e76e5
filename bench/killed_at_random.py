"""Kill the host at random under many jobs, and every other part of the stack once.

    python -m bench.killed_at_random [--jobs N] [--kills K] [--seed S]

Jobs come by three doors to as many endpoints as two thirds of them, so that some compete. Meanwhile
the Functions host is killed K times; the bus, the Durable backend and the emulator of Azure ML each
once; Azurite is stopped once; and once the host and the whole task hub are lost. Azurite alone may
save its state first: it answers up to five seconds before it saves, which Azure storage never does.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.doors import DOORS, Doors
from bench.judging import Judge, sums
from bench.stacks import held_options, restart
from local.stack import Stack
from tests.fakes.world import READS_CONNECTIONS

_PATIENCE: Final = 900.0


class Turmoil:
    """Jobs, and deaths of parts, in one random order."""

    def __init__(self, stack: Stack, pool: ThreadPoolExecutor, given: argparse.Namespace) -> None:
        self._stack = stack
        self.judge = Judge(stack)
        self._doors = Doors(self.judge.client, pool)
        self._chance = random.Random(given.seed)
        self._asked = list[Future[str]]()
        self.calls = list[dict[str, Any]]()
        self.killed = Counter[str]()
        self._events: list[Callable[[], None]] = [
            *(partial(self._ask, number, given.jobs) for number in range(given.jobs)),
            *([partial(self._kill, "functions_host")] * given.kills),
            *(partial(self._kill, part) for part in ("service_bus", "durable", "azure_ml")),
            self._stop_storage,
            self._lose_hub,
        ]
        self._chance.shuffle(self._events)

    def run(self) -> None:
        """Let everything happen, with pauses of up to two seconds; wait for the callers."""
        for event in self._events:
            event()
            time.sleep(self._chance.uniform(0, 2))
        for asked in self._asked:
            asked.result()

    def _ask(self, number: int, jobs: int) -> None:
        endpoint = f"end-{self._chance.randrange(max(1, jobs * 2 // 3))}"
        door = self._chance.choice(DOORS)
        asked = self._doors.ask(endpoint, door, f"key-{number}", READS_CONNECTIONS)
        if asked is not None:
            self._asked.append(asked)

    def _kill(self, part: str) -> None:
        if part == "azure_ml":
            self.calls += self.judge.client.calls()  # its log dies with it
        self.killed[part] += 1
        restart(self._stack, part)
        if part == "service_bus":
            self.judge.client.reconnect()

    def _stop_storage(self) -> None:
        self.killed["azurite"] += 1
        self._stack.stop_part("azurite")
        self._stack.start_part("azurite")

    def _lose_hub(self) -> None:
        self.killed["the task hub"] += 1
        hub = self._stack.state / "durable"
        for part in ("functions_host", "durable"):
            self._stack.kill(part)
        shutil.rmtree(hub)
        hub.mkdir()
        for part in ("durable", "functions_host"):
            self._stack.start_part(part)

    def settle(self, wanted: int) -> set[str]:
        """Wait until so many jobs have ended and their messages are there; return all jobs."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            jobs = self.judge.jobs()
            if len(jobs) >= wanted and all(self.judge.ended(job) for job in jobs):
                break
            time.sleep(1)
        self.judge.take_messages(jobs)
        return jobs

    def violations(self, jobs: set[str], wanted: int) -> Iterator[str]:
        """Yield, in words, what is not as it must be."""
        if len(jobs) != wanted:
            yield f"{len(jobs)} jobs instead of {wanted}"
        yield from self.judge.results(jobs)
        by_endpoint = dict[str, set[str]]()
        for job in jobs:
            result = self.judge.ledger.read(job, "result")
            if result is not None and result["data"]["endpoint"]:
                by_endpoint.setdefault(result["data"]["endpoint"], set()).add(job)
        for name, its in by_endpoint.items():
            yield from self.judge.endpoint(name, its)
        yield from self.judge.assignments(by_endpoint, each=1)
        yield from sums([*self.calls, *self.judge.client.calls()], serving=False)
        yield from self.judge.running()


def main() -> int:
    """Run it; 1 if something is violated."""
    given = argparse.ArgumentParser(prog="python -m bench.killed_at_random", description=__doc__)
    given.add_argument("--jobs", type=int, default=50, help="how many; default 50")
    given.add_argument("--kills", type=int, default=20, help="of the host; default 20")
    given.add_argument("--seed", type=int, default=1, help="of all that is random; default 1")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(50) as pool:
        state = Path(folder)
        with Stack(state, held_options(state)) as stack:
            return _report(Turmoil(stack, pool, asked), asked)


def _report(turmoil: Turmoil, asked: argparse.Namespace) -> int:
    began = time.monotonic()
    turmoil.run()
    over = time.monotonic() - began
    jobs = turmoil.settle(asked.jobs)
    settled = time.monotonic() - began
    found = list(turmoil.violations(jobs, asked.jobs))
    for violation in found:
        print(violation)
    outcomes = Counter(turmoil.judge.outcome(job) for job in jobs)
    print(f"jobs {len(jobs)}: {', '.join(f'{n} {it}' for it, n in outcomes.items())}")
    print(f"killed: {', '.join(f'{it} {n} times' for it, n in turmoil.killed.items())}")
    print(
        f"kills {sum(turmoil.killed.values())}, messages {len(turmoil.judge.told)}, "
        f"violations {len(found)}, {over:.0f} s of kills, all ended after {settled:.0f} s"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
