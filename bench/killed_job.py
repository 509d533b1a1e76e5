"""One job whose Functions host is killed at its nth call, and what is wrong with how it ends."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from bench.bus_gate import BusGate
from bench.doors import Doors
from bench.holding import When, held
from bench.judging import Judge, early, sums
from bench.stacks import restart
from local import cloud
from local.stack import Stack
from tests.e2e.client import wait
from tests.fakes.world import READS_CONNECTIONS

OF_JOBS: Final = "^(?!.*/onlineEndpoints$)"
"""Paths of calls that count: the list of all endpoints is the sweep's, and grows with the cases."""

type Comes = Callable[[], bool]
type Words = Callable[[], str]

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
        nth: which call; 0 for none.
        when: before it is carried out, or after.
        door: by which the request comes.
    """

    scenario: str
    medium: str
    nth: int
    when: When
    door: str

    def __str__(self) -> str:
        return f"{self.scenario} {self.medium} {self.nth} {self.when} {self.door}"


class Bench:
    """Runs one job after the other on one stack.

    Args:
        stack: it.
        gate: what its app sends to the bus.
        pool: for callers that wait for an answer.
        apart: after so many calls more, the host is killed again; 0: each job has one kill.
    """

    def __init__(self, stack: Stack, gate: BusGate, pool: ThreadPoolExecutor, apart: int) -> None:
        self._stack, self._gate, self._apart = stack, gate, apart
        self.judge = Judge(stack)
        self._client = self.judge.client
        self._doors = Doors(self._client, pool)
        self._names = set[str]()
        self._calls = list[dict[str, Any]]()
        self._killed = list[str]()

    def count(self, scenario: str, key: str) -> dict[str, int]:
        """Run a job undisturbed, in a host that has just begun; return how often it calls."""
        restart(self._stack, "functions_host")
        self._gate.count()
        found, _ = self.play(Case(scenario, "call", 0, "before", "bus"), key)
        if found:
            raise AssertionError(found)
        own = [it for it in self._calls if it["principal"] != cloud.DEVELOPER_PRINCIPAL]
        counted = [it for it in own if re.search(OF_JOBS, it["path"])]
        return {"call": len(counted), "bus": self._gate.seen}

    def play(self, case: Case, key: str) -> tuple[list[str], list[str]]:
        """Run a job; return what was violated, and the calls at which its host was killed."""
        endpoint = "further" if case.scenario == "further" else key
        self._names.add(endpoint)
        self._killed = []
        self._client.admin("DELETE", "calls")
        self._calls.clear()
        before, kills = self.judge.jobs(), len(self.judge.kills)
        try:
            new = self._ended(case, endpoint, key, before)
        except AssertionError as never:
            return [str(never)], self._killed
        self._keep_calls()
        found = list(self._judged(case, endpoint, new, self.judge.kills[kills:]))
        return found, self._killed

    def _ended(self, case: Case, endpoint: str, key: str, before: set[str]) -> set[str]:
        """Send the request, kill the host, and return the new jobs once they have ended."""
        asked = list[Future[str] | None]()

        def ask() -> None:
            if not asked:
                asked.append(self._doors.ask(endpoint, case.door, key, READS_CONNECTIONS))

        with self._busy():
            nth = case.nth
            while nth and self._kills(case, nth, ask, before):
                nth = self._apart if case.medium == "call" else 0
            ask()
            self._start()
            new = self._settled(before)
        if asked[0] is not None:
            asked[0].result()
        return new

    def _kills(self, case: Case, nth: int, ask: Callable[[], None], before: set[str]) -> bool:
        """Kill the host at the nth call from now on; False if the job ends without it."""
        self._keep_calls()
        with self._holding(case, nth) as (comes, words):
            self._start()
            ask()
            over = lambda: comes() or self._is_over(before)  # noqa: E731
            wait(over, _PATIENCE, "neither has the call come nor the job ended", every=0.1)
            if not comes():
                return False
            self.judge.kills.append(time.time())
            self._stack.kill("functions_host")
            self._killed.append(words())
        return True

    @contextmanager
    def _holding(self, case: Case, nth: int) -> Iterator[tuple[Comes, Words]]:
        if case.medium == "bus":
            self._gate.count(nth, case.when)
            yield self._gate.held.is_set, lambda: "to the bus"
            self._gate.count()
            return
        with held(self._client, nth, case.when, path=OF_JOBS) as hold:
            yield lambda: hold.came, hold.words

    def _start(self) -> None:
        """Start the host if it was killed."""
        if "functions_host" in self._stack.ended():
            self._stack.start_part("functions_host")

    def _keep_calls(self) -> None:
        """Take the log of calls over, and begin it anew."""
        self._calls += self._client.calls()
        self._client.admin("DELETE", "calls")

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Let ARM ask once for three seconds of quiet."""
        answer = self._client.admin("POST", "faults", json=_BUSY)
        yield
        self._client.admin("DELETE", f"faults/{answer.json()['id']}")

    def _is_over(self, before: set[str]) -> bool:
        new = self.judge.jobs() - before
        return bool(new) and all(self.judge.ended(job) for job in new)

    def _settled(self, before: set[str]) -> set[str]:
        """Wait until the job has ended and its message is there; return the new jobs."""
        end = time.monotonic() + _PATIENCE
        while not self._is_over(before) and time.monotonic() < end:
            time.sleep(0.2)
        new = self.judge.jobs() - before
        self.judge.take_messages(new)
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
        yield from sums(self._calls, serving=case.scenario == "further")
        yield from early(self._calls, kills)
