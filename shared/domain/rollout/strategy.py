"""How traffic moves to a new deployment: in stages, each watched for a time."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.rollout.gates import Gates

type Strategy = Literal["all_at_once", "canary", "linear"]
MOST_MIRRORED = 50
"""Azure ML mirrors at most half of the traffic, to one deployment."""


@dataclass(frozen=True)
class Stage:
    """One stage. `percent`: of the traffic; `bake`: seconds for which it is watched."""

    percent: int
    bake: float


@dataclass(frozen=True)
class Rollout:
    """The stages before all traffic moves; without any, it moves at once.

    Args:
        strategy: the name of it.
        stages: by rising traffic, below 100 per cent.
        mirror: a stage before them, in which the traffic is copied and the answers are discarded.
        gates: what the new deployment must keep at each stage.
        keep_failed: a deployment that a stage or a person sent back stays, without traffic.
    """

    strategy: Strategy = "all_at_once"
    stages: tuple[Stage, ...] = ()
    mirror: Stage | None = None
    gates: Gates = Gates()
    keep_failed: bool = True

    @property
    def staged(self) -> bool:
        return bool(self.stages or self.mirror)


@dataclass(frozen=True)
class Floor:
    """The least that an operator demands of a rollout.

    Args:
        percent: the most traffic that one stage may add.
        bake: the fewest seconds for which each stage is watched.
        gates: the loosest limits.
    """

    percent: int
    bake: float
    gates: Gates = Gates()

    def joined(self, other: "Floor | None") -> "Floor":
        """Return the stricter of two in each respect."""
        if other is None:
            return self
        mine, theirs = self.gates, other.gates
        limits = [it for it in (mine.latency_ms, theirs.latency_ms) if it is not None]
        gates = Gates(
            errors=min(mine.errors, theirs.errors),
            timeouts=min(mine.timeouts, theirs.timeouts),
            latency=min(mine.latency, theirs.latency),
            latency_ms=min(limits, default=None),
            tokens=min(mine.tokens, theirs.tokens),
        )
        return Floor(min(self.percent, other.percent), max(self.bake, other.bake), gates)

    def least(self) -> Rollout:
        """Return the rollout of a flow that asks for none: a canary."""
        return Rollout("canary", (Stage(self.percent, self.bake),), gates=self.gates)

    def objections(self, asked: Rollout) -> tuple[str, ...]:
        """Return in what the rollout is less than the floor."""
        found, before = list[str](), 0
        if not asked.stages:
            found.append("it moves all traffic at once")
        for stage in asked.stages:
            if stage.percent - before > self.percent:
                found.append(f"a stage adds {stage.percent - before} per cent, not {self.percent}")
            before = stage.percent
        if any(stage.bake < self.bake for stage in asked.stages):
            found.append(f"a stage is watched for less than {self.bake:g} s")
        found += [f"gates.{name} is looser" for name in _looser(asked.gates, self.gates)]
        return tuple(dict.fromkeys(found))


def _looser(mine: Gates, floor: Gates) -> tuple[str, ...]:
    pairs = {
        "error_percent": (mine.errors, floor.errors),
        "timeout_percent": (mine.timeouts, floor.timeouts),
        "latency_factor": (mine.latency, floor.latency),
        "tokens_factor": (mine.tokens, floor.tokens),
    }
    found = [name for name, (asked, most) in pairs.items() if asked > most]
    if floor.latency_ms is not None and (mine.latency_ms or float("inf")) > floor.latency_ms:
        found.append("latency_ms")
    return tuple(found)
