"""Renders reference/costs.md: what Sluice calls, what that costs, and what limits it.

To regenerate the page: `make docs`. With your own prices, on standard output:

    python -m docs.costs --prices FILE

Calls are counted by `python -m bench.counts`, which writes bench/counts.json.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any, Final

from docs.cost_load import ENDPOINTS, OPERATION, WORKDAY, burst, day, places_for
from shared.domain.planning.cost import PriceTable, parse_prices

PAGE: Final = Path(__file__).parent / "reference" / "costs.md"
TEXT: Final = Path(__file__).parent / "costs.template"
COUNTS: Final = Path(__file__).parents[1] / "bench" / "counts.json"
PRICES: Final = Path(__file__).parents[1] / "samples" / "prices.json"

_A_DAY: Final = (10, 1_000, 100_000)
_AT_ONCE: Final = (100, 500, 1_000)
_DAYS: Final = 30
_MEMORY: Final = 2.0
"""GB of an instance of Flex Consumption."""
_STORAGE: Final = ("blob writes", "blob lists", "blob reads")
_ARM: Final = ("ARM reads", "ARM writes")
_SHOWN: Final = (*_STORAGE, *_ARM, "endpoint calls", "activities", "orchestrator runs")
"""Of these the page tells the counts."""
_QUEUES: Final = 5
"""Queues that Durable Functions polls: one for each of 4 partitions, and that of activities."""
_POLLS_AN_HOUR: Final = 3600 / 5
"""Of each of them while nothing happens: `maxQueuePollingInterval` is 5 s in host.json."""
_ACTIVITY_CALLS: Final = 10
"""To queues and tables for an activity: two messages, each added, read and deleted; history."""

type Counts = Mapping[str, Mapping[str, float]]


def a_job(counts: Counts) -> dict[str, float]:
    """A new version with an operation of `OPERATION` seconds, as most jobs are."""
    version, minute = counts["version"], counts["minute"]
    names = {*version, *minute}
    return {it: version.get(it, 0) + minute.get(it, 0) * OPERATION / 60 for it in names}


def a_month(counts: Counts, jobs: int) -> dict[str, float]:
    """What so many jobs a day come to in a month, by the names of the price table."""
    job, hour, hours = a_job(counts), counts["hour"], _DAYS * 24
    total = jobs * _DAYS
    spent = {it: total * job.get(it, 0) + hours * hour.get(it, 0) for it in _STORAGE}
    runs = job["activities"] + job["orchestrator runs"]
    spent["executions"] = total * (runs + 1) + hours * 60
    polls = counts["minute"].get("activities", 0) * OPERATION / 60
    seconds = counts["milliseconds"]["ran"] / 1000 + polls
    spent["GB-seconds"] = _MEMORY * (total * seconds + hours * 60)
    spent["queue and table calls"] = (
        total * job["activities"] * _ACTIVITY_CALLS + hours * _QUEUES * _POLLS_AN_HOUR
    )
    return spent


def cost(prices: PriceTable, spent: Mapping[str, float]) -> float:
    """Return what it costs; a service that the table lacks counts nothing."""
    calls = sum(number * prices.per_million.get(it, 0) / 1e6 for it, number in spent.items())
    return calls + _DAYS * 24 * (prices.price("Service Bus namespace") or 0)


def page(counts: Mapping[str, Any], prices: PriceTable) -> str:
    """The reference as Markdown."""
    job = a_job(counts)
    actions = 1 + 2 * job["activities"]
    polls = counts["minute"].get("activities", 0) * OPERATION / 60
    text = Template(TEXT.read_text(encoding="utf-8"))
    return text.substitute(
        measured=counts["measured"],
        calls="\n".join(_calls(counts)),
        costs="\n".join(_costs(counts, prices)),
        table=f"{prices.date.isoformat()}, {prices.source}",
        missing=", ".join(sorted({*a_month(counts, 1)} - {*prices.per_million})) or "none",
        days="\n".join(_days()),
        bursts="\n".join(_bursts(counts)),
        endpoints=ENDPOINTS,
        minutes=OPERATION // 60,
        hours=WORKDAY // 3600,
        most=f"{WORKDAY // OPERATION * ENDPOINTS:,}",
        places=places_for(_A_DAY[-1]),
        polls=f"{polls:.0f}",
        processor=f"{counts['milliseconds']['processor']:.0f}",
        instance=f"{1000 / counts['milliseconds']['processor']:.1f}",
        written=f"{10 / counts['version']['ARM writes']:.1f}",
        items=f"{job['activities'] + job['orchestrator runs']:.0f}",
        partitions=f"{250 / (job['activities'] + job['orchestrator runs']):.1f}",
        actions=f"{actions:.0f}",
        scheduler=f"{2000 / actions:.0f}",
        scheduled=f"{actions * prices.per_million.get('scheduler actions', 0) / 1e6:.5f}",
        currency=prices.currency,
        activity=_ACTIVITY_CALLS,
        memory=f"{_MEMORY:g}",
    )


def _calls(counts: Counts) -> Iterator[str]:
    yield "| service | new endpoint | new version | each minute of an operation | an hour idle |"
    yield "| --- | --- | --- | --- | --- |"
    for name in _SHOWN:
        columns = (counts[it].get(name, 0) for it in ("endpoint", "version", "minute", "hour"))
        yield f"| {name} | " + " | ".join(f"{it:,g}" for it in columns) + " |"


def _costs(counts: Counts, prices: PriceTable) -> Iterator[str]:
    months = [a_month(counts, it) for it in (0, *_A_DAY)]
    heads = " | ".join(f"{it:,} jobs a day" for it in _A_DAY)
    yield f"| a month | no job | {heads} |"
    yield "| --- | --- | --- | --- | --- |"
    for name in months[0]:
        yield f"| {name} | " + " | ".join(f"{it[name]:,.0f}" for it in months) + " |"
    sums = [cost(prices, it) for it in months]
    yield f"| {prices.currency} | " + " | ".join(f"{it:,.2f}" for it in sums) + " |"
    pairs = zip(sums[1:], _A_DAY, strict=True)
    each = (f"{(whole - sums[0]) / jobs / _DAYS:.5f}" for whole, jobs in pairs)
    yield f"| {prices.currency} a job, above no job | | " + " | ".join(each) + " |"


def _days() -> Iterator[str]:
    yield "| jobs a day | places | carried out | overtaken | longest wait, min | at once |"
    yield "| --- | --- | --- | --- | --- | --- |"
    rows = [(it, 1) for it in _A_DAY]
    for jobs, places in [*rows, (_A_DAY[-1], places_for(_A_DAY[-1]))]:
        it = day(jobs, places)
        yield (
            f"| {jobs:,} | {places} | {it.done:,} | {it.superseded:,} | {it.longest / 60:.0f} | "
            f"{it.at_once:,} |"
        )


def _bursts(counts: Counts) -> Iterator[str]:
    yield "| new endpoints at once | writes | s for them | reads | s for them | jobs a second |"
    yield "| --- | --- | --- | --- | --- | --- |"
    reads, writes = (int(counts["endpoint"][it]) for it in _ARM)
    for jobs in _AT_ONCE:
        written = burst(jobs * writes, size=200, rate=10)
        read = burst(jobs * reads, size=250, rate=25)
        yield (
            f"| {jobs:,} | {jobs * writes:,} | {written:.0f} | {jobs * reads:,} | {read:.0f} | "
            f"{jobs / max(written, read, 1):.1f} |"
        )


def main() -> None:
    """Write the page; with a price table, print it with those prices instead."""
    given = argparse.ArgumentParser(prog="python -m docs.costs", description=__doc__)
    given.add_argument("--prices", type=Path, help="a price table: print the page with it")
    asked = given.parse_args()
    counts = json.loads(COUNTS.read_text(encoding="utf-8"))
    prices = parse_prices((asked.prices or PRICES).read_text(encoding="utf-8"))
    assert prices is not None, "the price table is empty"
    if asked.prices:
        print(page(counts, prices))
    else:
        PAGE.write_text(page(counts, prices), encoding="utf-8")


if __name__ == "__main__":
    main()
