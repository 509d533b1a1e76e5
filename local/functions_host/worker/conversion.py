"""How the host turns values into typed data, as the real one does.

Strings, bytes and doubles keep their kind; everything else is JSON (dates and URIs as quoted
strings); null metadata is left out. Source: GrpcMessageConversionExtensions of the Functions host.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.functions_host.worker.messages import TypedData


class Quoted(str):
    """A string that is JSON on the wire, as .NET's Uri, DateTime and TimeSpan are."""

    __slots__ = ()


def iso(moment: datetime) -> str:
    """A date as the host writes it: UTC, microseconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def typed(value: Any) -> TypedData:
    """The typed data of a value; that of None is empty."""
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
    """Trigger metadata, less what is null."""
    return {name: typed(value) for name, value in metadata.items() if value is not None}


def plain(data: TypedData) -> Any:
    """The value of typed data, JSON read."""
    return json.loads(data.value) if data.kind == "json" else data.value


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return iso(value)
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return str(value)
