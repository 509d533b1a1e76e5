"""HTTP requests and responses, as this host passes them about."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One request, read whole.

    Attributes:
        path: Percent-encoded, without the query.
        target: Path and query as they came.
        headers: Names in lower case; several of one name are joined by commas, as in .NET.
        query: Decoded; empty values are dropped, as the real host does.
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
    """A response that says it is JSON."""
    return Response(status, body.encode(), (("content-type", "application/json"),))
