"""`make bench`: the figures that Sluice answers for, each beside those of an older build.

    python -m bench [--against COMMIT] [--rounds N] [--only NAME ...]

Both builds run at once on stacks of today's, and take turns, so that the machine's mood is the
same for both; only the app differs. Prints each part as it is measured, and the table at the end.
"""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from bench import idle, imports, ledger, one_job, package_memory
from bench.burst_rows import bursts
from bench.rows import Row, table
from bench.sides import builds, counted_options, plain_options, started
from local.places import ROOT

BEFORE: Final = "0379c69"
"""The build of which the targets are parts: see bench/README.md."""

JOBS: Final = 5_000
FLOWS: Final = 10_000
"""What is in the large ledger, and in the container beside it."""

type Apps = tuple[Path, Path]
type Part = Callable[[Apps, int], Iterable[Row]]


def calls(apps: Apps, rounds: int) -> Iterable[Row]:
    """Count the calls of jobs, and of an app without jobs."""
    with started(apps, counted_options) as sides:
        return [*one_job.counts(sides, max(2, min(rounds, 3))), *idle.idle(sides)]


def times(apps: Apps, rounds: int) -> Iterable[Row]:
    """Time jobs."""
    with started(apps, plain_options) as sides:
        return list(one_job.times(sides, rounds))


def old_ledger(_: Apps, rounds: int) -> Iterable[Row]:
    """Measure what reads the ledger, once, over one of few and one of many jobs."""
    del rounds
    return list(ledger.compare(JOBS, FLOWS))


PARTS: Final[dict[str, Part]] = {
    "imports": imports.imports,
    "calls": calls,
    "times": times,
    "memory": package_memory.memory,
    "ledger": old_ledger,
    "bursts": bursts,
}


def tested() -> str:
    """What the last `make test` came to: the bench does not run it."""
    try:
        suite = ET.parse(ROOT / ".local/tests.xml").getroot()[0]
        totals = json.loads((ROOT / ".local/coverage.json").read_text())["totals"]
    except OSError:
        return "make test: not run by the bench, and not run here yet"
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return (
        f"make test, the last one (the bench does not run it): {suite.get('tests')} tests in "
        f"{float(suite.get('time', 0)):.0f} s, {bad} failed; "
        f"{totals['percent_covered']:.1f} % of functions/ and shared/ covered"
    )


def measured(name: str, apps: Apps, rounds: int) -> list[Row] | None:
    """Measure a part and print it; None if it failed, so that the others are still measured."""
    began = time.monotonic()
    try:
        rows = list(PARTS[name](apps, rounds))
    except Exception:
        traceback.print_exc()
        return None
    print(*table(rows), sep="\n")
    print(f"({name}: {time.monotonic() - began:.0f} s)", flush=True)
    return rows


def main() -> int:
    """Measure the parts, and print the table; 1 if a part failed."""
    given = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    given.add_argument("--against", default=BEFORE, help=f"the older build; default {BEFORE}")
    given.add_argument("--rounds", type=int, default=7, help="times for each build; default 7")
    given.add_argument("--only", nargs="*", default=list(PARTS), choices=PARTS, help="parts")
    asked = given.parse_args()
    found, failed = list[Row](), list[str]()
    with builds(asked.against) as apps:
        for name in asked.only:
            rows = measured(name, apps, asked.rounds)
            found += rows or ()
            failed += [name] if rows is None else []
    load = ", ".join(f"{it:.1f}" for it in os.getloadavg())
    print(f"\n# {asked.against} and this checkout, {asked.rounds} rounds in turn, medians")
    print(f"# {os.cpu_count()} cores; processes that wanted one, last minute, 5 and 15: {load}")
    print(*table(found), sep="\n")
    print(*(f"failed: {name}" for name in failed), tested(), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
