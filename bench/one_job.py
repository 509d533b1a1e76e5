"""One job alone: its calls, counted outside of the app, its time, and its host's processor time."""

import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bench.doors import SAMPLE
from bench.rows import THIRD, Row
from bench.sides import Side, Sides
from bench.usage import processor_seconds
from local import cloud
from tests.e2e.client import wait, zipped
from tests.fakes.world import READS_CONNECTIONS

KINDS: Final = {
    "first": "first job of a process",
    "further": "further endpoint",
    "version": "further version",
}
_ARM: Final = "management.azure.com"
_STORAGE: Final = ".blob.core.windows.net"
_READS: Final = ("listkeys", "listsecrets", "getlogs", "token")
_QUIET_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Counted:
    """The calls of one job; of those to blobs, `uploads` go to the workspace's own storage."""

    blobs: int
    uploads: int
    reads: int
    writes: int


@dataclass(frozen=True)
class Taken:
    """What one job took, in seconds: drop to result, accepted to result, processor time."""

    seen: float
    kept: float
    processor: float


def counts(sides: Sides, rounds: int) -> Iterator[Row]:
    """Count the calls of jobs; a grant of a role is among them."""
    found: dict[tuple[Side, str], list[Counted]] = {}
    for number, both in sides.turns(rounds):
        for side in both:
            kinds = ("first", "version") if number == 0 else ("further", "version")
            for kind in kinds:
                counted = _counted(side, f"counted-{number}", kind)
                found.setdefault((side, kind), []).append(counted)
    for kind, words in KINDS.items():
        older, now = (found[side, kind] for side in (sides.older, sides.now))
        yield _row(f"blob calls, {words}", older, now, "blobs", most=45)
        yield _row(f"  of them uploads of the flow, {words}", older, now, "uploads")
        yield _row(f"ARM reads, {words}", older, now, "reads", most=12)
        yield _row(f"ARM writes, {words}", older, now, "writes", most=6)


def _row(
    figure: str, older: list[Counted], now: list[Counted], name: str, most: float | None = None
) -> Row:
    before, after = (statistics.median(getattr(it, name) for it in side) for side in (older, now))
    return Row(figure, before, after, most=most)


def _counted(side: Side, name: str, kind: str) -> Counted:
    side.client.admin("DELETE", "calls")
    deploy(side, name, kind)
    return tally(all_calls(side))


def all_calls(side: Side) -> list[Mapping[str, Any]]:
    """The calls, once no more have come for a while: some follow the result."""
    calls = side.client.calls()
    until = time.monotonic() + _QUIET_SECONDS
    while time.monotonic() < until:
        time.sleep(0.2)
        now = side.client.calls()
        if len(now) > len(calls):
            calls, until = now, time.monotonic() + _QUIET_SECONDS
    return list(calls)


def tally(calls: Sequence[Mapping[str, Any]]) -> Counted:
    """Count by service. A POST that only shows something is a read."""
    arm = [it for it in calls if it["host"] == _ARM]
    reads = sum(is_read(it) for it in arm)
    blobs = [it for it in calls if str(it["host"]).endswith(_STORAGE)]
    uploads = sum(str(it["host"]).startswith(cloud.WORKSPACE_ACCOUNT) for it in blobs)
    return Counted(len(blobs), uploads, reads, len(arm) - reads)


def services(calls: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Count calls by service and kind, as they are billed or limited.

    A lease counts as a write. A GET of a container is a list of its blobs.
    """
    return Counter(it for it in map(_service, calls) if it)


def _service(call: Mapping[str, Any]) -> str:
    host, method = str(call["host"]), str(call["method"])
    if host == "management.azure.com":
        return "ARM reads" if is_read(call) else "ARM writes"
    if host.endswith(".blob.core.windows.net"):
        listed = method == "GET" and str(call["path"]).strip("/").count("/") == 0
        reads = method in {"GET", "HEAD"}
        return "blob lists" if listed else "blob reads" if reads else "blob writes"
    return "endpoint calls" if ".inference." in host else ""


def is_read(call: Mapping[str, Any]) -> bool:
    """True of a call that only shows something."""
    return call["method"] == "GET" or str(call["path"]).lower().endswith(_READS)


def times(sides: Sides, rounds: int) -> Iterator[Row]:
    """Time jobs one after the other, on both builds in turn; the first of each does not count."""
    for side in (sides.older, sides.now):
        taken(side, "warm", "first")
    found: dict[Side, list[Taken]] = {sides.older: [], sides.now: []}
    for number, both in sides.turns(rounds):
        for side in both:
            found[side].append(taken(side, f"timed-{number}", "further"))
    older, now = found[sides.older], found[sides.now]

    def row(figure: str, name: str, scale: float, unit: str) -> Row:
        before, after = (
            statistics.median(getattr(it, name) * scale for it in side) for side in (older, now)
        )
        return Row(figure, before, after, unit, part=THIRD)

    yield row("drop to result", "seen", 1, "s")
    yield row("accepted to result", "kept", 1, "s")
    yield row("processor time of the Functions host", "processor", 1000, "ms")


def taken(side: Side, name: str, kind: str) -> Taken:
    """Run a job, and say what it took."""
    assert side.client.receiver, "opened before the clock runs"
    before, began = processor_seconds(side.host), time.perf_counter()
    event = deploy(side, name, kind)
    seen = time.perf_counter() - began
    kept = _time(event["time"]) - _time(event["data"]["accepted"])
    return Taken(seen, kept, processor_seconds(side.host) - before)


def deploy(side: Side, name: str, kind: str) -> dict[str, Any]:
    """Drop a package and take its result off the queue."""
    content = zipped(SAMPLE, deploy__yaml=READS_CONNECTIONS, version__txt=kind)
    side.client.upload(f"{name}.zip", content)
    event = wait(side.client.next_result, 300, f"no result for {name}", every=0)
    assert event["data"]["outcome"] == "succeeded", event
    return event


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
