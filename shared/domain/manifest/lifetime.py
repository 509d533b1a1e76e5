"""Time to live: how long an endpoint may go without a request."""

from shared.domain.parsing.duration import HOUR, iso_seconds

LONGEST_DAYS = 30
"""Azure Monitor keeps metrics by the minute for no longer."""


def ttl_seconds(value: str | float) -> float:
    """Return the seconds of an ISO 8601 duration such as `P7D` or `PT36H`, or of a number of hours.

    Raises:
        ValueError: it is neither, or not between an hour and 30 days.
    """
    seconds = _duration(value) if isinstance(value, str) else value * HOUR
    if not HOUR <= seconds <= LONGEST_DAYS * 24 * HOUR:
        raise ValueError(f"a time to live must be between an hour and {LONGEST_DAYS} days")
    return seconds


def _duration(text: str) -> float:
    seconds = iso_seconds(text)
    if seconds is None:
        raise ValueError("write days as P7D, hours as PT36H, or a number of hours")
    return seconds
