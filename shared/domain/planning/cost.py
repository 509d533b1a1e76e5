"""What an endpoint costs an hour, by the operator's price table. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.domain.parsing.pydantic_messages import in_plain_words
from shared.domain.planning.deployment_plan import instances
from shared.domain.planning.step import Observed, Plan
from shared.domain.release.release import Release

_DIGITS = 4
type Size = tuple[str, int]
"""An instance type, and how many instances of it."""


class PriceTable(BaseModel):
    """What one instance of a size costs an hour, as the operator states it.

    `per_million`: what a million calls of a service cost, for the cost page alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    currency: str = Field(min_length=1)
    date: dt.date
    source: str = Field(min_length=1)
    per_hour: Mapping[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    per_million: Mapping[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default_factory=dict
    )

    def price(self, instance_type: str) -> float | None:
        """Return the price of a size, ignoring case; None if the table lacks it."""
        known = {name.lower(): price for name, price in self.per_hour.items()}
        return known.get(instance_type.lower())


@dataclass(frozen=True)
class Cost:
    """The cost an hour of an endpoint's instances; None if a size has no price.

    Args:
        now: before the plan.
        during: at most, as while old and new deployments run side by side.
        then: after the plan.
        unknown: the sizes without a price.
        currency: of the price table, with the next two.
        date: when its prices were taken.
        source: where they were taken from.
    """

    now: float | None
    during: float | None
    then: float | None
    unknown: tuple[str, ...]
    currency: str
    date: str
    source: str


def parse_prices(text: str) -> PriceTable | None:
    """Read a price table from JSON; an empty text is none. Raises ValueError in plain words."""
    if not text.strip():
        return None
    try:
        return PriceTable.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        places = [".".join(map(str, it["loc"])) or "the table" for it in wrong]
        told = (in_plain_words(place, it) for place, it in zip(places, wrong, strict=True))
        raise ValueError("; ".join(told)) from error


def cost(prices: PriceTable, release: Release, observed: Observed, plan: Plan) -> Cost:
    """Return what the plan makes of an endpoint's cost. Storage and traffic are not counted."""
    states = _states(release, observed, plan)
    sums = [_sum(prices, it) for it in states]
    sizes = dict.fromkeys(size for state in states for size, count in state if count)
    return Cost(
        now=sums[0],
        during=None if None in sums else max(it for it in sums if it is not None),
        then=sums[-1],
        unknown=tuple(it for it in sizes if prices.price(it) is None),
        currency=prices.currency,
        date=prices.date.isoformat(),
        source=prices.source,
    )


def _states(release: Release, observed: Observed, plan: Plan) -> list[list[Size]]:
    """Return what the endpoint has before the first step, and after each that changes it."""
    has = {it.name: (it.instance_type, it.instance_count) for it in observed.deployments}
    states = [[*has.values()]]
    for step in plan.steps:
        if step.kind == "delete_deployment":
            has.pop(str(step.arguments.get("name")), None)
        elif step.kind == "ensure_deployment":
            has[release.deployment_name] = (
                release.deployment.instance_type,
                instances(release, observed),
            )
        states.append([*has.values()])
    return states


def _sum(prices: PriceTable, sizes: Iterable[Size]) -> float | None:
    costs = [(prices.price(size), count) for size, count in sizes if count]
    if any(price is None for price, _ in costs):
        return None
    return round(sum(price * count for price, count in costs if price is not None), _DIGITS)
