"""Conversion of values to typed data, as in the real host.

Strings, bytes and doubles keep their kind; everything else is JSON (dates and URIs as quoted
strings); null metadata is omitted. Source: GrpcMessageConversionExtensions of the Functions host.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.functions_host.worker.messages import TypedData


class Quoted(str):
    """A string that is sent as JSON, as .NET's Uri, DateTime and TimeSpan are."""

    __slots__ = ()


def iso(moment: datetime) -> str:
    """Format a date as the host does: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def typed(value: Any) -> TypedData:
    """Convert a value to typed data; None gives empty data."""
    if isinstance(value, TypedData):
        return value
    match value:
        case None:
            return TypedData()
        case str() if not isinstance(value, Quoted):
            return TypedData(string=value)
        case bytes() | bytearray() | memoryview():
            return TypedData(bytes=bytes(value))
        case float():
            return TypedData(double=value)
        case _:
            return TypedData(json=json.dumps(value, default=_plain))


def typed_metadata(metadata: Mapping[str, Any]) -> dict[str, TypedData]:
    """Convert trigger metadata, without nulls."""
    return {name: typed(value) for name, value in metadata.items() if value is not None}


def plain(data: TypedData) -> Any:
    """Return the value of typed data, with JSON parsed."""
    return json.loads(data.value) if data.kind == "json" else data.value


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return iso(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return str(value)
