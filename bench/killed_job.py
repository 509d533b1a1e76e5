"""One job whose Functions host is killed at its nth call, and what is wrong with how it ends."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bench.bus_gate import BusGate
from bench.doors import DOORS, Doors
from bench.holding import When, held
from bench.judging import Judge, early, sums
from bench.stacks import restart
from local import cloud
from local.stack import Stack
from tests.e2e.client import wait
from tests.fakes.world import READS_CONNECTIONS

_PATIENCE: Final = 300.0
_BUSY: Final = {
    "method": "PUT",
    "path": "/deployments/",
    "status": 429,
    "headers": {"Retry-After": "3"},
    "body": {"error": {"code": "TooManyRequests", "message": "Slow down"}},
}


@dataclass(frozen=True)
class Case:
    """A kill at the nth call of a job.

    Attributes:
        scenario: `first` or `further` deployment of an endpoint.
        medium: `call` to ARM, storage or an endpoint; or to the `bus`.
        nth: which call.
        when: before it is carried out, or after.
    """

    scenario: str
    medium: str
    nth: int
    when: When

    def __str__(self) -> str:
        return f"{self.scenario} {self.medium} {self.nth} {self.when}"

    @property
    def door(self) -> str:
        return DOORS[self.nth % len(DOORS)]


class Bench:
    """Runs one job after the other on one stack."""

    def __init__(self, stack: Stack, gate: BusGate, pool: ThreadPoolExecutor) -> None:
        self._stack, self._gate = stack, gate
        self.judge = Judge(stack)
        self._client = self.judge.client
        self._doors = Doors(self._client, pool)
        self._names = set[str]()

    def count(self, scenario: str, key: str) -> dict[str, int]:
        """Run a job undisturbed, in a host that has just begun; return how often it calls."""
        restart(self._stack, "functions_host")
        self._gate.count()
        self._client.admin("DELETE", "calls")
        found = self._run(Case(scenario, "call", DOORS.index("bus"), "before"), lambda: False, key)
        if found:
            raise AssertionError(found)
        people = cloud.DEVELOPER_PRINCIPAL
        calls = [it for it in self._client.calls() if it["principal"] != people]
        return {"call": len(calls), "bus": self._gate.seen}

    def play(self, case: Case) -> tuple[list[str], str]:
        """Run a job with a kill; return what was violated, and the call at which it was killed."""
        key = str(case).replace(" ", "-")
        self._client.admin("DELETE", "calls")
        if case.medium == "bus":
            self._gate.count(case.nth, case.when)
            return self._run(case, self._gate.held.is_set, key), "to the bus"
        with held(self._client, case.nth, case.when) as hold:
            return self._run(case, lambda: hold.came, key), hold.words()

    def _run(self, case: Case, comes: Callable[[], bool], key: str) -> list[str]:
        endpoint = "further" if case.scenario == "further" else key
        before, kills = self.judge.jobs(), len(self.judge.kills)
        with self._busy():
            asked = self._doors.ask(endpoint, case.door, key, READS_CONNECTIONS)
            self._kill_when(comes, before)
            new = self._settled(before)
        if asked is not None:
            asked.result()
        self._names.add(endpoint)
        return list(self._judged(case, endpoint, new, self.judge.kills[kills:]))

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Let ARM ask once for three seconds of quiet."""
        answer = self._client.admin("POST", "faults", json=_BUSY)
        yield
        self._client.admin("DELETE", f"faults/{answer.json()['id']}")

    def _kill_when(self, comes: Callable[[], bool], before: set[str]) -> None:
        """Kill the host at the call; go on if the job has ended without it."""

        def over() -> bool:
            return comes() or self._is_over(before)

        wait(over, _PATIENCE, "neither has the call come nor the job ended", every=0.1)
        if comes():
            self.judge.kills.append(time.time())
            restart(self._stack, "functions_host")

    def _is_over(self, before: set[str]) -> bool:
        new = self.judge.jobs() - before
        return bool(new) and all(self.judge.ended(job) for job in new)

    def _settled(self, before: set[str]) -> set[str]:
        """Wait until the job has ended and its message is there; return the new jobs."""
        end = time.monotonic() + _PATIENCE
        while not self._is_over(before) and time.monotonic() < end:
            time.sleep(0.2)
        new, end = self.judge.jobs() - before, time.monotonic() + 30
        while not self.judge.has_told(new) and time.monotonic() < end:
            self.judge.take()
        return new

    def _judged(
        self, case: Case, endpoint: str, new: set[str], kills: list[float]
    ) -> Iterator[str]:
        if len(new) != 1:
            yield f"{len(new)} jobs instead of one"
        yield from self.judge.results(new)
        for job in new:
            if (outcome := self.judge.outcome(job)) != "succeeded":
                yield f"job {job} ended as {outcome}"
        yield from self.judge.endpoint(endpoint, new)
        yield from self.judge.assignments(self._names, each=1)
        calls = self._client.calls()
        yield from sums(calls, serving=case.scenario == "further")
        yield from early(calls, kills)
