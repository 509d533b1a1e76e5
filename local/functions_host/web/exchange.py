"""HTTP requests and responses inside this host."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One complete request.

    Attributes:
        path: Percent-encoded, without the query.
        target: Path and query as received.
        headers: Names in lower case; several of one name are joined with commas, as in .NET.
        query: Decoded; without empty values, as in the real host.
    """

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """One response; the content length is added when it is sent."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def json_response(status: int, body: str) -> Response:
    """Create a JSON response."""
    return Response(status, body.encode(), (("content-type", "application/json"),))
