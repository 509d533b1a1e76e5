"""A span as it came over OTLP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue


@dataclass(frozen=True)
class Received:
    """One span. Ids are hex; `parent` is empty for the span of a whole job; times in seconds."""

    trace: str
    id: str
    parent: str
    name: str
    begin: float
    end: float
    attributes: dict[str, Any]
    problem: str


def spans_in(body: bytes) -> Iterator[Received]:
    """Read the body of a POST to /v1/traces. Raises DecodeError if it is none."""
    request = ExportTraceServiceRequest.FromString(body)
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                failed = span.status.code == span.status.STATUS_CODE_ERROR
                yield Received(
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    name=span.name,
                    begin=span.start_time_unix_nano / 1e9,
                    end=span.end_time_unix_nano / 1e9,
                    attributes={it.key: _value(it) for it in span.attributes},
                    problem=(span.status.message or "failed") if failed else "",
                )


def _value(pair: KeyValue) -> Any:
    kind = pair.value.WhichOneof("value")
    return getattr(pair.value, kind) if kind else None
