"""Faults of Azure's services and deaths of the host, each at a call counted from now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.failure import Unavailable
from tests.fakes.engine import Crash
from tests.fakes.faults import Breakable
from tests.fakes.world import World

FAILURES: dict[str, Callable[[], Unavailable]] = {
    "429": lambda: Unavailable("TooManyRequests", "Slow down", status=429, retry_after=20),
    "429 for minutes": lambda: Unavailable("Throttled", "Slow", status=429, retry_after=150),
    "500": lambda: Unavailable("InternalServerError", "An error occurred", status=500),
    "503": lambda: Unavailable("ServerBusy", "The server is busy", status=503),
    "silent": lambda: Unavailable("Timeout", "It did not answer"),
    "reset": lambda: Unavailable("ServiceRequestError", "Connection reset by peer"),
}


def services(world: World) -> dict[str, tuple[Breakable, ...]]:
    """Return the fakes of each service."""
    return {
        "ARM": (world.workspace, world.assets, world.roles),
        "storage": (world.flows, world.ledger, world.turns),
        "bus": (world.bus,),
    }


@dataclass
class Fault:
    """A failure of one call. `calls`: so many calls of the service still get through.

    `after`: the call has done its work, and its answer is lost. `how`: a failure's name, or
    `crash`, then the host dies there.
    """

    service: str
    how: str
    calls: int
    after: bool


class Faults:
    """Raises what was planned, and remembers until when a job was asked to wait.

    `asked`: in the activity that runs, by service and job; `quiet`: what the jobs know of it.
    """

    def __init__(self, now: Callable[[], datetime], job: Callable[[], str]) -> None:
        self._now, self._job = now, job
        self._planned = list[Fault]()
        self.asked: dict[tuple[str, str], datetime] = {}
        self.quiet: dict[tuple[str, str], datetime] = {}
        self.raised = self.crashes = 0

    def plan(self, fault: Fault) -> None:
        self._planned.append(fault)

    def clear(self) -> None:
        self._planned.clear()

    def quiet_until(self, service: str) -> datetime | None:
        """When the service lets the job that runs call again."""
        return self.quiet.get((service, self._job()))

    def asked_by(self, job: str) -> dict[tuple[str, str], datetime]:
        """What the services asked in the job's activity."""
        return {key: until for key, until in self.asked.items() if key[1] == job}

    def strike(self, service: str, *, after: bool) -> None:
        """Count a call; raise a fault that is due."""
        for fault in self._planned:
            if fault.service != service or fault.after != after:
                continue
            fault.calls -= 1
            if fault.calls < 0:
                self._planned.remove(fault)
                self._fail(service, fault)

    def _fail(self, service: str, fault: Fault) -> None:
        if fault.how == "crash":
            self.crashes += 1
            raise Crash
        self.raised += 1
        failure = FAILURES[fault.how]()
        if failure.retry_after is not None and self._job():
            until = self._now() + timedelta(seconds=failure.retry_after)
            self.asked[service, self._job()] = until
        raise failure
