"""The scoring front: each documented status code, traffic shares, mirrors and streams."""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests.local.serving.fronts import LIMITS, front

pytestmark = pytest.mark.timeout(120)


def test_call_without_valid_key_is_401_and_reaches_no_model() -> None:
    async def run() -> None:
        async with front() as caller:
            for wrong in ("Bearer nonsense", "Bearer", "a-valid-key", "Basic a-valid-key"):
                assert (await caller.score(authorization=wrong)).status_code == 401
            assert caller.models.calls == []
            assert (await caller.score(authorization="Bearer another")).status_code == 200

    asyncio.run(run())


@pytest.mark.parametrize("mode", ["AMLToken", "AADToken"])
def test_token_modes_accept_only_a_valid_token(mode: str) -> None:
    async def run() -> None:
        async with front(auth_mode=mode, token_valid=lambda token: token == "good") as caller:
            assert (await caller.score(authorization="Bearer good")).status_code == 200
            assert (await caller.score()).status_code == 401

    asyncio.run(run())


def test_model_gets_the_request_id_but_no_credentials() -> None:
    async def run() -> None:
        async with front() as caller:
            answer = await caller.score(x_request_id="number-7")
            assert answer.json()["seen"] == {"authorization": None, "x-request-id": "number-7"}
            assert answer.headers["x-request-id"] == "number-7"
            assert answer.headers["azureml-model-deployment"] == "blue"
            assert len((await caller.score()).headers["x-request-id"]) == 36

    asyncio.run(run())


def test_call_is_404_if_no_deployment_has_traffic() -> None:
    async def run() -> None:
        async with front(traffic={"blue": 0}) as caller:
            assert (await caller.score()).status_code == 404
            caller.models.change(traffic={"broken": 100})
            assert (await caller.score()).status_code == 404
            assert (await caller.score(host="other.westeurope.x")).status_code == 404

    asyncio.run(run())


def test_deployment_header_selects_a_deployment_without_traffic() -> None:
    async def run() -> None:
        async with front() as caller:
            named = await caller.score(azureml_model_deployment="green")
            assert named.json()["by"] == "green"
            assert (await caller.score(azureml_model_deployment="red")).status_code == 404

    asyncio.run(run())


def test_traffic_split_is_exact_and_changes_at_once() -> None:
    async def run() -> None:
        async with front(traffic={"blue": 90, "green": 10}) as caller:
            answers = [await caller.score() for _ in range(100)]
            assert Counter(each.json()["by"] for each in answers) == {"blue": 90, "green": 10}
            caller.models.change(traffic={"blue": 0, "green": 100})
            assert {(await caller.score()).json()["by"] for _ in range(10)} == {"green"}

    asyncio.run(run())


def test_mirror_gets_its_share_of_copies_but_none_of_named_calls() -> None:
    async def run() -> None:
        async with front(mirror={"green": 20}) as caller:
            answers = [await caller.score() for _ in range(50)]
            assert {each.json()["by"] for each in answers} == {"blue"}
            for _ in range(10):
                await caller.score(azureml_model_deployment="blue")
            while len(caller.models.copies) < 10:  # noqa: ASYNC110 - they go out beside their calls
                await asyncio.sleep(0.05)
            assert Counter(caller.models.calls) == {"blue": 60, "green": 10}
            copies = caller.models.copies
            assert {(it.deployment, it.status, it.model_status) for it in copies} == {
                ("green", 200, "200")
            }

    asyncio.run(run())


@pytest.mark.parametrize("status", [400, 404, 500])
def test_model_error_is_424_with_the_original_status(status: int) -> None:
    async def run() -> None:
        async with front() as caller:
            answer = await caller.score({"status": status})
            assert answer.status_code == 424
            assert answer.headers["ms-azureml-model-error-statuscode"] == str(status)
            assert answer.headers["ms-azureml-model-error-reason"] == "model_error"
            assert answer.json()["by"] == "blue"

    asyncio.run(run())


def test_missing_container_is_424_with_502() -> None:
    async def run() -> None:
        async with front() as caller:
            caller.models.down.add("blue")
            answer = await caller.score()
            assert answer.status_code == 424
            assert answer.headers["ms-azureml-model-error-statuscode"] == "502"

    asyncio.run(run())


def test_model_timeout_is_408_and_frees_its_slot() -> None:
    async def run() -> None:
        limits = replace(LIMITS, timeout_s=2, max_concurrent=1, queue=0)
        async with front(deployments={"blue": limits}) as caller:
            assert (await caller.score({"wait": True})).status_code == 408
            assert (await caller.score()).status_code == 200

    asyncio.run(run())


def test_calls_beyond_slots_and_queue_are_429() -> None:
    async def run() -> None:
        limits = replace(LIMITS, timeout_s=60, max_concurrent=2, queue=1, queue_wait_s=60)
        async with front(deployments={"blue": limits}) as caller:
            calls = [asyncio.create_task(caller.score({"wait": True})) for _ in range(6)]
            first = [await each for each in islice(asyncio.as_completed(calls), 3)]
            assert {each.status_code for each in first} == {429}
            caller.models.go.set()
            codes = Counter([(await call).status_code for call in calls])
            assert codes == {200: 3, 429: 3}

    asyncio.run(run())


def test_queued_call_waits_at_most_its_limit() -> None:
    async def run() -> None:
        limits = replace(LIMITS, timeout_s=60, max_concurrent=1, queue=5, queue_wait_s=0.1)
        async with front(deployments={"blue": limits}) as caller:
            calls = [asyncio.create_task(caller.score({"wait": True})) for _ in range(3)]
            first = [await each for each in islice(asyncio.as_completed(calls), 2)]
            assert {each.status_code for each in first} == {429}
            caller.models.go.set()
            codes = Counter([(await call).status_code for call in calls])
            assert codes == {200: 1, 429: 2}
            assert (await caller.score()).status_code == 200

    asyncio.run(run())


def test_event_stream_is_forwarded_live_and_holds_its_slot() -> None:
    async def run() -> None:
        limits = replace(LIMITS, timeout_s=2, max_concurrent=1, queue=0)
        async with front(deployments={"blue": limits}) as caller:
            arrived: list[str] = []
            call = caller.client.stream(
                "POST", "/score", json={"events": 5}, headers=caller.headers()
            )
            async with call as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                async for line in answer.aiter_lines():
                    if not line:
                        continue
                    if not arrived:  # the others wait for this one to have come
                        assert (await caller.score()).status_code == 429
                        await asyncio.sleep(limits.timeout_s + 0.1)
                        caller.models.go.set()
                    arrived.append(line)
            assert arrived == [f"data: {number}" for number in range(5)]
            assert (await caller.score()).status_code == 200

    asyncio.run(run())


def test_disconnected_caller_frees_the_slot() -> None:
    async def run() -> None:
        limits = replace(LIMITS, max_concurrent=1, queue=0)
        async with front(deployments={"blue": limits}) as caller:
            call = caller.client.stream(
                "POST", "/score", json={"events": 50}, headers=caller.headers()
            )
            async with call as answer:
                await anext(answer.aiter_lines())
            while (await caller.score()).status_code != 200:  # noqa: ASYNC110 - the slot is held
                await asyncio.sleep(0.05)

    asyncio.run(run())
