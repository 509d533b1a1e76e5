"""Whether a stage's traffic will do for a verdict. Pure."""

from shared.domain.rollout.figures import Figures
from shared.domain.rollout.gate import minutes_needed, requests_needed
from shared.domain.rollout.gates import Gates


def is_thin(traffic: Figures, gates: Gates, *, minutes: float, left: float) -> bool:
    """Return whether the traffic, if it goes on like this, will not do when the bake is over.

    Args:
        traffic: what callers got so far.
        gates: the limits.
        minutes: for which that is known; without any it cannot be told before the bake is over.
        left: minutes of the bake to come. A minute more is allowed for: the first one is not whole.
    """
    if minutes <= 0:
        return left <= 0
    more = 1 + (left + 1) / minutes
    minutes_of_each = [len(traffic.latency)]
    if traffic.tokens or gates.needs_tokens:
        minutes_of_each.append(len(traffic.tokens))
    return (
        traffic.new.requests * more < requests_needed(gates)
        or min(minutes_of_each) * more < minutes_needed()
    )
