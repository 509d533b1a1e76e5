"""Time as ARM writes it."""

import datetime as dt
import time

NEVER = "0001-01-01T00:00:00+00:00"
"""End time shown while an operation still runs."""


def now() -> str:
    """The time now, ISO 8601 in UTC."""
    return dt.datetime.now(dt.UTC).isoformat()


def seconds() -> float:
    """The time now, in seconds since 1970."""
    return time.time()
