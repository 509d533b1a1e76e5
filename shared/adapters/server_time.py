"""Storage's own clock, which orders what is asked: the app's may be wrong by minutes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def server_time(headers: Mapping[str, str]) -> datetime:
    """When the service answered, by its header Date: every answer has one (RFC 9110, 6.6.1)."""
    return parsedate_to_datetime(headers["Date"]).astimezone(UTC)
