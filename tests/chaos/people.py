"""People who decide about jobs: at any moment, and at last about all that waits for them."""

import random
from datetime import timedelta

from shared.domain.jobs.decision import DecisionKind
from shared.steps.decisions.approval import SETTLED
from shared.steps.decisions.refusals import NEEDS
from tests.chaos.asks import Drop
from tests.chaos.doors import Doors
from tests.chaos.observer import Observer
from tests.chaos.steering import Steering
from tests.fakes.world import World

_SOON = timedelta(minutes=10)


class People:
    """Decide, resume, approve and reject; `chance` decides what."""

    def __init__(
        self,
        world: World,
        doors: Doors,
        says: Steering,
        observer: Observer,
        chance: random.Random,
    ) -> None:
        self._world, self._doors, self._says = world, doors, says
        self._observer, self._chance = observer, chance

    def decide(self, decision: DecisionKind, back: int, *, wakes: bool) -> None:
        """Decide about the job that could be decided about so many jobs ago; perhaps unnoticed."""
        jobs = self._doors.jobs if decision not in NEEDS else self._with_step(NEEDS[decision][0])
        if len(jobs) >= back:
            self._says.decide(decision, jobs[-back], wakes=wakes)

    def _with_step(self, kind: str, *, undecided: bool = False) -> list[str]:
        """The jobs that have not ended and have such a step; perhaps only those nobody approved."""
        with self._observer.unseen():
            found = [job for job in self._doors.jobs if self._has_step(job, kind)]
            decided = {job: self._world.ledger.decisions(job) for job in found}
        kinds = {job: {it.kind for it in made} for job, made in decided.items()}
        return [it for it in found if not (undecided and kinds[it] & {"approve", "reject"})]

    def _has_step(self, job: str, kind: str) -> bool:
        plan = self._world.ledger.read(job, "plan") or {"steps": []}
        ended = self._world.ledger.read(job, "result") is not None
        return not ended and kind in {it["kind"] for it in plan["steps"]}

    def retry(self, back: int, copies: int) -> None:
        """Ask for the job again that is so many jobs back among those that have ended."""
        with self._observer.unseen():
            read = self._world.ledger.read
            ended = [it for it in self._doors.jobs if read(it, "result") is not None]
            if len(ended) < back:
                return
            endpoint = self._endpoint_of(ended[-back])
        self._says.retry(ended[-back], endpoint, copies=copies)

    def _endpoint_of(self, job: str) -> str:
        """The endpoint by the job's release, else by what was asked: a canceled job may have none.

        `none` for a job that asked for nothing that can be deployed.
        """
        kept = self._world.ledger.read(job, "release")
        if kept is not None:
            return str(kept["endpoint"]["name"])
        for ask in self._doors.asks:
            if isinstance(ask, Drop):
                ask.found(self._world)
            if job in ask.jobs:
                return ask.endpoint
        return "none"

    def have_time(self) -> bool:
        """True if nothing comes for a while: people have the time to answer."""
        coming = self._doors.agenda.next
        return coming is None or coming > self._world.clock.now + _SOON

    def answer(self) -> None:
        """Resume what is held; approve or reject what waits for it."""
        for name in self._world.ledger.held:
            self._says.resume(name)
        for job in self._with_step("approval", undecided=True):
            kind: DecisionKind = self._chance.choice(("approve", "approve", "reject"))
            self._says.decide(kind, job, wakes=self._chance.random() < 0.8)

    def settled(self, kind: str) -> int:
        """How many jobs have followed such a decision about their approval."""
        followed = (self._world.ledger.read(job, SETTLED) or {} for job in self._doors.jobs)
        return sum(it.get("kind") == kind for it in followed)
