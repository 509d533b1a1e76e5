"""Sluice's own samples to both deployments of a stage, counted apart from the traffic. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain.rollout.figures import Answered, Figures, Window, answered, joined


@dataclass(frozen=True)
class OwnSample:
    """One request that Sluice sent.

    Args:
        at: when it was answered.
        new: whether it went to the new deployment.
        status: the HTTP status.
        model_status: the model's own, behind a 424.
        seconds: until the whole answer.
        unmet: the answer was not as the smoke test expects.
        pair: number of the pair of requests that it belongs to.
    """

    at: datetime
    new: bool
    status: int
    seconds: float
    pair: int
    model_status: int | None = None
    unmet: bool = False

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "at": self.at.isoformat(), "seconds": round(self.seconds, 3)}


def sample_from_json(plain: Mapping[str, Any]) -> OwnSample:
    return OwnSample(**{**plain, "at": datetime.fromisoformat(plain["at"])})


def sent_in(samples: Iterable[OwnSample], window: Window) -> tuple[OwnSample, ...]:
    return tuple(it for it in samples if window.has(it.at))


def counts_of(samples: Iterable[OwnSample], *, new: bool) -> Answered:
    """Count the samples of one deployment as Azure does: by the status alone."""
    return joined(answered(it.status, _text(it.model_status)) for it in samples if it.new == new)


def figures_of(samples: Iterable[OwnSample]) -> Figures:
    """Return the figures of the samples; a wrong answer of the new deployment is an error."""
    found = list(samples)
    new = {it.pair: it for it in found if it.new}
    old = {it.pair: it for it in found if not it.new}
    return Figures(
        new=joined(
            answered(it.status, _text(it.model_status), unmet=it.unmet) for it in new.values()
        ),
        old=joined(answered(it.status, _text(it.model_status)) for it in old.values()),
        latency=tuple(
            (1000 * new[pair].seconds, 1000 * old[pair].seconds)
            for pair in sorted(new.keys() & old.keys())
            if old[pair].status == 200 and (new[pair].status in {200, 408, 504})
        ),
    )


def _text(status: int | None) -> str:
    return "" if status is None else str(status)
