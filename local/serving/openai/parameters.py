"""Supported and ignored arguments of requests; any other is find_error."""

from collections.abc import Mapping
from typing import Any

_SUPPORTED = {
    "chat": "model messages stream stream_options response_format tools tool_choice functions "
    "function_call n stop max_tokens max_completion_tokens parallel_tool_calls",
    "completion": "model prompt n stop max_tokens echo stream stream_options",
    "embeddings": "model input dimensions encoding_format",
}
_WITHOUT_EFFECT = frozenset(
    [
        "temperature",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "user",
        "seed",
        "metadata",
        "store",
        "service_tier",
        "reasoning_effort",
        "input_type",
        "best_of",
        "suffix",
    ]
)
"""Ignored, because answers depend only on the conversation."""


def find_error(kind: str, body: Mapping[str, Any]) -> str | None:
    """Return OpenAI's error for an unknown argument, or None. Nulls are ignored."""
    known = {*_SUPPORTED[kind].split(), *_WITHOUT_EFFECT}
    if not body.get("model"):
        return "you must provide a model parameter"
    for name, value in body.items():
        if name not in known and value is not None:
            return f"Unrecognized request argument supplied: {name}"
    return None


def cut(text: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """Cut a text at a stop sequence or the token limit; return it with its finish reason."""
    stop = body.get("stop") or []
    for each in [stop] if isinstance(stop, str) else stop:
        text = text.partition(each)[0]
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    words = text.split(" ")
    if most and len(words) > most:
        return " ".join(words[:most]), "length"
    return text, "stop"
