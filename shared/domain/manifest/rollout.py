"""The manifest's rollout: how traffic moves to a new deployment."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.domain.manifest.section import Section
from shared.domain.parsing.duration import bake_seconds
from shared.domain.rollout.strategy import MOST_MIRRORED


def _bake(text: str) -> str:
    bake_seconds(text)
    return text


Bake = Annotated[str, AfterValidator(_bake)]
_Percent = Annotated[float, Field(gt=0, le=50)]
_Factor = Annotated[float, Field(gt=1, le=100)]


class Mirror(Section):
    """A stage before the others, on traffic that is copied and whose answers are discarded."""

    percent: Annotated[int, Field(ge=1, le=MOST_MIRRORED)] = 10
    """Per cent of the traffic that is copied; Azure ML allows up to 50."""
    bake: Bake = "PT15M"
    """Time for which the copy is watched, such as `PT15M`."""


class GateLimits(Section):
    """Limits at each stage. Factors are against the old deployment in the same minutes."""

    error_percent: _Percent = 5
    """Highest per cent of requests that end in an error (408, 424, 429 or 5xx)."""
    timeout_percent: _Percent = 2
    """Highest per cent of requests that time out (408 or 504)."""
    latency_factor: _Factor = 1.5
    """Highest factor of the 95th percentile of the latency."""
    latency_ms: Annotated[float | None, Field(gt=0)] = None
    """Highest 95th percentile of the latency, in milliseconds; none by default."""
    tokens_factor: _Factor = 1.5
    """Highest factor of the tokens a request, judged where both deployments record them \
(`app_insights_enabled`); if it is set here, there is no verdict without them."""


class RolloutSection(Section):
    """How traffic moves from the deployment that serves to the new one."""

    strategy: Literal["all_at_once", "canary", "linear"] | None = None
    """`all_at_once` (the default, unless the operator demands more), `canary`: `percent` first, \
then all; `linear`: `step` more at each `interval`."""
    percent: Annotated[int | None, Field(ge=1, le=99)] = None
    """Canary: per cent of the traffic in its first stage; 10 by default."""
    bake: Bake | None = None
    """Canary: time for which the first stage is watched; `PT15M` by default."""
    step: Annotated[int | None, Field(ge=1, le=99)] = None
    """Linear: per cent that each stage adds; 20 by default."""
    interval: Bake | None = None
    """Linear: time for which each stage is watched; `PT15M` by default."""
    mirror: Mirror | None = None
    """A stage before, on copied traffic."""
    gates: GateLimits = Field(default_factory=GateLimits)
    """Limits that the new deployment must keep at each stage."""
    samples_per_minute: Annotated[int, Field(ge=0, le=60)] = 10
    """Where the traffic is too thin for a verdict, so many samples of the smoke test are sent to \
each of the two deployments; 0 sends none."""
    keep_failed: bool = True
    """Whether a deployment that was sent back stays, without traffic, for inspection: by a failed \
gate, a stage without a verdict, or a person's abort."""
