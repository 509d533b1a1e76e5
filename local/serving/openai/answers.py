"""What the stand-in for OpenAI says: always the same to the same conversation, and it shows it."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any

from local.serving.openai import tool_calls


def chat(body: dict[str, Any]) -> str:
    """An answer from which one can see that the whole conversation arrived.

    It names the turn, the first thing the user said and the last, and what a tool has just
    answered. With response_format
    json_object (or a schema) it says the same as JSON.
    """
    said = [_text(message["content"]) for message in body["messages"] if message["role"] == "user"]
    first, last = (said[0], said[-1]) if said else ("", "")
    tool = tool_calls.told(body)
    if (body.get("response_format") or {}).get("type", "text") != "text":
        more = {} if tool is None else {"tool": tool}
        return json.dumps({"turn": len(said), "first": first, "last": last, **more})
    if tool is not None:
        return f"Turn {len(said)}. You said: {last} The tool said: {tool}"
    if len(said) < 2:
        return f"Turn 1. You said: {last}"
    return f"Turn {len(said)}. You first said: {first} Now you said: {last}"


def last_words(body: dict[str, Any]) -> str:
    """What the user said last."""
    said = [_text(each.get("content")) for each in body["messages"] if each["role"] == "user"]
    return said[-1] if said else ""


def completion(prompt: str) -> str:
    """An answer to a bare prompt."""
    return f"You said: {prompt.strip()}"


def embedding(text: str, dimensions: int) -> list[float]:
    """A vector of length one that depends on the text alone; equal words make vectors alike."""
    vector = [0.0] * dimensions
    for word in text.lower().split() or [""]:
        for part in hashlib.sha256(word.encode()).digest():
            vector[part * 8191 % dimensions] += 1 if part % 2 else -1
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def usage(prompt: Sequence[str], answer: str) -> dict[str, int]:
    """Token figures: a word is a token."""
    asked, given = sum(len(text.split()) for text in prompt), len(answer.split())
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}


def texts(body: dict[str, Any]) -> list[str]:
    """What a request says in words, message by message."""
    if "messages" in body:
        return [_text(message.get("content")) for message in body["messages"]]
    given = body.get("prompt", body.get("input", ""))
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]


def _text(content: Any) -> str:
    """A message's text; of a list of parts (text, images) the text."""
    if isinstance(content, list):
        return " ".join(part.get("text", "") for part in content).strip()
    return str(content or "").strip()
