"""If a job fails before the traffic moves, the old deployment serves on, with a diagnosis."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, wait, zipped
from tests.fakes.world import READS_CONNECTIONS

CRASHES = """\
from promptflow.core import tool

raise RuntimeError("the settings file is missing")


@tool
def count(question: str) -> dict:
    return {}
"""


@contextmanager
def _watched(client: Client, name: str) -> Iterator[list[dict[str, int]]]:
    """Sample the endpoint's traffic during the block."""
    seen: list[dict[str, int]] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            if (found := client.endpoint(name)) is not None:  # an injected fault may hit this call
                traffic = found["properties"]["traffic"]
                seen.append({key: share for key, share in traffic.items() if share})

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join(60)


def _fails(client: Client, name: str, content: bytes, seconds: float = 600) -> dict[str, Any]:
    """Deploy over what serves; check that the old traffic stays; return the failed result."""
    before = client.traffic(name)
    with _watched(client, name) as seen:
        result = client.deploy(f"{name}.zip", content, seconds)
    assert result["outcome"] == "failed", result
    assert len(seen) > 3
    assert all(traffic == before for traffic in seen)
    wait(  # a deletion shows late
        lambda: {it["name"] for it in client.deployments(name)} == set(before),
        300,
        lambda: f"what failed is still there: {client.deployments(name)}",
    )
    assert result["diagnosis"]["cause"]
    assert result["diagnosis"]["remedy"]
    return result


@pytest.fixture(scope="module")
def served(echo: Client, samples: Path) -> str:
    """An endpoint that serves."""
    assert echo.deploy("steady.zip", zipped(samples / "hello"))["outcome"] == "succeeded"
    return "steady"


def test_a_failing_smoke_test_leaves_the_old_traffic(echo: Client, samples: Path, served: str):
    answer = {"error": {"message": "KeyError: 'question'"}}
    with echo.fault(path="/score", host=f"^{served}", times=-1, status=424, body=answer):
        result = _fails(echo, served, zipped(samples / "hello", a__txt="smoke"))

    assert "did not answer the sample" in result["diagnosis"]["cause"]
    assert "KeyError" in result["diagnosis"]["message"]


def test_an_unexpected_answer_leaves_the_old_traffic(echo: Client, samples: Path, served: str):
    manifest = "smoke_test:\n  expect: {contains: forty-two}\n"
    result = _fails(echo, served, zipped(samples / "hello", deploy__yaml=manifest, a__txt="expect"))

    assert "forty-two" in result["diagnosis"]["message"]


@pytest.mark.parametrize(
    ("code", "message", "cause", "remedy"),
    [
        ("ImageBuildFailure", "pip: no such package", "could not be built", "requirements.txt"),
        ("OutOfQuota", "Not enough quota", "no quota", "20 %"),
        ("ResourceNotReady", "User container has crashed", "did not become ready", "log"),
        ("InternalServerError", "oops", "Azure ML itself failed", "Redeploy"),
        ("NeverSeenBefore", "a riddle", "NeverSeenBefore", "No known case"),
    ],
)
def test_a_failing_operation_leaves_the_old_traffic(
    echo: Client, samples: Path, served: str, code: str, message: str, cause: str, remedy: str
):
    error = {"code": code, "message": message}
    with echo.fault(operation="deployment", error=error):
        result = _fails(echo, served, zipped(samples / "hello", a__txt=code))

    assert cause in result["diagnosis"]["cause"]
    assert remedy in result["diagnosis"]["remedy"]
    assert message in result["diagnosis"]["message"]


def _is_failed(echo: Client) -> bool:
    found = echo.endpoint("unmade")
    return found is not None and found["properties"]["provisioningState"] == "Failed"


def test_an_endpoint_whose_creation_failed_is_created_again(echo: Client, samples: Path):
    error = {"code": "InternalServerError", "message": "oops"}
    with echo.fault(operation="endpoint", name="^unmade$", error=error):
        first = echo.deploy("unmade.zip", zipped(samples / "hello", a__txt="first"))
    assert first["outcome"] == "failed"
    # Every second read may be stale: four failed reads in a row are current.
    wait(lambda: all(_is_failed(echo) for _ in range(4)), 300, "the failed endpoint is not seen")

    result = echo.deploy("unmade.zip", zipped(samples / "hello", a__txt="second"))

    assert result["outcome"] == "succeeded"
    assert {"kind": "endpoint", "name": "unmade"} in result["removed"]


def test_roles_that_azure_granted_just_now_are_waited_for(client: Client, samples: Path):
    error = {
        "code": "BadArgument",
        "message": "Startup task failed due to authorization error. Please see troubleshooting "
        "guide, available here: https://aka.ms/oe-tsg#authorization-error",
    }
    with client.fault(operation="deployment", name="^d-", error=error):
        result = client.deploy("young.zip", zipped(samples / "hello"))

    assert result["outcome"] == "succeeded"
    written = [it["method"] for it in client.writes("/young/deployments/")]
    assert written.count("PUT") == 2


def test_a_container_that_fails_to_start_leaves_the_old_traffic(client: Client, samples: Path):
    assert client.deploy("crash.zip", zipped(samples / "hello"))["outcome"] == "succeeded"

    result = _fails(client, "crash", zipped(samples / "hello", count__py=CRASHES))

    assert "the settings file is missing" in result["diagnosis"]["log"]
    assert client.score("crash", {"question": "still there"}).json()["words"] == 2


def test_a_grant_refused_longer_than_the_limit_fails_the_job(echo: Client, samples: Path):
    body = {"error": {"code": "AuthorizationFailed", "message": "no authorization"}}
    rule = {"method": "PUT", "path": "roleAssignments", "times": -1, "status": 403, "body": body}
    content = zipped(samples / "hello", deploy__yaml=READS_CONNECTIONS)
    with echo.fault(rule):
        result = echo.deploy("ungranted.zip", content)

    assert result["outcome"] == "failed"
    assert result["diagnosis"]["code"] == "GrantLimit"
    assert "az role assignment create --assignee-object-id" in result["diagnosis"]["message"]
    assert "administrator" in result["diagnosis"]["remedy"]


CALLS = (
    ("PUT", "onlineEndpoints/[^/]+$"),
    ("PUT", "roleAssignments/"),
    ("PUT", "models/"),
    ("PUT", "environments/"),
    ("PUT", "deployments/"),
    ("DELETE", "deployments/"),
    ("GET", "onlineEndpoints/[^/]+$"),
    ("GET", "deployments$"),
    ("GET", "roleAssignments$"),
    ("GET", "mfeOperationsStatus"),
    ("GET", "models/"),
    ("GET", "environments/"),
    ("POST", "listKeys"),
    ("POST", "listSecrets"),
    ("POST", "/score"),
)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_job_survives_each_call_failing_once_before_or_after_its_commit(
    echo: Client, samples: Path, status: int, when: str
):
    name = f"stammer-{status}-{when}"
    first = echo.deploy(f"{name}.zip", zipped(samples / "hello"))["deployment"]
    rules = [
        {
            "method": method,
            "path": path,
            "status": status,
            "times": 1 if method != "GET" else 2,
            "when": when,
            "headers": {"Retry-After": "1"} if status == 429 else {},
            "body": {"error": {"code": "TooManyRequests", "message": "not now"}},
        }
        for method, path in CALLS
    ]
    routes = (
        "{liveness_route: &r {port: 8080, path: /health}, readiness_route: *r, "
        "scoring_route: {port: 8080, path: /score}}"
    )
    image = f"{{image: 'example.test/{name}:1', inference_config: {routes}}}"
    settings = f"{READS_CONNECTIONS}retain: 0\ndeployment: {{environment: {image}}}\n"
    with echo.fault(*rules), _watched(echo, name) as seen:
        job = echo.drop(f"{name}.zip", zipped(samples / "hello", deploy__yaml=settings, a__txt="b"))
        result = echo.outcome(job)

    assert result["outcome"] == "succeeded", result
    assert all(traffic in ({first: 100}, {result["deployment"]: 100}) for traffic in seen)
    assert [it["name"] for it in echo.deployments(name)] == [result["deployment"]]
    assert len(echo.results(job)) == 1
