"""People steer jobs on the whole stack: the decision is recorded, and the event wakes the job."""

import time
from pathlib import Path
from typing import Any

from tests.e2e.client import Client, wait, zipped


def _step(client: Client, job: str, kind: str) -> dict[str, Any] | None:
    steps = (client.job(job) or {}).get("steps", ())
    return next((it for it in steps if it["kind"] == kind and it["state"] != "pending"), None)


def test_a_job_is_canceled_while_azure_creates_its_deployment(echo: Client, samples: Path):
    old = echo.deploy("stopped.zip", zipped(samples / "hello"))["deployment"]
    runs = {
        "method": "GET",
        "path": "mfeOperationsStatus",
        "times": -1,
        "status": 200,
        "body": {"status": "InProgress"},
    }
    with echo.fault(runs):
        job = echo.drop("stopped.zip", zipped(samples / "hello", note__txt="new"))
        wait(lambda: len(echo.deployments("stopped")) == 2, 300, "nothing is created")
        answer = echo.call("POST", f"jobs/{job}/cancel", json={"reason": "wrong file"})
        begun = time.monotonic()
        assert answer.status_code == 202, answer.text
        wait(lambda: _step(echo, job, "undo"), 300, "the job is not stopped", every=0.05)
        print(f"cancel to the way back: {time.monotonic() - begun:.1f} s")
    result = echo.outcome(job)

    assert result["outcome"] == "canceled", result
    assert result["decision"]["reason"] == "wrong file"
    assert result["decision"]["effect"] == "what it had changed was put back"
    assert echo.traffic("stopped") == {old: 100}
    assert [it["name"] for it in echo.deployments("stopped")] == [old]
    assert len(echo.results(job)) == 1


def test_a_message_approves_a_job_before_its_deployment_gets_traffic(client: Client, samples: Path):
    content = zipped(samples / "hello", deploy__yaml="approval: traffic\n")
    job = client.drop("approved.zip", content)
    wait(lambda: (client.job(job) or {}).get("state") == "waiting", 300, "the job does not wait")
    assert client.traffic("approved") == {}
    assert len(client.deployments("approved")) == 1

    begun = time.monotonic()
    client.send({"job": job, "decision": "approve", "reason": "it answers well"})
    wait(lambda: _step(client, job, "set_traffic"), 300, "the job does not go on", every=0.05)
    print(f"approval to the change of traffic: {time.monotonic() - begun:.1f} s")

    result = client.outcome(job)
    assert result["outcome"] == "succeeded", result
    step = _step(client, job, "approval")
    assert step is not None
    assert step["note"] == "Approved by the sender of a message (it answers well)"
    assert client.traffic("approved") == {result["deployment"]: 100}
