"""`python -m bench.kills`: kill real processes at chosen calls, and count what was reported.

The emulator carries out the call and withholds its answer; then the bench kills a part of the
stack and starts it again. It prints a table and asserts nothing: the tests do that.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from azure.servicebus.exceptions import ServiceBusError

from bench.asking import Asking
from bench.doors import PATIENCE, SAMPLE
from bench.stacks import held_options
from local.stack import Stack
from tests.e2e.client import Client, wait, zipped

FAILS: Final = "smoke_test: {expect: {contains: what it never says}}\n"
COLLECTS: Final = "deployment: {data_collector: {collections: {model_inputs: {enabled: 'true'}}}}\n"
HUB: Final = ("functions_host", "durable")
ACCEPT: Final = {"mark": "/open/", "package": "/packages/", "request": "/requests/"}


@dataclass(frozen=True)
class Moment:
    """A call at which parts are killed, and the requests under way.

    Attributes:
        name: The row's name.
        path, method: Regular expressions that match the call.
        doors: One request each; `lost` is a blob whose event is lost, `removal` a DELETE.
        manifest: deploy.yaml of the packages.
        kills: The parts to kill.
        forgets: True to delete the engine's database as well.
    """

    name: str
    path: str
    method: str = "PUT"
    doors: tuple[str, ...] = ("blob", "bus", "http")
    manifest: str = ""
    kills: tuple[str, ...] = ("functions_host",)
    forgets: bool = False


def moments() -> Iterator[Moment]:
    for door in ("blob", "bus", "http"):
        for call, path in ACCEPT.items():
            yield Moment(f"accept by {door}, its {call}", path, doors=(door,))
    yield Moment("publish, the result", "/jobs/[^/]+/result")
    yield Moment("publish, the note that it is sent", "/jobs/[^/]+/sent")
    yield Moment("undo", "/deployments/", "DELETE", manifest=FAILS)
    yield Moment("removal", "/onlineEndpoints/[^/]+$", "DELETE", doors=("removal",) * 3)
    yield Moment("data assets", "/workspaces/[^/]+/data/", manifest=COLLECTS)
    yield Moment("sweep, its package", "/packages/", doors=("lost",) * 3)
    yield Moment("sweep, its request", "/requests/", doors=("lost",) * 3)
    bus = ("service_bus",)
    yield Moment("the bus, in a deployment", "/deployments/", kills=bus)
    yield Moment("the bus, in publish", "/jobs/[^/]+/result", kills=bus)
    yield Moment("the task hub is lost", "/deployments/", kills=HUB, forgets=True)
    yield Moment("the task hub is lost in publish", "/jobs/[^/]+/result", kills=HUB, forgets=True)


def main() -> None:
    print(f"{'killed in':<36}{'asked':>6}{'told':>6}{'lost':>6}{'doubled':>9}  outcomes")
    with (
        tempfile.TemporaryDirectory() as state,
        ThreadPoolExecutor() as pool,
        Stack(Path(state), held_options(Path(state))) as stack,
    ):
        bench = Bench(stack, pool)
        bench.client.deploy("warm.zip", zipped(SAMPLE))
        for number, moment in enumerate(moments()):
            print(f"{moment.name:<36}{bench.row(f'kill-{number}', moment)}", flush=True)
        bench.take(lambda: False, 60)
        print(f"results that came twice, of all rows, a minute later: {bench.twice()}")


class Bench:
    """Sends requests, kills parts, and counts results."""

    def __init__(self, stack: Stack, pool: ThreadPoolExecutor) -> None:
        self.client = Client(stack.facts)
        self._stack, self._asking = stack, Asking(stack, pool)
        self._told = list[dict[str, Any]]()

    def row(self, name: str, moment: Moment) -> str:
        """Return the counts of a moment (asked, told, lost, doubled) and its outcomes."""
        names = [f"{name}-{number}" for number in range(len(moment.doors))]
        if "removal" in moment.doors:
            for it in names:
                self.client.deploy(f"{it}.zip", zipped(SAMPLE))
        rule = {"method": moment.method, "path": moment.path, "delay": 600, "when": "after"}
        with self.client.fault(rule):
            asked = self._asking.ask(zip(names, moment.doors, strict=True), moment.manifest)
            wait(self._held, PATIENCE, f"{moment.name}: the call never came")
            self._kill(moment)
        keys = [it.result() for it in asked]
        self.take(lambda: all(self._of(key) for key in keys), PATIENCE)
        told = [self._of(key) for key in keys]
        outcomes = sorted({str(it["data"]["outcome"]) for it in chain(*told)})
        lost, doubled = sum(not it for it in told), sum(len(it) > 1 for it in told)
        counts = f"{len(keys):>6}{len(keys) - lost:>6}{lost:>6}{doubled:>9}"
        return f"{counts}  {', '.join(outcomes)}"

    def take(self, enough: Callable[[], bool], seconds: float) -> None:
        """Take results off the queue until there are enough, or the time is over."""
        end = time.monotonic() + seconds
        while not enough() and time.monotonic() < end:
            if event := self._next():
                self._told.append(event)

    def twice(self) -> int:
        ids = [it["id"] for it in self._told]
        return len(ids) - len(set(ids))

    def _next(self) -> dict[str, Any] | None:
        try:
            return self.client.next_result()
        except ServiceBusError:  # the bus was killed: a new connection
            self.client = Client(self._stack.facts)
            return None

    def _of(self, key: str) -> list[dict[str, Any]]:
        return [it for it in self._told if key in (it["data"]["job"], it["data"]["message_id"])]

    def _held(self) -> bool:
        return any(rule["acted"] for rule in self.client.admin("GET", "faults").json())

    def _kill(self, moment: Moment) -> None:
        for part in moment.kills:
            self._stack.kill(part)
        if moment.forgets:
            shutil.rmtree(self._stack.state / "durable")
            (self._stack.state / "durable").mkdir()
        for part in reversed(moment.kills):
            self._stack.start_part(part)


if __name__ == "__main__":
    main()
