"""What people say to jobs and endpoints: decisions, retries, rollbacks, and that a hold is over."""

from functions.engine import wake
from shared.domain.access.caller import NOBODY
from shared.domain.identifiers.names import EndpointName
from shared.domain.jobs.decision import DecisionKind
from shared.ports import Ports
from shared.steps.decisions.decide import decide
from shared.steps.decisions.retry import retry
from shared.steps.intake.accept import Accepted
from shared.steps.rollback.rollback import resume, roll_back
from tests.chaos.asks import Ask
from tests.chaos.doors import Doors
from tests.chaos.engine import ChaosEngine


class Steering:
    """Calls over HTTP, each repeated until it is answered.

    Args:
        doors: through which the calls go.
        ports: the fakes, with the app's own clock.
        engine: the engine.
    """

    def __init__(self, doors: Doors, ports: Ports, engine: ChaosEngine) -> None:
        self._doors, self._ports, self._engine = doors, ports, engine
        self.decisions = self.retries = 0

    def decide(self, kind: DecisionKind, job: str, *, wakes: bool) -> None:
        """Decide about a job; the event may be lost."""

        def ask() -> None:
            made = decide(self._ports, job, kind, reason="chaos", caller=NOBODY)
            self.decisions += made is not None
            if wakes:
                wake(self._engine, job)

        self._doors.until_answered(ask)

    def retry(self, job: str, endpoint: str, *, copies: int) -> None:
        """Ask for a job of the endpoint again, so many times with the same key."""
        key = f"http:{next(self._doors.keys)}"

        def ask() -> Accepted:
            again = retry(self._ports, job, key=key, caller=NOBODY)
            assert again is not None
            self.retries += again.job not in self._doors.jobs
            return again

        call = self._doors.asking(endpoint, ask)
        for _ in range(copies):
            self._doors.until_answered(call)

    def roll_back(self, endpoint: str) -> None:
        key, tried = f"http:{next(self._doors.keys)}", self._doors.storage_now

        def ask() -> None:
            back = roll_back(
                self._ports, EndpointName(endpoint), key=key, reason="chaos", caller=NOBODY
            )
            self.decisions += 1
            asks = self._doors.asks
            if not any(back.accepted.job in it.jobs for it in asks):
                asks.append(Ask(endpoint, tried, self._doors.storage_now, {back.accepted.job}))
            self._doors.start(back.accepted)
            if back.interrupted is not None:
                wake(self._engine, back.interrupted)

        self._doors.until_answered(ask)

    def resume(self, endpoint: str) -> None:
        def ask() -> None:
            waiting = resume(self._ports, EndpointName(endpoint), NOBODY)
            self.decisions += 1
            if waiting is not None:
                wake(self._engine, waiting)

        self._doors.until_answered(ask)
