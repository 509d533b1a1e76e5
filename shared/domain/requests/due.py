"""When an endpoint is to be looked at because of its time to live."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Due:
    """An endpoint, and when to look at it: a time as `order_key` writes it."""

    at: str
    endpoint: str
