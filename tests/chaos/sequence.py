"""Plays a sequence of steps on the fakes, and finds what it violates."""

import random
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from shared.domain.azure.endpoint import DeploymentSpec
from shared.domain.jobs.decision import DecisionKind
from shared.ports import Answer
from tests.chaos import ending
from tests.chaos.doors import Doors
from tests.chaos.engine import ChaosEngine
from tests.chaos.faults import Fault
from tests.chaos.observer import Observer
from tests.chaos.steps import FAILS_TO_ANSWER, FAILS_TO_START, Act, draw
from tests.fakes.engine import Clock
from tests.fakes.turns import FakeTurns
from tests.fakes.world import READS_CONNECTIONS, make_world, package

FIXED = "blue"
_SHAPES = {
    "": "",
    "fixed": f"deployment: {{name: {FIXED}}}\n",
    "canary": "rollout: {strategy: canary}\n",
    "invalid": "deployment: {instance_count: -1}\n",
}
_START = ("ImageBuildFailure", "It did not start.")
_SWEEP, _TICK = timedelta(minutes=5), timedelta(seconds=10)
_CALM = 3
"""So many sweeps that found nothing: then nothing is left to do."""
_LONGEST = timedelta(days=3)


@dataclass
class Counts:
    """What one sequence, or many, had."""

    sequences: int = 0
    requests: int = 0
    activities: int = 0
    kills: int = 0
    losses: int = 0
    faults: int = 0
    decisions: int = 0
    violations: int = 0

    def add(self, other: "Counts") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@cache
def _zip(endpoint: str, content: int, shape: str) -> bytes:
    manifest = f"{READS_CONNECTIONS}endpoint: {{name: {endpoint}}}\n{_SHAPES[shape]}"
    return package(f"# {content}\n", deploy__yaml=manifest)


class Sequence:
    """One sequence, played once; `seed` decides all chance while it is played."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        random.seed(seed)  # the sweep looks at the drops in an order by chance
        self._clock = clock = Clock()
        clock.now = datetime(2026, 1, 1, 1, tzinfo=UTC)
        self.world = make_world(
            clock=clock,
            turns=FakeTurns(lambda: clock.now),
            workspace={"polls": self.chance.choice((0, 2, 6))},
        )
        self._prepare_azure()
        skew = timedelta(minutes=self.chance.choice((0, 0, 5, -5)))
        ports = replace(self.world.ports, now=lambda: clock() + skew)
        self.observer = Observer(self.world, lambda name: name == FIXED)
        self.engine = ChaosEngine(ports, clock, self.chance, self.observer)
        self.doors = Doors(self.world, ports, self.engine, self.chance)
        self._ticked = self._swept = clock.now
        self._calm, self._blobs = 0, set[str]()
        self._kinds: dict[str, Callable[..., None]] = {
            "request": self._request,
            "fault": self._fault,
            "kill": self._kill,
            "lose": self.engine.lose,
            "decide": self._decide,
            "roll_back": self.doors.roll_back,
            "resume": self.doors.resume,
            "remove": self.doors.remove,
            "time": self._pass,
        }

    def play(self, acts: Iterable[Act]) -> list[str]:
        """Play the steps, let everything come to rest, and return the violations."""
        for act in acts:
            self._kinds[act.kind](**act.given)
            for _ in range(act.then):
                self._go_on()
        self.observer.faults.clear()
        rested = self._come_to_rest()
        stuck = [] if rested else [f"{len(self.engine.alive)} orchestrations are left running"]
        return [*self.observer.violations, *stuck, *ending.violations(self.world)]

    def counts(self) -> Counts:
        engine, doors = self.engine, self.doors
        return Counts(
            sequences=1,
            requests=doors.asked,
            activities=engine.activities,
            kills=engine.kills,
            losses=engine.losses,
            faults=self.observer.faults.raised,
            decisions=doors.decisions,
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
        made = _zip(endpoint, content, shape)
        if door == "blob":
            self.doors.drop(f"{endpoint}-{path}.zip", made, copies=copies, lost=lost)
            return
        blob = f"{endpoint}-{content}-{shape}.package"
        if blob not in self._blobs:
            self._blobs.add(blob)
            self.world.flows.put(blob, made, self.world.flows.clock())
        body = {"source": {"blob": blob}}
        if door == "http":
            self.doors.call(body, copies=copies)
        else:
            self.doors.send(body, copies=copies, delay=delay)

    def _fault(self, **given: Any) -> None:
        self.observer.faults.plan(Fault(**given))

    def _kill(self, away: float) -> None:
        """The host dies, and is back after so many seconds."""
        self.engine.kill()
        self._pass(away)

    def _decide(self, decision: DecisionKind, back: int, *, wakes: bool) -> None:
        if len(self.doors.jobs) >= back:
            self.doors.decide(decision, self.doors.jobs[-back], wakes=wakes)

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
        until = min(it for it in times if it is not None)
        self._pass((until - self._clock.now).total_seconds())
        if self._clock.now >= self._swept + _SWEEP:
            self._swept, self._calm = self._clock.now, self._calm + 1
            self.doors.sweep()
        return True

    def _pass(self, seconds: float) -> None:
        """Let time pass: Azure's operations go on by themselves."""
        self._clock.now += timedelta(seconds=max(0.0, seconds))
        ticks = int((self._clock.now - self._ticked) / _TICK)
        self._ticked += ticks * _TICK
        for _ in range(min(ticks, 20)):
            self.world.workspace.operations.tick()
            self.observer.look("the end of an operation")

    def _come_to_rest(self) -> bool:
        """Go on until nothing is left to do; people resume what they hold. False: it never is."""
        until = self._clock.now + _LONGEST
        while self._clock.now < until:
            if self._calm >= _CALM and not self.engine.alive:
                return True
            self._go_on()
            if self.doors.agenda.next is None:
                for name in self.world.ledger.held:
                    self.doors.resume(name)
        return False

    # ------------------------------------------------------------------ Azure

    def _prepare_azure(self) -> None:
        world = self.world
        world.metrics.busy = world.workspace
        world.workspace.judge = lambda spec: _START if self._is(spec, FAILS_TO_START) else None
        world.scoring.live = self._answer

    def _answer(self, deployment: str) -> Answer:
        endpoint = self.world.scoring.scored[-1].endpoint
        spec = self.world.workspace.there.specs[endpoint, deployment]
        if self._is(spec, FAILS_TO_ANSWER):
            return Answer(424, {"error": {"message": "boom"}}, 0.01)
        return Answer(200, {"answer": "yes"}, 0.01)

    def _is(self, spec: DeploymentSpec, content: int) -> bool:
        code = self.world.assets.model_files(spec.model)["say.py"]
        return code.endswith(f"# {content}\n".encode())


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
