"""Make a sample request from a flow's inputs."""

from collections.abc import Mapping
from typing import Any

from shared.domain.kinds.prompt_flow.images import is_path
from shared.domain.kinds.prompt_flow.model import Flow, FlowInput
from shared.domain.kinds.prompt_flow.values import fits, sayable

QUESTION = "Hello! What can you do?"
_PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg"
    "=="
)
_BY_TYPE: Mapping[str, Any] = {
    "int": 1,
    "double": 1.0,
    "bool": True,
    "list": [],
    "object": {},
    "image": {"data:image/png;base64": _PIXEL},
}


def sample_input(flow: Flow) -> dict[str, Any]:
    """Return a value for each input: from the flow's sample, its default, or its type.

    A chat flow gets a question and an empty history.
    """
    return {each.name: _value(flow, each) for each in flow.inputs}


def _value(flow: Flow, port: FlowInput) -> Any:
    if port.name in flow.sample:
        return flow.sample[port.name]
    if _usable(port):
        return port.default
    if port.name == flow.chat_history:
        return []
    return _BY_TYPE.get(port.type, QUESTION)


def _usable(port: FlowInput) -> bool:
    """Return whether the default can be sent: it has the right type and is not a file's path."""
    default = port.default
    file = port.type == "image" and isinstance(default, str) and is_path(default)
    return default not in (None, "") and not file and fits(port.type, default) and sayable(default)
