"""Tool and function calls: the stand-in calls one, then reports its result."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

type Json = dict[str, Any]


def wanted_call(body: Json, words: str) -> Json | None:
    """Return the tool call to answer with, or None for an answer in words.

    Calls the tool of `tool_choice`, or else the first. Arguments are built from its schema, with
    the user's last message as text. After a tool has answered, the stand-in answers in words.

    Raises:
        ValueError: the choice names a tool that is not offered.
    """
    if body["messages"][-1].get("role") in {"tool", "function"}:
        return None
    offered = [tool["function"] for tool in body.get("tools") or ()] or body.get("functions") or []
    choice = body.get("tool_choice" if body.get("tools") else "function_call") or "auto"
    if not offered or choice == "none":
        return None
    chosen = _choose(offered, choice)
    given = _build_value(chosen.get("parameters") or {}, words)
    return {"name": chosen["name"], "arguments": json.dumps(given)}


def message(body: Json, call: Json) -> tuple[Json, str]:
    """Return the assistant's message with the call, and its finish reason."""
    head: Json = {"role": "assistant", "content": None, "refusal": None}
    if not body.get("tools"):
        return {**head, "function_call": call}, "function_call"
    number = hashlib.sha256(json.dumps(call).encode()).hexdigest()[:24]
    made = {"id": f"call_{number}", "type": "function", "function": call}
    return {**head, "tool_calls": [made]}, "tool_calls"


def tool_result(body: Json) -> str | None:
    """Return the result of a tool if it is the last message, or None."""
    last = body["messages"][-1]
    return str(last.get("content") or "") if last.get("role") in {"tool", "function"} else None


def _choose(offered: list[Json], choice: Any) -> Json:
    name = None
    if isinstance(choice, Mapping):
        name = choice.get("function", choice).get("name")
    for each in offered:
        if name in (None, each["name"]):
            return each
    raise ValueError(f"tool_choice names '{name}', which is not among the tools")


def _build_value(schema: Mapping[str, Any], words: str) -> Any:
    """Build a value for the part of JSON Schema that tools use."""
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        properties = schema.get("properties") or {}
        needed = schema.get("required") or list(properties)
        return {name: _build_value(properties.get(name) or {}, words) for name in needed}
    if kind == "array":
        return [_build_value(schema.get("items") or {"type": "string"}, words)]
    return {"integer": 1, "number": 1, "boolean": True, "null": None}.get(str(kind), words)
