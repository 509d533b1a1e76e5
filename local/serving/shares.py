"""Deterministic traffic split, exact over each hundred calls."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Shares:
    """Smooth weighted round-robin: any sequence of calls is as close to the shares as possible.

    Each name gains its weight at every call; the highest takes the call and loses the total.
    """

    weights: Mapping[str, int]
    _gained: dict[str, int] = field(default_factory=dict)

    def next(self) -> str:
        """Return the name for this call; at least one weight must be positive."""
        for name, weight in self.weights.items():
            self._gained[name] = self._gained.get(name, 0) + weight
        highest = max(self._gained, key=lambda name: self._gained[name])
        self._gained[highest] -= sum(self.weights.values())
        return highest


@dataclass
class SharesByEndpoint:
    """The shares of each endpoint, reset when its weights change."""

    _shares: dict[str, Shares] = field(default_factory=dict)

    def next(self, endpoint: str, weights: Mapping[str, int]) -> str | None:
        """Return the name for this call of the endpoint; None if no weight is positive."""
        positive = {name: weight for name, weight in weights.items() if weight > 0}
        if not positive:
            return None
        shares = self._shares.get(endpoint)
        if shares is None or shares.weights != positive:
            shares = self._shares[endpoint] = Shares(positive)
        return shares.next()
