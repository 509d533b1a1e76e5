"""Count the words of a text, as JSON or, if asked for it, as a stream of events."""

import json
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route


async def health(_request: Request) -> Response:
    return PlainTextResponse("ready")


async def score(request: Request) -> Response:
    try:
        words = str((await request.json())["text"]).split()
    except (ValueError, TypeError, KeyError):
        return JSONResponse({"error": "send a JSON object with a text"}, 400)
    answer = {"words": len(words), "longest": max(words, key=len, default="")}
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(events(answer), media_type="text/event-stream")
    return JSONResponse(answer)


async def events(answer: dict[str, object]) -> AsyncIterator[str]:
    for name, value in answer.items():
        yield f"data: {json.dumps({name: value})}\n\n"


app = Starlette(
    routes=[Route("/health", health), Route("/score", score, methods=["POST"])],
)
