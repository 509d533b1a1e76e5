"""The manifest's smoke test: what a new deployment must answer before it gets traffic."""

from typing import Annotated, Any

from pydantic import Field

from shared.domain.manifest.section import Section


class Expectation(Section):
    """What an answer must be like."""

    output: str | None = None
    """The output to look at; the whole response where nothing is said."""
    contains: str | None = None
    """Text that must be in it, whatever its case."""
    equals: Any = None
    """What it must be exactly."""
    json_schema: dict[str, Any] | None = None
    """JSON Schema that it must fit, written out: no `$ref`, no `pattern`, at most 20 deep."""
    max_latency_ms: Annotated[int, Field(gt=0)] | None = None
    """Longest time to the whole answer, in milliseconds."""


class Sample(Section):
    """One more sample request, and what its answer must be like."""

    name: str | None = None
    """What messages call it; its number where nothing is said."""
    input: dict[str, Any] | None = None
    """Values of the flow's inputs, over those of `smoke_test.input`."""
    expect: Expectation | None = None
    """What the answer must be like; without it, any answer without an error will do."""


class SmokeTest(Section):
    """Sample requests that a new deployment must answer before it gets traffic."""

    input: dict[str, Any] | None = None
    """Values of the flow's inputs; those not given are derived from the flow."""
    expect: Expectation | None = None
    """What the answer must be like; without it, any answer without an error will do."""
    samples: Annotated[list[Sample], Field(max_length=20)] | None = None
    """Further samples; where neither `input` nor `expect` is said, these alone."""
    chat: bool | None = None
    """Whether a chat flow is asked a second time, with the first turn as its history; it is,
    unless this is false."""
    follow_up: str | None = None
    """What the second turn of a chat says."""
    stream: bool | None = None
    """Whether the answer must also come as a stream of events (`Accept: text/event-stream`)."""
