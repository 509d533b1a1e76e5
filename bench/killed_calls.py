"""Kill the Functions host before and after every call of a job, and judge how the job ends.

    python -m bench.killed_calls [--from N] [--to N] [--every K] [--apart A] [--seconds S]

A job of a first deployment and of a further one runs once undisturbed, to count its calls to ARM,
storage and endpoints (`call`), and what it sends to the bus (`bus`). Then for each n a job loses
its host by kill -9 at its nth call, goes on after a restart, and loses it again every A calls
later. A step takes fewer calls than that: one that died twice would fail the job, as it should.
With --apart 0 each job has one kill. ARM asks each job for three seconds of quiet. Cases come in
random order, their doors too, so that those begun within --seconds are a sample.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from bench.bus_gate import BusGate
from bench.doors import DOORS
from bench.holding import WHENS
from bench.killed_job import Bench, Case
from bench.stacks import held_options
from local.addresses import addresses
from local.service_bus.address import connection_string
from local.stack import Stack

SCENARIOS: Final = ("first", "further")

type Counted = Mapping[tuple[str, str], int]
"""How often a job calls, by scenario and medium."""


def cases(counted: Counted, given: argparse.Namespace) -> list[Case]:
    """All cases that the arguments ask for, in random order."""
    chance, found = random.Random(given.seed), list[Case]()
    for (scenario, medium), most in counted.items():
        last = min(most, given.last or most, given.apart or most)
        for nth in range(given.first, last + 1, given.every):
            found += [Case(scenario, medium, nth, it, chance.choice(DOORS)) for it in WHENS]
    chance.shuffle(found)
    return found


def main() -> int:
    """Play the cases; 1 if one violates something."""
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        state = Path(folder)
        at = addresses(state, None)
        with BusGate(at.port("service_bus")) as gate:
            bus = connection_string(gate.port, at.servicebus_key)
            with Stack(
                state, held_options(state, SluiceServiceBus=bus, SWEEP_SCHEDULE="*/20 * * * * *")
            ) as stack:
                return _play(Bench(stack, gate, pool, given.apart), given)


def _play(bench: Bench, given: argparse.Namespace) -> int:
    wanted = cases(_count(bench), given)
    began, jobs, violations, played = time.monotonic(), 0, 0, Counter[str]()
    for case in wanted:
        begun = time.monotonic()
        if begun - began > given.seconds:
            break
        found, killed = bench.play(case, str(case).replace(" ", "-"))
        print(
            f"{case}, {time.monotonic() - begun:.1f} s, killed at: {'; '.join(killed)}", flush=True
        )
        played[f"{case.scenario} {case.medium} {case.when}"] += len(killed)
        jobs, violations = jobs + 1, violations + len(found)
        for violation in found:
            print(f"    wrong: {violation}", flush=True)
    late = _late(bench)
    for kind, count in sorted(played.items()):
        print(f"  {kind:<24}{count:>5} kills")
    print(
        f"jobs {jobs} of {len(wanted)}, kills {len(bench.judge.kills)}, "
        f"violations {violations + late}, {time.monotonic() - began:.0f} s"
    )
    return 1 if violations or late else 0


def _count(bench: Bench) -> Counted:
    bench.count("further", "before")  # so that the endpoint serves
    counted = {
        (it, medium): n for it in SCENARIOS for medium, n in bench.count(it, f"dry-{it}").items()
    }
    for (scenario, medium), calls in counted.items():
        print(f"a {scenario} deployment: {calls} times {medium}", flush=True)
    return counted


def _late(bench: Bench) -> int:
    """Print what came late or is left, and return how much that is."""
    found = list(bench.judge.running())
    while bench.judge.take():
        found.append(f"a message came late, of job {bench.judge.told[-1]['data']['job']}")
    for violation in found:
        print(violation)
    return len(found)


def _arguments() -> argparse.Namespace:
    given = argparse.ArgumentParser(prog="python -m bench.killed_calls", description=__doc__)
    given.add_argument("--from", dest="first", type=int, default=1, help="the first n; default 1")
    given.add_argument("--to", dest="last", type=int, default=0, help="the last n; default all")
    given.add_argument("--every", type=int, default=1, help="each Kth n; default 1")
    given.add_argument("--apart", type=int, default=40, help="calls to the next kill; default 40")
    given.add_argument("--seconds", type=float, default=1e9, help="begin no case after these")
    given.add_argument("--seed", type=int, default=1, help="of the order; default 1")
    return given.parse_args()


if __name__ == "__main__":
    sys.exit(main())
