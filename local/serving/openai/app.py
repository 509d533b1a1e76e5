"""The routes of the stand-in: who may call them, and the JSON that they give."""

import asyncio
import base64
import hashlib
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from local.serving.openai import answers

KEY = "local-openai-key"
"""The key of the workspace's own connection to it."""

CREATED = 1_700_000_000
DIMENSIONS = 1536
type Answering = Callable[[dict[str, Any]], Response]


def openai_app(*keys: str) -> Starlette:
    """The ASGI app. A call must carry one of `keys`, as a bearer token or in `api-key`."""
    routes = [
        Route("/chat/completions", _guarded(keys, _chat), methods=["POST"]),
        Route("/completions", _guarded(keys, _completion), methods=["POST"]),
        Route("/embeddings", _guarded(keys, _embeddings), methods=["POST"]),
    ]
    under = ("/v1", "/openai/v1", "/openai/deployments/{deployment}")
    return Starlette(routes=[Mount(path, routes=routes) for path in under])


def _guarded(
    keys: tuple[str, ...], answering: Answering
) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.headers.get("api-key", bearer) not in keys:
            return _error(401, "invalid_api_key", "Incorrect API key provided.")
        try:
            body = await request.json()
            deployment = request.path_params.get("deployment", "")
            return answering({"model": deployment, **body})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return _error(400, "invalid_request_error", f"The request is not well formed: {error}")

    return call


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status)


def _chat(body: dict[str, Any]) -> Response:
    said = answers.chat(body)
    usage = answers.usage(answers.texts(body), said)
    head = _head("chatcmpl", body, "chat.completion")
    if body.get("stream"):
        with_usage = (body.get("stream_options") or {}).get("include_usage")
        return StreamingResponse(
            _events(head, said, usage if with_usage else None), media_type="text/event-stream"
        )
    message = {"role": "assistant", "content": said, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return JSONResponse({**head, "choices": [choice], "usage": usage})


async def _events(
    head: dict[str, Any], said: str, usage: dict[str, int] | None
) -> AsyncIterator[str]:
    head = {**head, "object": "chat.completion.chunk"}
    for number, word in enumerate(said.split(" ")):
        delta = {"content": word if number == 0 else f" {word}"}
        if number == 0:
            delta["role"] = "assistant"
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        await asyncio.sleep(0)
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    if usage:
        yield _event({**head, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _event(facts: dict[str, Any]) -> str:
    return f"data: {json.dumps(facts)}\n\n"


def _completion(body: dict[str, Any]) -> Response:
    prompts = answers.texts(body)
    said = [answers.completion(prompt) for prompt in prompts]
    choices = [
        {"index": number, "text": text, "finish_reason": "stop", "logprobs": None}
        for number, text in enumerate(said)
    ]
    usage = answers.usage(prompts, " ".join(said))
    head = _head("cmpl", body, "text_completion")
    return JSONResponse({**head, "choices": choices, "usage": usage})


def _embeddings(body: dict[str, Any]) -> Response:
    given = answers.texts(body)
    vectors = [answers.embedding(text, body.get("dimensions") or DIMENSIONS) for text in given]
    packed = body.get("encoding_format") == "base64"
    found = [
        {"object": "embedding", "index": number, "embedding": _packed(v) if packed else v}
        for number, v in enumerate(vectors)
    ]
    count = sum(len(text.split()) for text in given)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return JSONResponse({"object": "list", "data": found, "model": body["model"], "usage": usage})


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _head(prefix: str, body: dict[str, Any], kind: str) -> dict[str, Any]:
    """What every answer begins with; its id depends on the question alone."""
    number = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]
    return {"id": f"{prefix}-{number}", "object": kind, "created": CREATED, "model": body["model"]}
