"""Where in a job a person must approve it. Pure."""

from typing import Literal, get_args

Approval = Literal["none", "traffic", "writes"]
"""Before nothing, before the traffic moves, or before the first write; each stricter."""


def stricter(one: Approval, other: Approval) -> Approval:
    """Return the earlier of two: a job is approved once, for all that follows."""
    return max(one, other, key=get_args(Approval).index)
