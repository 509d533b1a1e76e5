"""Plays many sequences and prints what they had: `python -m tests.chaos --help`."""

import argparse
import logging
import random
import sys
import time
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor

from tests.chaos import every
from tests.chaos.counts import Counts
from tests.chaos.sequence import play, shrink
from tests.chaos.steps import SERVICES, draw


def main() -> int:
    """Play the sequences that the arguments name; 1 if one violates something."""
    given = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    given.add_argument("--sequences", type=int, default=2000, help="how many; default 2000")
    given.add_argument("--first", type=int, default=1, help="the first seed; default 1")
    given.add_argument("--processes", type=int, default=2, help="how many at once; default 2")
    given.add_argument("--calls", action="store_true", help="only a fault at each call in turn")
    given.add_argument("--seed", type=int, help="replay this one alone, and shrink it")
    asked = given.parse_args()
    logging.disable(logging.CRITICAL)
    if asked.seed is not None:
        return replay(asked.seed)
    seeds = range(asked.first, asked.first + asked.sequences)
    total = Counts()
    began = time.monotonic()
    with ProcessPoolExecutor(asked.processes) as pool:
        if not asked.calls:
            many(pool, seeds, total)
        each_call(pool, total)
    for name, value in vars(total).items():
        print(f"{name:>13} {value:>9,}")
    print(f"{'seconds':>13} {time.monotonic() - began:>9,.0f}")
    return 1 if total.violations else 0


def many(pool: Executor, seeds: Iterable[int], total: Counts) -> None:
    """Play the sequences of many seeds."""
    for found, counts, seed in pool.map(_played, seeds, chunksize=4):
        total.add(counts)
        if found:
            print(f"seed {seed}: {found[0]}", flush=True)
            print(f"    python -m tests.chaos --seed {seed}", flush=True)


def each_call(pool: Executor, total: Counts) -> None:
    """Play a deployment with a fault at each of its calls in turn."""
    calls = {it: every.last_call(it) for it in SERVICES}
    print("calls of a deployment:", ", ".join(f"{it} {number}" for it, number in calls.items()))
    drawn = [(case, number) for case in every.cases() for number in range(calls[case[0]])]
    for found, counts, fault in pool.map(_struck, drawn, chunksize=16):
        total.add(counts)
        if found:
            print(f"fault {fault}: {found[0]}", flush=True)


def _played(seed: int) -> tuple[list[str], Counts, int]:
    logging.disable(logging.CRITICAL)
    return *play(seed), seed


def _struck(fault: tuple[every.Case, int]) -> tuple[list[str], Counts, str]:
    logging.disable(logging.CRITICAL)
    return *every.play(*fault), str(fault)


def replay(seed: int) -> int:
    """Play one sequence; print what it violates, and the steps without which it would not."""
    acts = draw(random.Random(seed))
    found, _ = play(seed)
    kept = shrink(seed) if found else range(len(acts))
    for number in kept:
        print(f"  {number:>2} {acts[number]}")
    found, _ = play(seed, kept, print)
    for violation in found:
        print(violation)
    print(f"seed {seed}: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
