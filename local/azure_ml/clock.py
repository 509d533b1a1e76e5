"""Time as ARM writes it."""

import datetime as dt
import time

NEVER = "0001-01-01T00:00:00+00:00"
"""What an operation that has not ended shows as its end."""


def now() -> str:
    """The time now, ISO 8601 in UTC."""
    return dt.datetime.now(dt.UTC).isoformat()


def seconds() -> float:
    """The time now, in seconds since 1970."""
    return time.time()
