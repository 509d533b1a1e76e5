"""How long a text takes to read: a scoring script, asked by Azure's inference server."""

import json

from words import count

settings: dict[str, int] = {}


def init() -> None:
    """Load what requests need, once for each worker."""
    settings["words_per_minute"] = 240


def run(raw_data: str) -> dict[str, float]:
    """Answer one request, like {"text": "It was a bright cold day in April"}."""
    words = count(json.loads(raw_data)["text"])
    return {"words": words, "minutes": round(words / settings["words_per_minute"], 2)}
