"""Plays a sequence of steps on the fakes, and finds what it violates."""

import random
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.chaos import asks, ending
from tests.chaos.counts import Counts
from tests.chaos.doors import Doors
from tests.chaos.engine import ChaosEngine
from tests.chaos.faults import Fault
from tests.chaos.flows import FIXED, RULED, Behaviour, make_zip
from tests.chaos.observer import Observer
from tests.chaos.people import People
from tests.chaos.steering import Steering
from tests.chaos.steps import Act, draw
from tests.fakes.engine import Clock, Crash
from tests.fakes.turns import FakeTurns
from tests.fakes.world import make_world

_SWEEP, _TICK = timedelta(minutes=5), timedelta(seconds=10)
_CALM = 3
"""So many sweeps that found nothing: then nothing is left to do."""
_MEANWHILE = 0.03
"""How often something else happens between two calls of a step."""
_LONGEST = timedelta(days=3)


class Sequence:
    """One sequence, played once; `seed` decides all chance while it is played."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        random.seed(seed)  # the sweep looks at the drops in an order by chance
        self._clock = clock = Clock()
        clock.now = datetime(2026, 1, 1, 1, tzinfo=UTC)
        storage = timedelta(minutes=self.chance.choice((0, 0, 0, 5, -5)))
        self.world = make_world(
            clock=clock,
            storage_clock=lambda: clock() + storage,
            turns=FakeTurns(lambda: clock.now),
            workspace={"polls": self.chance.choice((0, 2, 6))},
        )
        Behaviour(self.world)
        skew = timedelta(minutes=self.chance.choice((0, 0, 5, -5)))
        policy = (*self.world.ports.policy, *RULED)
        ports = replace(self.world.ports, now=lambda: clock() + skew, policy=policy)
        self.observer = Observer(self.world, lambda name: name == FIXED)
        self.engine = ChaosEngine(ports, clock, self.chance, self.observer)
        self.observer.meanwhile = self._meanwhile
        self._within, self.nested = False, 0
        self.doors = Doors(self.world, ports, self.engine, self.chance)
        self.says = Steering(self.doors, ports, self.engine)
        self.people = People(self.world, self.doors, self.says, self.observer, self.chance)
        self._ticked = self._swept = clock.now
        self._calm, self._blobs = 0, set[str]()
        self._asked = list[tuple[str, dict[str, Any]]]()
        self._kinds: dict[str, Callable[..., None]] = {
            "request": self._request,
            "storm": self._storm,
            "again": self._again,
            "fault": self._fault,
            "kill": self._kill,
            "lose": self.engine.lose,
            "decide": self.people.decide,
            "retry": self.people.retry,
            "roll_back": self.says.roll_back,
            "resume": self.says.resume,
            "remove": self.doors.remove,
            "time": self._pass,
            "rest": self.rest,
        }

    def play(self, acts: Iterable[Act]) -> list[str]:
        """Play the steps, let everything come to rest, and return the violations."""
        for act in acts:
            self.do(act)
        return self.end()

    def do(self, act: Act) -> None:
        """Play one step."""
        self._calm = 0
        self._kinds[act.kind](**act.given)
        for _ in range(act.then):
            self._go_on()

    def end(self) -> list[str]:
        """Let everything come to rest, and return the violations."""
        self.observer.faults.clear()
        self.rest()
        left = len(self.engine.alive)
        stuck = [f"{left} orchestrations are left running"] if not self._rested() else []
        return [
            *self.observer.violations,
            *stuck,
            *ending.violations(self.world, self.doors.sent),
            *asks.violations(self.world, self.doors.asks, partial(ending.last_job, self.world)),
        ]

    def counts(self) -> Counts:
        engine, doors = self.engine, self.doors
        return Counts(
            sequences=1,
            requests=len(doors.asks),
            deliveries=doors.delivered,
            lost_events=doors.lost,
            late_messages=doors.late,
            approvals=self.people.settled("approve"),
            rejections=self.people.settled("reject"),
            retries=self.says.retries,
            activities=engine.activities,
            interleaved=self.nested,
            kills=engine.kills,
            losses=engine.losses,
            faults=self.observer.faults.raised,
            decisions=self.says.decisions,
        )

    # ------------------------------------------------------------------ the steps

    def _request(
        self,
        door: str,
        endpoint: str,
        *,
        content: int,
        path: int,
        shape: str,
        copies: int,
        lost: bool,
        delay: float,
    ) -> None:
        made = make_zip(endpoint, content, shape)
        if door == "blob":
            self.doors.drop(endpoint, f"{endpoint}-{path}.zip", made, copies=copies, lost=lost)
            return
        blob = f"{endpoint}-{content}-{shape}.package"
        if blob not in self._blobs:
            self._blobs.add(blob)
            self.world.flows.put(blob, made, self.world.flows.clock())
        self._asked.append((endpoint, {"source": {"blob": blob}}))
        self._ask(door, back=1, copies=copies, delay=delay)

    def _ask(self, door: str, *, back: int, copies: int, delay: float) -> None:
        endpoint, body = self._asked[-back]
        if door == "http":
            self.doors.call(endpoint, body, copies=copies)
        else:
            self.doors.send(endpoint, body, copies=copies, delay=delay)

    def _again(self, door: str, back: int) -> None:
        if len(self._asked) >= back:
            self._ask(door, back=back, copies=1, delay=0)
            self._asked.append(self._asked[-back])

    def _storm(self, endpoint: str, content: int, path: int, copies: int) -> None:
        made = make_zip(endpoint, content)
        self.doors.storm(endpoint, f"{endpoint}-{path}.zip", made, copies=copies)

    def _fault(self, **given: Any) -> None:
        self.observer.faults.plan(Fault(**given))

    def _kill(self, away: float) -> None:
        """The host dies, and is back after so many seconds."""
        self.engine.kill()
        self._pass(away)

    # ------------------------------------------------------------------ time

    def _go_on(self) -> bool:
        """Do one thing; if nothing can be done, let time pass until something can."""
        self.doors.take_copies()
        first, second = self.chance.sample((self.doors.agenda.run_due, self.engine.step), 2)
        if first() or second():
            self._calm = 0
            self._pass(self.chance.choice((0.0, 0.1, 0.5, 2.0)))
            return True
        times = [self._swept + _SWEEP, self.doors.agenda.next, self.engine.next_timer()]
        self._pass((min(filter(None, times)) - self._clock.now).total_seconds())
        if self._clock.now >= self._swept + _SWEEP:
            self._swept, self._calm = self._clock.now, self._calm + 1
            self.doors.sweep()
        return True

    def _meanwhile(self) -> None:
        """Let another job's step or a delivery happen in the middle of a step."""
        if self._within or self.chance.random() > _MEANWHILE:
            return
        kills, self._within = self.engine.kills, True
        first, second = self.chance.sample((self._deliver, self.engine.step), 2)
        try:
            self.nested += first() or second()
        finally:
            self._within = False
        if self.engine.kills != kills:
            raise Crash  # the host has died, and with it the step

    def _deliver(self) -> bool:
        """Let what is due at a door happen; its calls are not those of the job that runs."""
        self.observer.act({"job": ""})
        try:
            return self.doors.agenda.run_due()
        finally:
            self.observer.act(None)

    def _pass(self, seconds: float) -> None:
        """Let time pass: Azure's operations go on by themselves."""
        self._clock.now += timedelta(seconds=max(0.0, seconds))
        ticks = int((self._clock.now - self._ticked) / _TICK)
        self._ticked += ticks * _TICK
        for _ in range(min(ticks, 20)):
            self.world.workspace.operations.tick()
            self.observer.look("the end of an operation")

    def rest(self) -> None:
        """Go on until nothing is left to do, or for days; people answer what waits for them."""
        until = self._clock.now + _LONGEST
        while self._clock.now < until:
            if self._rested():
                return
            self._go_on()
            if self.people.have_time():
                self.people.answer()

    def _rested(self) -> bool:
        return self._calm >= _CALM and not self.engine.alive and self.doors.agenda.next is None


def play(
    seed: int, kept: Collection[int] | None = None, trace: Callable[[str], None] | None = None
) -> tuple[list[str], Counts]:
    """Play the sequence of a seed; `kept`: only the steps of these numbers. `trace`: gets lines."""
    acts = draw(random.Random(seed))
    played = Sequence(seed)
    played.engine.trace = trace
    try:
        found = played.play(
            act for number, act in enumerate(acts) if kept is None or number in kept
        )
    except Exception:
        found = [*played.observer.violations, traceback.format_exc()]
    counts = played.counts()
    counts.violations = len(found)
    return found, counts


def shrink(seed: int) -> list[int]:
    """The numbers of the steps without which the sequence would violate nothing."""
    kept = list(range(len(draw(random.Random(seed)))))
    for number in reversed(kept.copy()):
        fewer = [it for it in kept if it != number]
        if play(seed, fewer)[0]:
            kept = fewer
    return kept
