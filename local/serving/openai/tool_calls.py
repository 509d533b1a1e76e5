"""What the stand-in does with tools and functions: it calls one, then says what it was told."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

type Json = dict[str, Any]


def wanted_call(body: Json, words: str) -> Json | None:
    """The call of a tool that the answer shall be, or None for an answer in words.

    The tool that `tool_choice` names, or else the first. What it needs is made of its schema, and
    texts are the last words of the user. Once a tool has answered, the stand-in answers in words.

    Raises:
        ValueError: the choice names a tool that is not offered.
    """
    if body["messages"][-1].get("role") in {"tool", "function"}:
        return None
    offered = [tool["function"] for tool in body.get("tools") or ()] or body.get("functions") or []
    choice = body.get("tool_choice" if body.get("tools") else "function_call") or "auto"
    if not offered or choice == "none":
        return None
    chosen = _chosen(offered, choice)
    given = _made(chosen.get("parameters") or {}, words)
    return {"name": chosen["name"], "arguments": json.dumps(given)}


def message(body: Json, call: Json) -> tuple[Json, str]:
    """The assistant's message that makes the call, and the reason why the answer ends."""
    head: Json = {"role": "assistant", "content": None, "refusal": None}
    if not body.get("tools"):
        return {**head, "function_call": call}, "function_call"
    number = hashlib.sha256(json.dumps(call).encode()).hexdigest()[:24]
    made = {"id": f"call_{number}", "type": "function", "function": call}
    return {**head, "tool_calls": [made]}, "tool_calls"


def told(body: Json) -> str | None:
    """What a tool has answered last, where nobody has spoken since."""
    last = body["messages"][-1]
    return str(last.get("content") or "") if last.get("role") in {"tool", "function"} else None


def _chosen(offered: list[Json], choice: Any) -> Json:
    name = None
    if isinstance(choice, Mapping):
        name = choice.get("function", choice).get("name")
    for each in offered:
        if name in (None, each["name"]):
            return each
    raise ValueError(f"tool_choice names '{name}', which is not among the tools")


def _made(schema: Mapping[str, Any], words: str) -> Any:
    """A value that fits a JSON Schema, as far as tools use it."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        properties = schema.get("properties") or {}
        needed = schema.get("required") or list(properties)
        return {name: _made(properties.get(name) or {}, words) for name in needed}
    if kind == "array":
        return [_made(schema.get("items") or {"type": "string"}, words)]
    return {"integer": 1, "number": 1, "boolean": True, "null": None}.get(str(kind), words)
