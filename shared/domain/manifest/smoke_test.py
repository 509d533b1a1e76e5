"""The manifest's smoke test of a new deployment before it gets traffic."""

from typing import Annotated, Any

from pydantic import Field

from shared.domain.manifest.section import Section


class Expectation(Section):
    """Expectation of an answer."""

    output: str | None = None
    """The output to check; the whole response by default."""
    contains: str | None = None
    """Text that it must contain, ignoring case."""
    equals: Any = None
    """Value that it must equal."""
    json_schema: dict[str, Any] | None = None
    """JSON Schema that it must match, written out: no `$ref`, no `pattern`, at most 20 deep."""
    max_latency_ms: Annotated[int, Field(gt=0)] | None = None
    """Longest time to the whole answer, in milliseconds."""


class Sample(Section):
    """A further sample request and the expected answer."""

    name: str | None = None
    """Its name in messages; its number by default."""
    input: dict[str, Any] | None = None
    """Values of the flow's inputs, overriding those of `smoke_test.input`."""
    expect: Expectation | None = None
    """Expectation of the answer; without it, any answer that is not an error passes."""


class SmokeTest(Section):
    """Sample requests that a new deployment must answer before it gets traffic."""

    input: dict[str, Any] | None = None
    """Values of the flow's inputs; those not given are derived from the flow."""
    expect: Expectation | None = None
    """Expectation of the answer; without it, any answer that is not an error passes."""
    samples: Annotated[list[Sample], Field(max_length=20)] | None = None
    """Further samples; the only ones if neither `input` nor `expect` is set."""
    chat: bool | None = None
    """Whether a chat flow is tested with a second turn after the first; true by default."""
    follow_up: str | None = None
    """Text of the second turn of a chat."""
    stream: bool | None = None
    """Whether the answer must also come as a stream of events (`Accept: text/event-stream`)."""
