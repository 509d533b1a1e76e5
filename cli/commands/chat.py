"""`sluice chat ENDPOINT`: talk with a chat flow, turn by turn."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import requests

from cli.arm import Azure, Scoring
from cli.errors import DONE, FAILED, CommandError, refused
from cli.inputs import Inputs
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

_STREAM: Final = "text/event-stream"
type Turn = dict[str, dict[str, Any]]


def chat(endpoint: str, target: Target) -> int:
    """Read what a person says, a line a turn, and print each answer as it comes.

    Raises:
        CommandError: the flow is no chat, or the endpoint answers with an error.
    """
    azure = Azure(target)
    scoring = azure.find_scoring(endpoint)
    inputs = azure.read_inputs(scoring)
    if inputs.chat_input is None:
        raise refused(f"the flow of {endpoint} is no chat; ask it with sluice invoke {endpoint}")
    if sys.stdin.isatty():
        print(f"Talk with {endpoint}; an empty line ends it.", file=sys.stderr)
    turns = list[Turn]()
    while said := _listen():
        asked = {inputs.chat_input: said}
        told = _answer(azure, scoring, inputs, asked, turns)
        turns.append({"inputs": asked, "outputs": told})
    return DONE


def _listen() -> str:
    if sys.stdin.isatty():
        print("> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _answer(
    azure: Azure, scoring: Scoring, inputs: Inputs, asked: Mapping[str, str], turns: list[Turn]
) -> dict[str, Any]:
    """Print the answer piece by piece, and return the flow's outputs."""
    history = {} if inputs.chat_history is None else {inputs.chat_history: turns}
    body = json.dumps({**asked, **history}).encode()
    answer = azure.score(scoring, body, f"{_STREAM}, application/json")
    if not answer.ok:
        raise CommandError(f"the endpoint answers {answer.status_code}: {answer.text}", FAILED)
    outputs = dict[str, Any]()
    try:
        for piece in _pieces(answer):
            for name, value in piece.items():
                if name == inputs.chat_output or inputs.chat_output is None:
                    print(value, end="", flush=True)
                so_far = outputs.get(name)
                joined = isinstance(so_far, str) and isinstance(value, str)
                outputs[name] = so_far + value if joined else value
    except (requests.RequestException, ValueError) as error:
        raise CommandError(f"the answer ends too early or is not JSON: {error}", FAILED) from error
    print(flush=True)
    return outputs


def _pieces(answer: requests.Response) -> Iterator[dict[str, Any]]:
    """Yield the outputs: at once, or piece by piece from a stream of events."""
    if answer.headers.get("Content-Type", "").startswith(_STREAM):
        # One byte at a time, so that no piece waits for the next.
        lines = (line for line in answer.iter_lines(chunk_size=1) if line.startswith(b"data:"))
        contents: Iterator[bytes] = (line.removeprefix(b"data:").strip() for line in lines)
    else:
        contents = iter([answer.content])
    for content in contents:
        piece = read_json(content)
        if not isinstance(piece, dict):
            raise ValueError(f"it is {str(piece)[:60]}")  # noqa: TRY004 - the content is wrong
        yield piece
