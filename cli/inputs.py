"""What an endpoint's OpenAPI document says of its flow's inputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from shared.domain.parsing.strict_json import read_json


@dataclass(frozen=True)
class Inputs:
    """The inputs of a flow.

    Attributes:
        names: all of them; empty if the document does not list them.
        chat_input: the input for what a person says; None if the flow is no chat.
        chat_history: the input for earlier turns.
        chat_output: the output with the answer.
    """

    names: frozenset[str] = frozenset()
    chat_input: str | None = None
    chat_history: str | None = None
    chat_output: str | None = None


def read_inputs(document: Any) -> Inputs:
    """Read the document that prompt flow's serving makes; another one tells nothing."""
    info = _below(document, "info")
    schema = _below(
        document, "paths", "/score", "post", "requestBody", "content", "application/json", "schema"
    )
    chat = {
        name: str(info[key])
        for name, key in (
            ("chat_input", "x-chat-input"),
            ("chat_history", "x-chat-history"),
            ("chat_output", "x-chat-output"),
        )
        if key in info
    }
    return Inputs(frozenset(_below(schema, "properties")), **chat)


def unknown_inputs(question: bytes, inputs: Inputs) -> Iterator[str]:
    """Yield a warning for each key of the question that the flow does not have: it is ignored."""
    asked = read_json(question)
    if not isinstance(asked, dict) or not inputs.names:
        return
    for key in asked:
        if key not in inputs.names:
            near = get_close_matches(str(key), inputs.names, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it has {_list(inputs.names)}"
            yield f"warning: the flow has no input '{key}' and ignores it; {hint}"


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _below(value: Any, *path: str) -> Mapping[str, Any]:
    """Return the mapping at the path; an empty one if there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
