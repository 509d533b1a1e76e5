"""kill -9 at every named moment: nothing is lost, and nothing is done twice."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from tests.e2e.client import Client, wait, zipped
from tests.fakes.world import READS_CONNECTIONS

MOMENTS = (
    "prepare",
    "plan",
    "ensure_endpoint",
    "ensure_role_assignment",
    "ensure_model",
    "ensure_environment",
    "ensure_deployment",
    "smoke_test",
    "set_traffic",
    "verify",
)


def _reached(client: Client, job: str, kind: str) -> None:
    """Wait until the job's timeline shows a step of the kind."""

    def look() -> bool:
        shown = client.job(job)
        steps = shown["steps"] if shown else ()
        return any(it["kind"] == kind and it["state"] != "pending" for it in steps)

    wait(look, 300, f"job {job} never came to {kind}", every=0.05)


def _once(client: Client, name: str, job: str) -> dict[str, Any]:
    """Check what must hold after any crash: one end, one message, one deployment, roles once."""
    result = client.outcome(job)
    assert result["outcome"] == "succeeded", json.dumps(result)
    assert len(client.results(job)) == 1
    (deployment,) = client.deployments(name)
    assert client.traffic(name) == {deployment["name"]: 100}
    endpoint = client.endpoint(name)
    assert endpoint is not None
    assert len(client.assignments(endpoint["identity"]["principalId"])) == 1
    return result


def _package(samples: Path, name: str) -> bytes:
    """A flow that needs a grant."""
    return zipped(samples / "hello", deploy__yaml=READS_CONNECTIONS, note__txt=name)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_host_loses_and_repeats_nothing(
    echo_stack: Stack, echo: Client, samples: Path, moment: str
):
    name = f"host-{moment.replace('_', '-')}"[:32]
    job = echo.drop(f"{name}.zip", _package(samples, name))
    _reached(echo, job, moment)

    echo_stack.kill("functions_host")
    echo_stack.start_part("functions_host")

    _once(echo, name, job)


@pytest.mark.parametrize("parts", [("durable",), ("functions_host", "durable")])
@pytest.mark.parametrize("moment", ["ensure_endpoint", "ensure_deployment", "set_traffic"])
def test_a_killed_engine_loses_and_repeats_nothing(
    echo_stack: Stack, echo: Client, samples: Path, moment: str, parts: tuple[str, ...]
):
    name = f"engine-{len(parts)}-{moment.replace('_', '-')}"[:32]
    job = echo.drop(f"{name}.zip", _package(samples, name))
    _reached(echo, job, moment)

    for part in parts:
        echo_stack.kill(part)
    for part in reversed(parts):
        echo_stack.start_part(part)

    _once(echo, name, job)


def test_a_kill_before_a_failing_final_check_still_puts_the_traffic_back(
    echo_stack: Stack, echo: Client, samples: Path
):
    old = echo.deploy("back.zip", zipped(samples / "hello"))["deployment"]
    refusal = {
        "method": "POST",
        "path": "/score",
        "host": "^back\\.",
        "nth": 2,
        "times": -1,
        "status": 424,
        "body": {"error": {"message": "the final check fails"}},
    }
    with echo.fault(refusal):
        job = echo.drop("back.zip", zipped(samples / "hello", note__txt="new"))
        wait(lambda: echo.traffic("back") != {old: 100}, 300, "the traffic never moved", every=0.05)
        echo_stack.kill("functions_host")
        echo_stack.start_part("functions_host")
        result = echo.outcome(job)

    assert result["outcome"] == "rolled back", result
    assert echo.traffic("back") == {old: 100}
    assert [it["name"] for it in echo.deployments("back")] == [old]
    assert len(echo.results(job)) == 1


def test_eight_concurrent_jobs_survive_azure_errors_and_a_hanging_upload(
    echo: Client, samples: Path
):
    names = [f"crowd-{number}" for number in range(8)]
    stammer = [
        {"path": "onlineEndpoints/crowd", "nth": nth, "times": 1, "status": 503}
        for nth in range(7, 80, 9)
    ]
    hanging = 300
    hang = {"method": "PUT", "host": "blob", "path": "LocalUpload", "delay": hanging}
    with echo.fault(hang, *stammer):
        began = time.monotonic()
        jobs = [echo.drop(f"{name}.zip", _package(samples, name)) for name in names]
        with ThreadPoolExecutor(8) as pool:
            ends = list(pool.map(lambda job: _end(echo, job, began), jobs))

    assert [outcome for outcome, _ in ends] == ["succeeded"] * 8
    assert sorted(seconds for _, seconds in ends)[6] < hanging, ends


def _end(client: Client, job: str, began: float) -> tuple[str, float]:
    outcome = client.outcome(job, 600)["outcome"]
    return str(outcome), time.monotonic() - began


def test_a_job_that_kills_the_app_each_time_fails_and_ten_others_succeed(
    echo_stack: Stack, echo: Client, samples: Path
):
    """The host is killed whenever the deadly flow gets its sample."""

    def asked(times: int) -> bool:
        (rule,) = echo.admin("GET", "faults").json()
        return int(rule["seen"]) >= times

    hang = {"method": "POST", "path": "/score", "host": r"^deadly\.", "delay": 600, "times": -1}
    names = [f"bystander-{number}" for number in range(10)]
    with echo.fault(hang):
        deadly = echo.upload("deadly.zip", zipped(samples / "hello", note__txt="deadly"))
        others = {it: echo.upload(f"{it}.zip", _package(samples, it)) for it in names}
        for times in (1, 2, 3):
            wait(partial(asked, times), 600, "the deadly flow was not asked")
            echo_stack.kill("functions_host")
            echo_stack.start_part("functions_host")
        job = echo.taken("deadly.zip", deadly)
        result = echo.outcome(job)
        assert result["outcome"] == "failed", result
        assert "ended three times" in result["diagnosis"]["cause"], result
        assert asked(3)
        assert not asked(4)
    assert len(echo.results(job)) == 1
    ends = [echo.outcome(echo.taken(f"{name}.zip", etag)) for name, etag in others.items()]
    assert [it for it in ends if it["outcome"] != "succeeded"] == []
