"""The gates of a rollout: what the new deployment must keep at each stage."""

from dataclasses import dataclass

LEVEL = 0.01
"""How often a test may call a deployment bad that is not, at the end of a bake."""
EARLY = 0.001
"""The same at each look before the end, of which there are many."""
POWER = 0.95
"""How often a test must find a deployment that is as bad as `WORSE` says."""
WORSE = 0.15
"""A rate this much above its limit must be found: with the default limit, one error in five."""
APART = 0.01
"""A difference of rates that is smaller is not told, however certain it is."""


@dataclass(frozen=True)
class Gates:
    """Limits. Rates are parts of 1; a factor is against the old deployment, in the same minutes.

    Args:
        errors: highest rate of errors.
        timeouts: highest rate of time-outs.
        latency: highest factor of the 95th percentile of the latency.
        latency_ms: highest 95th percentile, in milliseconds; None for no such limit.
        tokens: highest factor of the tokens a request; judged where both record them.
        needs_tokens: without recorded tokens there is no verdict.
        samples: own samples a minute to each deployment where the traffic is too thin; 0 for none.
    """

    errors: float = 0.05
    timeouts: float = 0.02
    latency: float = 1.5
    latency_ms: float | None = None
    tokens: float = 1.5
    needs_tokens: bool = False
    samples: int = 10
