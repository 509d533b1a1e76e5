"""The rollout, from the manifest and the least that the operator demands."""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.manifest import Manifest
from shared.domain.manifest.rollout import RolloutSection
from shared.domain.parsing.duration import bake_seconds
from shared.domain.rollout.gates import Gates
from shared.domain.rollout.strategy import Floor, Rollout, Stage

_BAKE = "PT15M"
_PERCENT, _STEP = 10, 20


def make_rollout(manifest: Manifest, floor: Floor | None = None) -> Rollout:
    """Make the rollout; a manifest that names no strategy gets the floor."""
    asked = manifest.rollout
    gates = _gates(asked, floor)
    made = Rollout(
        strategy=asked.strategy or "all_at_once",
        stages=tuple(_stages(asked)),
        mirror=_mirror(asked),
        gates=gates,
        keep_failed=asked.keep_failed,
    )
    if asked.strategy is None and floor is not None:
        least = floor.least()
        return replace(made, strategy=least.strategy, stages=least.stages)
    return made


def floor_objections(manifest: Manifest, floor: Floor | None) -> Iterator[str]:
    """Say in what the manifest's rollout is less than the floor."""
    if floor is None:
        return
    yield from floor.objections(make_rollout(manifest, floor))
    if manifest.deployment.name is not None:
        yield "a deployment of a fixed name is replaced in place, without stages"


def _stages(asked: RolloutSection) -> Iterator[Stage]:
    if asked.strategy == "canary":
        yield Stage(asked.percent or _PERCENT, bake_seconds(asked.bake or _BAKE))
    if asked.strategy == "linear":
        step = asked.step or _STEP
        for percent in range(step, 100, step):
            yield Stage(percent, bake_seconds(asked.interval or _BAKE))


def _mirror(asked: RolloutSection) -> Stage | None:
    mirror = asked.mirror
    return None if mirror is None else Stage(mirror.percent, bake_seconds(mirror.bake))


def _gates(asked: RolloutSection, floor: Floor | None) -> Gates:
    """The manifest's limits; those that it does not set are the operator's."""
    limits, base = asked.gates, floor.gates if floor is not None else Gates()
    given = limits.model_fields_set
    return Gates(
        errors=limits.error_percent / 100 if "error_percent" in given else base.errors,
        timeouts=limits.timeout_percent / 100 if "timeout_percent" in given else base.timeouts,
        latency=limits.latency_factor if "latency_factor" in given else base.latency,
        latency_ms=limits.latency_ms if "latency_ms" in given else base.latency_ms,
        tokens=limits.tokens_factor if "tokens_factor" in given else base.tokens,
        needs_tokens="tokens_factor" in given,
        samples=asked.samples_per_minute,
    )
