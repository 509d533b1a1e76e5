"""Inputs of a flex flow: its entry's parameters, completed from the flow file."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.flex.entry import Entry
from shared.domain.kinds.prompt_flow.model import FlowInput
from shared.domain.kinds.prompt_flow.python.signature import Parameter
from shared.domain.kinds.prompt_flow.values import PORT_TYPES
from shared.domain.parsing.document import Document

_TYPES = {**{kind: kind for kind in PORT_TYPES}, "dict": "object"}


@dataclass(frozen=True)
class FlexInputs:
    """The inputs, and contradictions between the entry and the flow file."""

    inputs: tuple[FlowInput, ...]
    findings: tuple[Finding, ...] = ()


def flex_inputs(entry: Entry, said: tuple[FlowInput, ...], document: Document) -> FlexInputs:
    """Merge parameters and inputs: the flow file sets types and defaults (promptflow 1.18)."""
    if entry.signature is None or (entry.signature.open and not entry.signature.parameters):
        return FlexInputs(said)
    written = {each.name: each for each in said}
    merged = tuple(_merged(each, written.get(each.name)) for each in entry.signature.parameters)
    found = (
        *_unknown(entry, said, document),
        *_emptied(entry, written, document),
    )
    return FlexInputs(merged, found)


def _merged(parameter: Parameter, said: FlowInput | None) -> FlowInput:
    kind = _TYPES.get(parameter.kind.name, "object")
    if said is None:
        return FlowInput(name=parameter.name, type=kind, default=parameter.default)
    known = said.type if said.type in PORT_TYPES else kind
    default = parameter.default if said.default in (None, "") else said.default
    return said.model_copy(update={"type": known, "default": default})


def _unknown(entry: Entry, said: tuple[FlowInput, ...], document: Document) -> Iterator[Finding]:
    names = entry.signature.names if entry.signature else frozenset()
    for each in said:
        if names and each.name not in names and each.default != "":
            cause = f"the entry has no parameter '{each.name}', but each call must have it"
            remedy = f"Leave it out; the entry takes: {', '.join(sorted(names))}"
            yield document.finding(("inputs", each.name), cause, remedy)


def _emptied(entry: Entry, written: dict[str, FlowInput], document: Document) -> Iterator[Finding]:
    """Warn about empty defaults of the flow file, which the runtime does not use."""
    for each in entry.signature.parameters if entry.signature else ():
        said = written.get(each.name)
        if said is not None and said.default == "" and each.required:
            cause = f"the empty default of '{each.name}' has no effect: a call without it gets 400"
            remedy = f"Give '{each.name}' a default in the entry's Python"
            at = ("inputs", each.name, "default")
            yield document.finding(at, cause, remedy, "warning")
