"""What an app calls when nothing is dropped: its sweeps, run by hand and counted outside."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import requests

from bench.one_job import all_calls, services
from bench.rows import THIRD, Row
from bench.sides import Side, Sides
from local.functions_host.web.keys import Keys

RUNS: Final = 10
"""Some of what a sweep looks for is looked for at each fifth run."""
_RUNS_AN_HOUR: Final = 60


def idle(sides: Sides) -> Iterator[Row]:
    """Count the calls to storage."""
    older, now = (
        sum(number for name, number in hour(it).items() if name.startswith("blob"))
        for it in (sides.older, sides.now)
    )
    yield Row("storage calls of an idle app, an hour", older, now, part=THIRD)


def hour(side: Side) -> dict[str, float]:
    """Return the calls of an hour of sweeps, one a minute, by service.

    The first sweep of a process does not count: it reads what the process then knows.
    """
    _run(side)
    found = Counter[str]()
    for _ in range(RUNS):
        found += _run(side)
    return {name: number * _RUNS_AN_HOUR / RUNS for name, number in sorted(found.items())}


def _run(side: Side) -> Counter[str]:
    side.client.admin("DELETE", "calls")
    master = Keys.derived(str(side.client.facts["function_key"])).master
    url = f"{side.client.facts['functions_url']}/admin/functions/sweep"
    answer = requests.post(url, headers={"x-functions-key": master}, json={}, timeout=60)
    assert answer.status_code == 202, answer.text
    return services(all_calls(side))
