"""The stand-in for OpenAI: deterministic answers, and only with its key."""

import asyncio
import base64
import json
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from local import places
from local.serving.openai import openai_app

pytestmark = pytest.mark.timeout(120)
CHAT = {"model": "m", "messages": [{"role": "user", "content": "What is a sluice?"}]}


def calling(run: Callable[[httpx.AsyncClient], Awaitable[None]]) -> None:
    async def with_client() -> None:
        transport = httpx.ASGITransport(openai_app("sk-right"))
        headers = {"authorization": "Bearer sk-right"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://openai", headers=headers
        ) as client:
            await run(client)

    asyncio.run(with_client())


def test_wrong_key_is_401_and_both_headers_work() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        path = "/v1/chat/completions"
        wrong = await client.post(path, json=CHAT, headers={"authorization": "Bearer no"})
        assert wrong.status_code == 401
        assert wrong.json()["error"]["code"] == "invalid_api_key"
        azure = "/openai/deployments/small/chat/completions?api-version=2024-02-01"
        del client.headers["authorization"]
        right = await client.post(
            azure, json={"messages": CHAT["messages"]}, headers={"api-key": "sk-right"}
        )
        assert right.json()["model"] == "small"
        assert (await client.post(azure, json=CHAT)).status_code == 401

    calling(run)


def test_answer_is_deterministic_with_token_usage() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        first = (await client.post("/v1/chat/completions", json=CHAT)).json()
        again = (await client.post("/v1/chat/completions", json=CHAT)).json()
        assert first == again
        assert first["choices"][0]["message"]["content"] == "Turn 1. You said: What is a sluice?"
        assert first["usage"] == {
            "prompt_tokens": 4,
            "completion_tokens": 8,
            "total_tokens": 12,
        }

    calling(run)


def test_second_turn_includes_the_first_and_json_on_request() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        more = [
            {"role": "assistant", "content": "A gate."},
            {"role": "user", "content": [{"type": "text", "text": "Of what?"}]},
        ]
        body: dict[str, Any] = {"model": "m", "messages": [*CHAT["messages"], *more]}
        said = (await client.post("/v1/chat/completions", json=body)).json()
        expected = "Turn 2. You first said: What is a sluice? Now you said: Of what?"
        assert said["choices"][0]["message"]["content"] == expected
        body["response_format"] = {"type": "json_object"}
        said = (await client.post("/v1/chat/completions", json=body)).json()
        assert json.loads(said["choices"][0]["message"]["content"]) == {
            "turn": 2,
            "first": "What is a sluice?",
            "last": "Of what?",
        }

    calling(run)


def test_stream_has_the_same_words_and_ends_with_usage() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        body = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
        answer = await client.post("/v1/chat/completions", json=body)
        events = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
        chunks: list[dict[str, Any]] = [json.loads(event) for event in events[:-1]]
        words = [c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"]]
        assert "".join(words) == "Turn 1. You said: What is a sluice?"
        assert chunks[-1]["usage"]["total_tokens"] == 12
        assert events[-1] == "[DONE]"

    calling(run)


def test_embeddings_are_floats_or_base64_and_similar_for_similar_texts() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        body = {"model": "e", "input": ["a red gate", "a red door", "seven ships"]}
        plain = (await client.post("/v1/embeddings", json=body)).json()
        red, door, ships = (each["embedding"] for each in plain["data"])
        assert len(red) == 1536
        assert dot(red, red) == pytest.approx(1)
        assert dot(red, door) > dot(red, ships) + 0.2
        body["encoding_format"] = "base64"
        packed = (await client.post("/v1/embeddings", json=body)).json()
        raw = base64.b64decode(packed["data"][0]["embedding"])
        assert list(struct.unpack("<1536f", raw)) == pytest.approx(red, abs=1e-6)

    calling(run)


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_malformed_request_is_400_with_a_reason() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        answer = await client.post("/v1/chat/completions", json={"model": "m"})
        assert answer.status_code == 400
        completed = await client.post("/v1/completions", json={"model": "m", "prompt": "Hi"})
        assert completed.json()["choices"][0]["text"] == "You said: Hi"

    calling(run)


def test_stand_in_process_announces_its_address_and_ends_with_stdin() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.serving.openai", "--key", "sk", "--follow-stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=places.ROOT,
    )
    assert process.stdin
    assert process.stdout
    ready = json.loads(process.stdout.readline())
    answer = httpx.post(
        f"{ready['url']}/v1/chat/completions", json=CHAT, headers={"authorization": "Bearer sk"}
    )
    assert answer.status_code == 200
    process.stdin.close()
    assert process.wait(timeout=180) == 0
    process.stdout.close()


WEATHER = {
    "name": "weather",
    "parameters": {
        "type": "object",
        "properties": {
            "place": {"type": "string"},
            "unit": {"type": "string", "enum": ["celsius", "kelvin"]},
            "days": {"type": "integer"},
        },
        "required": ["place", "unit", "days"],
    },
}
TIME = {"name": "time", "parameters": {"type": "object", "properties": {}}}


def test_offered_tool_is_called_and_its_result_is_reported() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        tools = [{"type": "function", "function": each} for each in (WEATHER, TIME)]
        path = "/v1/chat/completions"
        choice = (await client.post(path, json={**CHAT, "tools": tools})).json()["choices"][0]
        assert choice["finish_reason"] == "tool_calls"
        (call,) = choice["message"]["tool_calls"]
        assert call["function"]["name"] == "weather"
        assert json.loads(call["function"]["arguments"]) == {
            "place": "What is a sluice?",
            "unit": "celsius",
            "days": 1,
        }
        answered = {"role": "tool", "tool_call_id": call["id"], "content": "Rain."}
        messages = [*CHAT["messages"], choice["message"], answered]
        body = {"model": "m", "messages": messages, "tools": tools}
        said = (await client.post(path, json=body)).json()["choices"][0]
        assert (
            said["message"]["content"] == "Turn 1. You said: What is a sluice? The tool said: Rain."
        )
        none = {**CHAT, "tools": tools, "tool_choice": "none"}
        words = (await client.post(path, json=none)).json()["choices"][0]
        assert words["finish_reason"] == "stop"

    calling(run)


def test_chosen_tool_is_called_and_unknown_tool_is_refused() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        tools = [{"type": "function", "function": each} for each in (WEATHER, TIME)]
        body: dict[str, Any] = {**CHAT, "tools": tools}
        body["tool_choice"] = {"type": "function", "function": {"name": "time"}}
        said = (await client.post("/v1/chat/completions", json=body)).json()["choices"][0]
        assert said["message"]["tool_calls"][0]["function"] == {"name": "time", "arguments": "{}"}
        body["tool_choice"] = {"type": "function", "function": {"name": "nope"}}
        assert (await client.post("/v1/chat/completions", json=body)).status_code == 400
        old = {**CHAT, "functions": [TIME], "function_call": {"name": "time"}}
        said = (await client.post("/v1/chat/completions", json=old)).json()["choices"][0]
        assert said["finish_reason"] == "function_call"
        assert said["message"]["function_call"]["name"] == "time"

    calling(run)


def test_tool_is_called_in_a_stream() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        tools = [{"type": "function", "function": TIME}]
        body = {**CHAT, "tools": tools, "stream": True}
        answer = await client.post("/v1/chat/completions", json=body)
        lines = [it.removeprefix("data: ") for it in answer.text.splitlines() if it][:-1]
        first, last = (json.loads(it)["choices"][0] for it in lines)
        assert first["delta"]["tool_calls"][0]["index"] == 0
        assert last["finish_reason"] == "tool_calls"

    calling(run)


def test_unknown_arguments_are_refused() -> None:
    async def run(client: httpx.AsyncClient) -> None:
        path = "/v1/chat/completions"
        wrong = await client.post(path, json={**CHAT, "nonsense": 1})
        assert wrong.status_code == 400
        assert "Unrecognized request argument supplied: nonsense" in wrong.text
        three = (await client.post(path, json={**CHAT, "n": 3})).json()
        assert [choice["index"] for choice in three["choices"]] == [0, 1, 2]
        short = (await client.post(path, json={**CHAT, "max_tokens": 2})).json()["choices"][0]
        assert (short["message"]["content"], short["finish_reason"]) == ("Turn 1.", "length")
        stopped = (await client.post(path, json={**CHAT, "stop": ["You"]})).json()["choices"][0]
        assert stopped["message"]["content"] == "Turn 1. "

    calling(run)
