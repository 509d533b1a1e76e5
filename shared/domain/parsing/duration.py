"""ISO 8601 durations, as manifest and policy write times."""

import re

HOUR = 3600.0

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_SECONDS = (7 * 24 * HOUR, 24 * HOUR, HOUR, 60.0, 1.0)


def iso_seconds(text: str) -> float | None:
    """Return the seconds of a duration of weeks to seconds; None if it is none."""
    found = _DURATION.fullmatch(text.strip().upper())
    parts = found.groups() if found else ()
    if not any(parts):
        return None
    return sum(int(part or 0) * size for part, size in zip(parts, _SECONDS, strict=True))


LONGEST_BAKE = 24 * HOUR


def bake_seconds(text: str) -> float:
    """Return the seconds of a bake time. Raises ValueError if it is none, or over a day."""
    seconds = iso_seconds(text)
    if seconds is None or not 0 < seconds <= LONGEST_BAKE:
        raise ValueError("write a time of at most a day: minutes as PT15M, seconds as PT90S")
    return seconds
