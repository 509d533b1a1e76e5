"""Plays a sequence of steps on the fakes, and finds what it violates."""

import json
import random
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from shared.domain.access.policy_rule import parse_policy
from shared.domain.azure.endpoint import DeploymentSpec
from shared.domain.jobs.decision import DecisionKind
from shared.ports import Answer
from shared.steps.decisions.approval import SETTLED
from shared.steps.decisions.decide import NEEDS
from tests.chaos import asks, ending
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
    "writes": "approval: writes\n",
    "traffic": "approval: traffic\n",
    "canary traffic": "rollout: {strategy: canary}\napproval: traffic\n",
    "invalid": "deployment: {instance_count: -1}\n",
}
_RULED = parse_policy(
    json.dumps(
        [
            {"prefix": "", "endpoints": [f"*-ruled-{it}"], "approval": it}
            for it in ("writes", "traffic")
        ]
    )
)
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
    deliveries: int = 0
    lost_events: int = 0
    late_messages: int = 0
    approvals: int = 0
    rejections: int = 0
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
        storage = timedelta(minutes=self.chance.choice((0, 0, 0, 5, -5)))
        self.world = make_world(
            clock=clock,
            storage_clock=lambda: clock() + storage,
            turns=FakeTurns(lambda: clock.now),
            workspace={"polls": self.chance.choice((0, 2, 6))},
        )
        self._prepare_azure()
        skew = timedelta(minutes=self.chance.choice((0, 0, 5, -5)))
        policy = (*self.world.ports.policy, *_RULED)
        ports = replace(self.world.ports, now=lambda: clock() + skew, policy=policy)
        self.observer = Observer(self.world, lambda name: name == FIXED)
        self.engine = ChaosEngine(ports, clock, self.chance, self.observer)
        self.doors = Doors(self.world, ports, self.engine, self.chance)
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
            approvals=self._settled("approve"),
            rejections=self._settled("reject"),
            activities=engine.activities,
            kills=engine.kills,
            losses=engine.losses,
            faults=self.observer.faults.raised,
            decisions=doors.decisions,
        )

    def _settled(self, kind: str) -> int:
        """How many jobs have followed such a decision about their approval."""
        followed = (self.world.ledger.read(job, SETTLED) or {} for job in self.doors.jobs)
        return sum(it.get("kind") == kind for it in followed)

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
        made = _zip(endpoint, content, "")
        self.doors.storm(endpoint, f"{endpoint}-{path}.zip", made, copies=copies)

    def _fault(self, **given: Any) -> None:
        self.observer.faults.plan(Fault(**given))

    def _kill(self, away: float) -> None:
        """The host dies, and is back after so many seconds."""
        self.engine.kill()
        self._pass(away)

    def _decide(self, decision: DecisionKind, back: int, *, wakes: bool) -> None:
        jobs = self.doors.jobs if decision not in NEEDS else self._with_step(NEEDS[decision][0])
        if len(jobs) >= back:
            self.doors.decide(decision, jobs[-back], wakes=wakes)

    def _with_step(self, kind: str, *, undecided: bool = False) -> list[str]:
        """The jobs that have not ended and have such a step; perhaps only those nobody approved."""
        with self.observer.unseen():
            found = [job for job in self.doors.jobs if self._has_step(job, kind)]
            decided = {job: self.world.ledger.decisions(job) for job in found}
        kinds = {job: {it.kind for it in made} for job, made in decided.items()}
        return [it for it in found if not (undecided and kinds[it] & {"approve", "reject"})]

    def _has_step(self, job: str, kind: str) -> bool:
        plan = self.world.ledger.read(job, "plan") or {"steps": []}
        ended = self.world.ledger.read(job, "result") is not None
        return not ended and kind in {it["kind"] for it in plan["steps"]}

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
        """Go on until nothing is left to do; people resume, approve and reject what waits for them.

        False: it never is.
        """
        until = self._clock.now + _LONGEST
        while self._clock.now < until:
            to_come = self.doors.agenda.next is not None
            if self._calm >= _CALM and not self.engine.alive and not to_come:
                return True
            self._go_on()
            if self._quiet():
                self._answer_people()
        return False

    def _quiet(self) -> bool:
        """True if nothing comes for a while: people have the time to answer."""
        coming = self.doors.agenda.next
        return coming is None or coming > self._clock.now + 2 * _SWEEP

    def _answer_people(self) -> None:
        for name in self.world.ledger.held:
            self.doors.resume(name)
        for job in self._with_step("approval", undecided=True):
            kind: DecisionKind = self.chance.choice(("approve", "approve", "reject"))
            self.doors.decide(kind, job, wakes=self.chance.random() < 0.8)

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
