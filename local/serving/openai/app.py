"""The routes of the stand-in, with key checks and JSON answers."""

import asyncio
import base64
import hashlib
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from local.serving.openai import answers, parameters, tool_calls

KEY = "local-openai-key"
"""The key in the workspace's connection to the stand-in."""

CREATED = 1_700_000_000
DIMENSIONS = 1536
type Answering = Callable[[dict[str, Any]], Response]


def openai_app(*keys: str) -> Starlette:
    """The ASGI app. A call must carry one of `keys`, as a bearer token or in `api-key`."""
    routes = [
        Route("/chat/completions", _guarded(keys, "chat", _chat), methods=["POST"]),
        Route("/completions", _guarded(keys, "completion", _completion), methods=["POST"]),
        Route("/embeddings", _guarded(keys, "embeddings", _embeddings), methods=["POST"]),
    ]
    under = ("/v1", "/openai/v1", "/openai/deployments/{deployment}")
    return Starlette(routes=[Mount(path, routes=routes) for path in under])


def _guarded(
    keys: tuple[str, ...], kind: str, answering: Answering
) -> Callable[[Request], Awaitable[Response]]:
    async def call(request: Request) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.headers.get("api-key", bearer) not in keys:
            return _error(401, "invalid_api_key", "Incorrect API key provided.")
        try:
            body = await request.json()
            body = {**body, "model": body.get("model") or request.path_params.get("deployment")}
            wrong = parameters.find_error(kind, body)
            if wrong is not None:
                return _error(400, "invalid_request_error", wrong)
            return answering(body)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return _error(400, "invalid_request_error", f"The request is not well formed: {error}")

    return call


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status)


def _chat(body: dict[str, Any]) -> Response:
    message, ends = _message(body)
    said = message["content"] or json.dumps(message)
    usage = answers.usage(answers.texts(body), said)
    head = _head("chatcmpl", body, "chat.completion")
    many = range(body.get("n") or 1)
    if body.get("stream"):
        with_usage = (body.get("stream_options") or {}).get("include_usage")
        events = _events(head, message, ends, many, usage if with_usage else None)
        return StreamingResponse(events, media_type="text/event-stream")
    choices = [
        {"index": number, "message": message, "finish_reason": ends, "logprobs": None}
        for number in many
    ]
    return JSONResponse({**head, "choices": choices, "usage": usage})


def _message(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the assistant's message (a tool call or words) and its finish reason."""
    call = tool_calls.wanted_call(body, answers.last_words(body))
    if call is not None:
        return tool_calls.message(body, call)
    said, ends = parameters.cut(answers.chat(body), body)
    return {"role": "assistant", "content": said, "refusal": None}, ends


async def _events(
    head: dict[str, Any],
    message: dict[str, Any],
    ends: str,
    many: range,
    usage: dict[str, int] | None,
) -> AsyncIterator[str]:
    head = {**head, "object": "chat.completion.chunk"}
    for index in many:
        for delta in _deltas(message):
            choice = {"index": index, "delta": delta, "finish_reason": None}
            yield _event({**head, "choices": [choice]})
            await asyncio.sleep(0)
        yield _event({**head, "choices": [{"index": index, "delta": {}, "finish_reason": ends}]})
    if usage:
        yield _event({**head, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _deltas(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Split a message: words one by one, a tool call as a whole."""
    if message["content"] is None:
        calls = [{"index": at, **call} for at, call in enumerate(message.get("tool_calls", ()))]
        yield {**message, **({"tool_calls": calls} if calls else {})}
        return
    for number, word in enumerate(message["content"].split(" ")):
        role = {"role": message["role"]} if number == 0 else {}
        yield {"content": word if number == 0 else f" {word}", **role}


def _event(facts: dict[str, Any]) -> str:
    return f"data: {json.dumps(facts)}\n\n"


def _completion(body: dict[str, Any]) -> Response:
    prompts = answers.texts(body)
    echo = [prompt if body.get("echo") else "" for prompt in prompts]
    cut = [parameters.cut(answers.completion(prompt), body) for prompt in prompts]
    said = [before + text for before, (text, _) in zip(echo, cut, strict=True)]
    every = [each for each in zip(said, cut, strict=True) for _ in range(body.get("n") or 1)]
    choices = [
        {"index": number, "text": text, "finish_reason": ends, "logprobs": None}
        for number, (text, (_, ends)) in enumerate(every)
    ]
    usage = answers.usage(prompts, " ".join(said))
    head = _head("cmpl", body, "text_completion")
    if body.get("stream"):
        return StreamingResponse(_pieces(head, choices), media_type="text/event-stream")
    return JSONResponse({**head, "choices": choices, "usage": usage})


async def _pieces(head: dict[str, Any], choices: list[dict[str, Any]]) -> AsyncIterator[str]:
    for choice in choices:
        for number, word in enumerate(choice["text"].split(" ")):
            text = word if number == 0 else f" {word}"
            yield _event({**head, "choices": [{**choice, "text": text, "finish_reason": None}]})
            await asyncio.sleep(0)
        yield _event({**head, "choices": [{**choice, "text": ""}]})
    yield "data: [DONE]\n\n"


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
    """Build the common fields of an answer; its id depends only on the request."""
    number = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]
    return {"id": f"{prefix}-{number}", "object": kind, "created": CREATED, "model": body["model"]}
