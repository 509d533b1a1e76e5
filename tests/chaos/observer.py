"""An observer of the control plane: looks before and after every call, and notes what is wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.domain.planning.step import live
from shared.domain.requests.source import RemovalSource
from tests.chaos.faults import Faults, services
from tests.fakes.faults import Breakable
from tests.fakes.world import World

MUTATIONS = frozenset(
    {"put_endpoint", "set_traffic", "put_deployment", "delete_deployment", "delete_endpoint"}
)
"""Calls that change an endpoint; a restored deployment is put too."""

_UNFIT = frozenset({"Failed", "Deleting", "Canceled"})


class Observer:
    """Holds what must be true at every moment; `violations` lists, in words, what was not.

    Attributes:
        meanwhile: is called in the middle of an activity, before and after each of its calls.

    Args:
        world: the fakes.
        fixed: whether a deployment has a fixed name. It is replaced in place, so that it fails
            while it has the traffic, until it is restored: that is what a fixed name means.
    """

    def __init__(self, world: World, fixed: Callable[[str], bool]) -> None:
        self._world, self._fixed = world, fixed
        self._acts = list[Any]()
        self.meanwhile: Callable[[], None] = lambda: None
        self._looking = False
        self._serving = set[str]()
        self._service = {
            id(fake): name for name, fakes in services(world).items() for fake in fakes
        }
        self.faults = Faults(lambda: world.clock.now, lambda: self.job)
        self.violations = list[str]()
        for fakes in services(world).values():
            for fake in fakes:
                fake.watch = self.watch

    @property
    def _acting(self) -> Any:
        """The input of the activity that runs; the innermost if one runs inside another's call."""
        return self._acts[-1] if self._acts else None

    @property
    def job(self) -> str:
        """The job whose activity runs; empty if none does."""
        return str(self._acting["job"]) if self._acting else ""

    def act(self, given: Any) -> None:
        """Note what an activity begins or calls, by its input; None: it has ended."""
        if given is None:
            self._acts.pop()
            return
        if given["job"] == self.job:
            self._acts.pop()
        self._acts.append(given)
        for asked in self.faults.asked_by(self.job):
            del self.faults.asked[asked]

    def told(self, job: str) -> None:
        """From here on the job's orchestrator knows what Azure asked."""
        self.faults.quiet.update(self.faults.asked_by(job))

    def forget(self) -> None:
        """The engine has lost everything, and with it what Azure asked."""
        self.faults.quiet.clear()

    def watch(self, fake: Breakable, call: str, after: bool) -> None:
        if self._looking:
            return
        service = self._service[id(fake)]
        with self.unseen():
            if not after:
                self._called(service, call)
            elif call in MUTATIONS:
                self.look(call)
            elif call == "record_release":
                self._released()
        if self._acts:
            self.meanwhile()
        self.faults.strike(service, after=after)

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Let the observer's own calls be no calls of the app."""
        self._looking = True
        try:
            yield
        finally:
            self._looking = False

    def _released(self) -> None:
        """Note that the endpoint serves: a job has ended well, and from now on that is kept."""
        kept = self._world.ledger.read(self.job, "release")
        assert kept is not None
        self._serving.add(kept["endpoint"]["name"])

    def note(self, violation: str) -> None:
        """Note a violation, with the time and the step that runs."""
        kind = self._acting.get("kind", "publish") if self._acting else "nobody"
        at = f"{self._world.clock.now:%H:%M:%S}"
        self.violations.append(f"{at} {kind} of {self.job}: {violation}")

    def look(self, why: str) -> None:
        """Check the state of every endpoint."""
        there = self._world.workspace.there
        for name in [*self._serving]:
            state = there.endpoints.get(name)
            if (state is None or not live(state.traffic)) and not self._removed(name):
                self.note(f"{name} lost its traffic at {why}")
            if state is None or not live(state.traffic):
                self._serving.discard(name)
        for name, state in there.endpoints.items():
            shares = live(state.traffic)
            if sum(shares.values()) not in (0, 100):
                self.note(f"the traffic of {name} is {shares}")
            for target in shares:
                found = there.deployments.get((name, target))
                unfit = found is None or found.provisioning_state in _UNFIT
                if unfit and not self._fixed(target) and not self._removed(name):
                    now = found.provisioning_state if found else "gone"
                    self.note(f"{name} sends traffic to {target}, which is {now}")

    def _removed(self, endpoint: str) -> bool:
        """True if somebody has asked for the endpoint's removal."""
        return any(
            isinstance(it.source, RemovalSource) and it.source.endpoint == endpoint
            for it in self._world.ledger.requests
        )

    def _called(self, service: str, call: str) -> None:
        now = self._world.clock.now
        quiet = self.faults.quiet_until(service)
        if service in {"ARM", "bus"} and quiet is not None and now < quiet:
            self.note(f"{call} {(quiet - now).total_seconds():.0f} s before Retry-After")
        if call in MUTATIONS:
            endpoint = str((self._acting or {}).get("endpoint", ""))
            if self._world.turns.holder(endpoint) != self.job:
                self.note(f"{call} on {endpoint} without its turn")
            if self._lacks_approval(call):
                self.note(f"{call} on {endpoint} before a person approved it")

    def _lacks_approval(self, call: str) -> bool:
        """True if the job that runs may not do that yet; what it puts back, it always may."""
        kept = self._world.ledger.read(self.job, "release") if self.job else None
        needed = kept["approval"] if kept is not None else "none"
        undoes = str(self._acting.get("key", "")).startswith("undo")
        if undoes or not (needed == "writes" or (needed == "traffic" and call == "set_traffic")):
            return False
        return "approve" not in {it.kind for it in self._world.ledger.decisions(self.job)}
