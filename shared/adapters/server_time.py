"""Storage's own clock. It orders the requests, since the app's clock may be wrong by minutes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def server_time(headers: Mapping[str, str]) -> datetime:
    """The time of an answer, from its Date header, which every answer has (RFC 9110, 6.6.1)."""
    return parsedate_to_datetime(headers["Date"]).astimezone(UTC)
