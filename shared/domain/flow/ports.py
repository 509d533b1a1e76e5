"""Inputs and outputs of a flow file, and whether the runtime knows their types."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.domain.document import Document
from shared.domain.errors import Finding
from shared.domain.flow.model import FlowInput, FlowOutput, Kind
from shared.domain.shape import shape

MOST_PORTS = 1_000

FLEX_TYPES = ("string", "int", "double", "bool", "list", "object")
"""promptflow 1.18, `FlexFlowInputSchema`."""
DAG_TYPES = (
    *FLEX_TYPES,
    *("image", "secret", "prompt_template", "file_path", "assistant_definition"),
)
"""promptflow 1.18, `ValueType`."""


def read_ports[P: (FlowInput, FlowOutput)](
    model: type[P], key: str, document: Document
) -> tuple[tuple[P, ...], tuple[Finding, ...]]:
    """The flow file's `inputs` or `outputs`; one that does not fit is left out with a finding."""
    said = document.value.get(key) or {}
    if not isinstance(said, Mapping):
        cause = f"'{key}' is not a mapping of names"
        return (), (document.finding((key,), cause, f"Write '{key}:' and names under it"),)
    if len(said) > MOST_PORTS:
        cause = f"the flow has {len(said)} {key}, over {MOST_PORTS}"
        return (), (document.finding((key,), cause, "Put them together in objects"),)
    read, findings = list[P](), list[Finding]()
    for name, value in said.items():
        spec = {"name": name, **value} if isinstance(value, Mapping) else value
        port, wrong = shape(model, spec, document, (key, name))
        findings.extend(wrong)
        if port is not None:
            read.append(port)
    return tuple(read), tuple(findings)


def port_findings(
    kind: Kind, inputs: tuple[FlowInput, ...], outputs: tuple[FlowOutput, ...], document: Document
) -> Iterator[Finding]:
    """Unknown types, defaults that do not fit their type, and doubtful chat roles."""
    known = DAG_TYPES if kind == "dag" else FLEX_TYPES
    ports = [("inputs", each) for each in inputs] + [("outputs", each) for each in outputs]
    for key, port in ports:
        if port.type not in known:
            cause = f"'{port.name}' has the unknown type '{port.type}'"
            yield document.finding((key, port.name, "type"), cause, f"Use {', '.join(known)}")
    for each in inputs:
        if each.default is not None and not _fits(each.type, each.default):
            cause = f"the default of '{each.name}' is no {each.type}"
            yield document.finding(("inputs", each.name, "default"), cause, "Correct the default")
    yield from _too_many_roles(inputs, outputs, document)


def _too_many_roles(
    inputs: tuple[FlowInput, ...], outputs: tuple[FlowOutput, ...], document: Document
) -> Iterator[Finding]:
    roles = {
        ("inputs", "is_chat_input"): [i.name for i in inputs if i.is_chat_input],
        ("inputs", "is_chat_history"): [i.name for i in inputs if i.is_chat_history],
        ("outputs", "is_chat_output"): [o.name for o in outputs if o.is_chat_output],
    }
    for (key, role), names in roles.items():
        for name in names[1:]:
            cause = f"'{role}' is set for {len(names)} {key}"
            yield document.finding((key, name, role), cause, "Keep it for one of them", "warning")


def _fits(kind: str, value: Any) -> bool:
    """Whether the runtime could take that value (promptflow 1.18, `ValueType.parse`)."""
    try:
        match kind:
            case "int":
                int(value)
            case "double":
                float(value)
            case "bool":
                return isinstance(value, bool) or str(value).lower() in {"true", "false"}
            case "list":
                return isinstance(json.loads(value) if isinstance(value, str) else value, list)
    except (TypeError, ValueError):
        return False
    return True
