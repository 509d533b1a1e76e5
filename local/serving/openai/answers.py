"""Deterministic answers of the stand-in for OpenAI."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

from local.serving.openai import tool_calls


def chat(body: dict[str, Any]) -> str:
    """Build an answer that shows that the whole conversation arrived.

    It has the turn, the first and the last user message, and the result of a tool. With
    response_format json_object (or a schema) it is JSON.
    """
    said = [_text(message["content"]) for message in body["messages"] if message["role"] == "user"]
    first, last = (said[0], said[-1]) if said else ("", "")
    tool = tool_calls.tool_result(body)
    if (body.get("response_format") or {}).get("type", "text") != "text":
        more = {} if tool is None else {"tool": tool}
        return json.dumps({"turn": len(said), "first": first, "last": last, **more})
    if tool is not None:
        return f"Turn {len(said)}. You said: {last} The tool said: {tool}"
    if len(said) < 2:
        return f"Turn 1. You said: {last}"
    return f"Turn {len(said)}. You first said: {first} Now you said: {last}"


def last_words(body: dict[str, Any]) -> str:
    """Return the user's last message."""
    said = [_text(each.get("content")) for each in body["messages"] if each["role"] == "user"]
    return said[-1] if said else ""


def completion(prompt: str) -> str:
    """Answer a bare prompt."""
    return f"You said: {prompt.strip()}"


def embedding(text: str, dimensions: int) -> list[float]:
    """Return a unit vector that depends only on the text; shared words give similar vectors."""
    vector = [0.0] * dimensions
    for word in text.lower().split() or [""]:
        for part in hashlib.sha256(word.encode()).digest():
            vector[part * 8191 % dimensions] += 1 if part % 2 else -1
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def usage(prompt: Sequence[str], answer: str) -> dict[str, int]:
    """Count tokens; each word is one."""
    asked, given = sum(len(text.split()) for text in prompt), len(answer.split())
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def texts(body: dict[str, Any]) -> list[str]:
    """Return the texts of a request, message by message."""
    if "messages" in body:
        return [_text(message.get("content")) for message in body["messages"]]
    given = body.get("prompt", body.get("input", ""))
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]


def _text(content: Any) -> str:
    """Return a message's text, or the joined text of its parts."""
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content).strip()
    return str(content or "").strip()
