"""Check templates and inputs of prompt and llm nodes (promptflow-tools 1.6)."""

import re
from collections.abc import Iterator, Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.prompt_flow.contents import Contents
from shared.domain.kinds.prompt_flow.dag.nodes import PlacedNode
from shared.domain.kinds.prompt_flow.dag.reference import reference
from shared.domain.kinds.prompt_flow.dag.template import TemplateError, template_names
from shared.domain.kinds.prompt_flow.model import Node
from shared.domain.kinds.prompt_flow.values import fits
from shared.domain.parsing.document import Document
from shared.domain.parsing.text import with_article

_COMMON = {
    "connection": "connection",
    "prompt": "prompt_template",
    "temperature": "double",
    "top_p": "double",
    "stop": "list",
    "max_tokens": "int",
    "presence_penalty": "double",
    "frequency_penalty": "double",
    "logit_bias": "object",
    "user": "string",
    "stream": "bool",
}
ROLELESS = re.compile(
    r"\s*+(?!\{[{%#])(?!#?\s*(?:system|user|assistant|function|tool)\s*:[ \t]*\r?\n)\S",
    re.IGNORECASE,
)
"""Text before the first role, which the chat api of promptflow-tools refuses."""
MODELS = ("deployment_name", "model")
APIS: Mapping[str, Mapping[str, str]] = {
    "chat": {
        **_COMMON,
        "functions": "list",
        "function_call": "object",
        "tools": "list",
        "seed": "int",
        "tool_choice": "object",
        "response_format": "object",
    },
    "completion": {
        **_COMMON,
        "suffix": "string",
        "n": "int",
        "logprobs": "int",
        "echo": "bool",
        "best_of": "int",
    },
}
"""Parameters by api, for both kinds of connections; one adds `model`, one `deployment_name`."""


def prompt_findings(
    placed: tuple[PlacedNode, ...], document: Document, contents: Contents
) -> Iterator[Finding]:
    """Find templates that do not parse, reserved names, and literals of the wrong type."""
    for at, node in placed:
        if node.type not in {"prompt", "llm", "custom_llm"} or node.source is None:
            continue
        taken = _taken(node.type, node.api, frozenset(node.inputs))
        path = contents.path_of(node.source.path or "")
        if path in contents.texts:
            yield from _template(contents.texts[path], path, node, frozenset(taken))
        if node.type != "llm":
            continue
        if node.api and node.api not in APIS:
            cause = f"the llm node '{node.name}' has the unknown api '{node.api}'"
            yield document.finding((*at, "api"), cause, f"Use {' or '.join(APIS)}")
        if not any(node.inputs.get(key) for key in MODELS):
            cause = f"the llm node '{node.name}' names no model"
            remedy = "Add 'deployment_name:' to its inputs for Azure OpenAI, or 'model:' for OpenAI"
            yield document.finding((*at, "inputs"), cause, remedy)
        for key, value in node.inputs.items():
            kind = taken.get(key, "string")
            said = value is not None and value != "" and reference(value) is None
            if said and not fits(kind, value):
                cause = f"node '{node.name}' gives '{key}' a value that is not {with_article(kind)}"
                yield document.finding((*at, "inputs", key), cause, "Correct the value")


def _taken(kind: str, api: str | None, given: frozenset[str]) -> Mapping[str, str]:
    """Return the tool's own parameters, with their types."""
    if kind == "prompt":
        return {"template": "string"}
    if kind == "custom_llm":
        return {}
    names = given & {*MODELS}
    return {**APIS.get(api or "", _COMMON), **dict.fromkeys(names, "string")}


def _template(text: str, path: str, node: Node, taken: frozenset[str]) -> Iterator[Finding]:
    try:
        names = template_names(text)
    except TemplateError as error:
        cause = f"the template is broken: {error.cause}"
        yield Finding(path, error.line, cause, "Correct the template")
        return
    for name in sorted(names & taken):
        cause = (
            f"the template uses '{name}', which is a parameter of the tool of node '{node.name}'"
        )
        remedy = "Give the value another name, here and in the node"
        yield Finding(path, _line(text, name), cause, remedy)
    for name in sorted(names - taken - node.inputs.keys()):
        cause = f"the template uses '{name}', which node '{node.name}' does not set: it stays empty"
        remedy = f"Add '{name}:' to the node's inputs, or remove it from the template"
        yield Finding(path, _line(text, name), cause, remedy, "warning")
    if node.type == "llm" and node.api == "chat" and ROLELESS.match(text):
        cause = f"the chat template of node '{node.name}' begins without a role"
        yield Finding(path, 1, cause, "Begin with a line 'system:' or 'user:'")


def _line(text: str, name: str) -> int | None:
    return next((n for n, it in enumerate(text.splitlines(), 1) if name in it), None)
