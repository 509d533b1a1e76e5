"""Read and check the inputs and outputs of a flow file."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shared.domain.errors import Finding, Severity
from shared.domain.kinds.prompt_flow.model import FlowInput, FlowOutput
from shared.domain.kinds.prompt_flow.values import PORT_TYPES, fits, sayable
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape
from shared.domain.parsing.text import with_article

MOST_PORTS = 1_000


def read_ports[P: (FlowInput, FlowOutput)](
    model: type[P], key: str, document: Document, severity: Severity = "error"
) -> tuple[tuple[P, ...], tuple[Finding, ...]]:
    """Read the flow file's `inputs` or `outputs`; invalid ones are left out with a finding."""
    ports = document.value.get(key) or {}
    if not isinstance(ports, Mapping):
        cause = f"'{key}' is not a mapping of names"
        return (), (
            document.finding((key,), cause, f"Write '{key}:' and names under it", severity),
        )
    if len(ports) > MOST_PORTS:
        cause = f"the flow has {len(ports)} {key}, over {MOST_PORTS}"
        return (), (document.finding((key,), cause, "Put them together in objects"),)
    read, findings = list[P](), list[Finding]()
    for name, value in ports.items():
        spec = {"name": name, **value} if isinstance(value, Mapping) else value
        port, wrong = shape(model, spec, document, (key, name))
        findings.extend(replace(each, severity=severity) for each in wrong)
        if port is not None:
            read.append(port)
    return tuple(read), tuple(findings)


def port_findings(
    inputs: tuple[FlowInput, ...],
    outputs: tuple[FlowOutput, ...],
    document: Document,
    *,
    severity: Severity = "error",
) -> Iterator[Finding]:
    """Find unknown types, defaults that do not match their type, and repeated chat roles.

    Args:
        inputs: Inputs of the flow file.
        outputs: Outputs of the flow file.
        document: The flow file.
        severity: Severity of an unknown type; the runtime of a flex flow uses its entry's types.
    """
    ports = [("inputs", each) for each in inputs] + [("outputs", each) for each in outputs]
    for key, port in ports:
        if port.type not in PORT_TYPES:
            cause = (
                f"'{port.name}' has the type '{port.type}', with which the runtime does not start"
            )
            if severity == "warning":
                cause = f"'{port.name}' has the type '{port.type}', which the runtime ignores"
            remedy = f"Use {', '.join(PORT_TYPES)}"
            yield document.finding((key, port.name, "type"), cause, remedy, severity)
    for each in inputs:
        if not sayable(each.default):
            cause = f"the default of '{each.name}' is not a JSON number, so the smoke test skips it"
        elif each.default is not None and not fits(each.type, each.default):
            kind = with_article(each.type)
            cause = f"the default of '{each.name}' is not {kind}: a call without it fails"
        else:
            continue
        remedy = "Correct the default; the smoke test uses another value"
        yield document.finding(("inputs", each.name, "default"), cause, remedy, "warning")
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
