"""Check the manifest's smoke test."""

from collections.abc import Iterator

from shared.domain.errors import Finding
from shared.domain.kinds.content import Content
from shared.domain.manifest.expectation import schema_problem
from shared.domain.manifest.layers import Layers
from shared.domain.manifest.smoke_test import Expectation, Sample, SmokeTest
from shared.domain.parsing.document import Path
from shared.domain.parsing.text import join_names


def schema_findings(smoke_test: SmokeTest, layers: Layers) -> Iterator[Finding]:
    """Find JSON Schemas that are invalid or not supported."""
    for place, sample in _samples(smoke_test):
        schema = sample.expect.json_schema if sample.expect is not None else None
        problem = schema_problem(schema) if schema is not None else None
        if problem is not None:
            at = (*place, "expect", "json_schema")
            yield layers.finding(at, f"json_schema: {problem}", "Correct the schema")


def smoke_findings(smoke_test: SmokeTest, content: Content, at: Layers) -> Iterator[Finding]:
    """Find inputs, outputs and chat turns that the package does not have."""
    inputs, outputs = content.input_names, content.output_names
    for place, sample in _samples(smoke_test):
        for name in sample.input or ():
            if inputs and name not in inputs:
                cause = f"there is no input '{name}'"
                yield at.finding((*place, "input", name), cause, f"There are: {join_names(inputs)}")
        output = sample.expect.output if sample.expect is not None else None
        if output and outputs and output not in outputs:
            cause = f"there is no output '{output}'"
            yield at.finding(
                (*place, "expect", "output"), cause, f"There are: {join_names(outputs)}"
            )
    yield from _turns(smoke_test, content, at)


def _turns(smoke_test: SmokeTest, content: Content, at: Layers) -> Iterator[Finding]:
    if content.chat is not None:
        return
    asked = "follow_up" if smoke_test.follow_up else "chat" if smoke_test.chat else None
    if asked is not None:
        cause = f"'{asked}' is set, but the flow is not a chat flow"
        remedy = "Mark its inputs and output: is_chat_input, is_chat_history, is_chat_output"
        yield at.finding(("smoke_test", asked), cause, remedy)


def _samples(smoke_test: SmokeTest) -> Iterator[tuple[Path, Sample]]:
    expect: Expectation | None = smoke_test.expect
    yield ("smoke_test",), Sample(input=smoke_test.input, expect=expect)
    for index, sample in enumerate(smoke_test.samples or ()):
        yield ("smoke_test", "samples", index), sample
