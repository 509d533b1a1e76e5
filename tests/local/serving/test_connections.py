"""Flows with an llm node: the runtime reads the connection from ARM with its own identity."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from local.serving.contract import ServingError
from local.serving.loopback import Loopback
from local.serving.openai import openai_app
from tests.local.serving.containers import RUNTIME, Serve, container
from tests.local.serving.fake_arm import WORKSPACE, fake_arm

pytestmark = pytest.mark.timeout(120)


def test_llm_flow_starts_only_with_the_role_and_then_uses_chat_history(
    serve: Serve, tmp_path: Path
) -> None:
    async def run() -> None:
        openai = await Loopback.start(openai_app("sk-right"))
        async with (
            serve() as serving,
            fake_arm(openai.url, "sk-right", tmp_path) as arm,
            httpx.AsyncClient(timeout=60) as client,
        ):
            arm.granted = False
            await serving.start(container("asking", platform=arm.platform))
            url = f"{serving.url('asking', 'blue')}/score"
            denied = await client.post(url, json={"question": "Who is Ada?"})
            assert denied.status_code == 400
            assert "Access denied to list workspace secret" in denied.text

            arm.granted = True
            first = (await client.post(url, json={"question": "Who is Ada?"})).json()
            assert first == {"answer": "Turn 1. You said: Who is Ada?"}

            history = [{"inputs": {"question": "Who is Ada?"}, "outputs": first}]
            again = {"question": "And then?", "chat_history": history}
            second = (await client.post(url, json=again)).json()
            assert second == {
                "answer": "Turn 2. You first said: Who is Ada? Now you said: And then?"
            }
            assert len(arm.calls) == 3

            events = await client.post(url, json=again, headers={"accept": "text/event-stream"})
            lines = [line for line in events.text.splitlines() if line]
            words = [json.loads(line.removeprefix("data: "))["answer"] for line in lines]
            assert len(words) > 5
            assert "".join(words) == second["answer"]
        await openai.close()

    asyncio.run(run())


def test_missing_connection_fails_the_start(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        async with serve() as serving, fake_arm("http://127.0.0.1:9", "-", tmp_path) as arm:
            named = {**RUNTIME, "talker": "nobody"}
            asked = container("asking", platform=arm.platform, environment_variables=named)
            with pytest.raises(ServingError) as raised:
                await serving.start(asked)
            assert raised.value.code == "ResourceNotReady"
            assert "404" in serving.log("asking", "blue", "InferenceServer")

    asyncio.run(run())


def test_flex_flow_uses_workspace_connections_if_the_workspace_is_set(
    serve: Serve, tmp_path: Path
) -> None:
    async def run() -> None:
        async with (
            serve() as serving,
            fake_arm("http://127.0.0.1:1", "sk-right", tmp_path) as arm,
            httpx.AsyncClient(timeout=60) as client,
        ):
            told = {**RUNTIME, "PF_CONNECTION_PROVIDER": f"azureml:/{WORKSPACE}"}
            made = container("made", platform=arm.platform, environment_variables=told)
            await serving.start(made)
            url = f"{serving.url('made', 'blue')}/score"
            answer = await client.post(url, json={"question": "?"})
            assert answer.json() == "small with sk-right, sk-right"

            with pytest.raises(ServingError):
                await serving.start(container("made", platform=arm.platform))
            log = serving.log("made", "blue", "InferenceServer")
            assert "talker" in log

    asyncio.run(run())
