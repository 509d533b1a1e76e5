"""Check a node's inputs against its tool's parameters."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.dag.nodes import PlacedNode
from shared.domain.kinds.prompt_flow.dag.reference import reference
from shared.domain.kinds.prompt_flow.dag.tool_source import Tool
from shared.domain.kinds.prompt_flow.model import Node
from shared.domain.kinds.prompt_flow.python.signature import Parameter
from shared.domain.kinds.prompt_flow.values import fits
from shared.domain.parsing.document import Document
from shared.domain.parsing.text import with_article

_BASE64 = re.compile(r"(data:image/[^,]*;base64,)?(?:[A-Za-z0-9+/]{2})*+(?:==|[A-Za-z0-9+/]=)?")
_PARSED = frozenset({"int", "double", "bool", "list"})


def tool_input_findings(placed: PlacedNode, tool: Tool, document: Document) -> Iterator[Finding]:
    """Find unknown and missing inputs, and literals of the wrong type."""
    at, node = placed
    given = {key: value for key, value in node.inputs.items() if not _dropped(value)}
    known = {each.name: each for each in tool.parameters}
    for key, value in given.items():
        where = (*at, "inputs", key)
        if key in tool.signature.positional:
            cause = f"the tool of node '{node.name}' takes '{key}' only by position"
            yield document.finding(where, cause, f"Remove the '/' from '{tool.name}'")
        elif key in known:
            yield from _value(node, known[key], value, document, placed, tool)
        elif not tool.signature.open:
            cause = f"node '{node.name}' gives '{key}', which its tool '{tool.name}' does not take"
            yield document.finding(where, cause, _instead(key, list(known)))
    for each in tool.parameters:
        if each.required and each.name not in given:
            cause = f"node '{node.name}' does not set '{each.name}', which its tool needs"
            remedy = f"Add '{each.name}:' to the node's inputs, or give it a default in the tool"
            yield document.finding((*at, "inputs"), cause, remedy)


def _value(
    node: Node,
    parameter: Parameter,
    value: Any,
    document: Document,
    placed: PlacedNode,
    tool: Tool,
) -> Iterator[Finding]:
    where = (*placed[0], "inputs", parameter.name)
    kind = parameter.kind.name
    if reference(value) is not None:
        if tool.made_with is not None and parameter.name in tool.made_with.names:
            cause = (
                f"the class of node '{node.name}' is created with '{parameter.name}' at the start"
            )
            yield document.finding(where, cause, "Give a plain value, not a reference")
    elif kind in _PARSED and not fits(kind, value):
        cause = (
            f"node '{node.name}' gives '{parameter.name}' a value that is not {with_article(kind)}"
        )
        yield document.finding(where, cause, "Correct the value, or the tool's annotation")
    elif kind == "image" and not _image(value):
        cause = f"node '{node.name}' gives '{parameter.name}' a value that is not an image"
        yield document.finding(where, cause, "Refer to an input of type image")
    elif kind == "connection" and not isinstance(value, str):
        cause = (
            f"node '{node.name}' gives '{parameter.name}' a value that is not a connection's name"
        )
        yield document.finding(where, cause, "Write the connection's name")
    elif parameter.kind.quoted and parameter.kind.connections:
        cause = (
            f"the annotation of '{parameter.name}' hides its connection from the runtime: "
            f"the tool of node '{node.name}' gets the text '{value}'"
        )
        remedy = "Annotate the class itself, or Optional or Union of it, not text and not 'X | Y'"
        yield document.finding(where, cause, remedy, "warning")


def _image(value: Any) -> bool:
    """Return whether a value may be an image for the runtime: a URL, a path, or base64."""
    if isinstance(value, str):
        return "." in value or "://" in value or bool(_BASE64.fullmatch(value))
    return isinstance(value, dict)


def _dropped(value: Any) -> bool:
    """Return whether the runtime leaves the literal out."""
    return value is None or value == ""


def _instead(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"The tool takes: {', '.join(known) or 'nothing'}"
