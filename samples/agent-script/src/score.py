"""Run the workflow for each request, under Azure's inference server."""

import asyncio
import json

from workflow import new_workflow

DEFAULT = "How many words are in this question?"


def init() -> None:
    pass


def run(raw_data: str) -> dict[str, object]:
    """Answer as the flow does: {"question": "How many words are in this question?"}"""
    question = json.loads(raw_data).get("question", DEFAULT)
    result = asyncio.run(new_workflow().run(question))
    return result.get_outputs()[-1]
