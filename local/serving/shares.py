"""Whose turn it is: traffic shared out exactly over each hundred calls, without chance."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Shares:
    """Smooth weighted round-robin: every run of calls comes as near its shares as it can.

    Each name gains its weight at every call; the richest takes the call and pays the whole sum.
    """

    weights: Mapping[str, int]
    _gained: dict[str, int] = field(default_factory=dict)

    def next(self) -> str:
        """The name that takes this call; weights must have a positive one."""
        for name, weight in self.weights.items():
            self._gained[name] = self._gained.get(name, 0) + weight
        richest = max(self._gained, key=lambda name: self._gained[name])
        self._gained[richest] -= sum(self.weights.values())
        return richest


@dataclass
class Counted:
    """The shares of each endpoint, begun afresh when its weights change."""

    _shares: dict[str, Shares] = field(default_factory=dict)

    def next(self, endpoint: str, weights: Mapping[str, int]) -> str | None:
        """Who takes this call of the endpoint; None where no weight is positive."""
        positive = {name: weight for name, weight in weights.items() if weight > 0}
        if not positive:
            return None
        shares = self._shares.get(endpoint)
        if shares is None or shares.weights != positive:
            shares = self._shares[endpoint] = Shares(positive)
        return shares.next()
