"""Deleting an endpoint, with everything that was created for it."""

from pathlib import Path

from tests.e2e.client import Client, wait, zipped
from tests.fakes.world import READS_CONNECTIONS


def test_an_endpoint_is_deleted_with_its_role_assignments(echo: Client, samples: Path):
    content = zipped(samples / "hello", deploy__yaml=READS_CONNECTIONS)
    result = echo.deploy("short-lived.zip", content)
    found = echo.endpoint("short-lived")
    assert found is not None, result["diagnosis"]["message"]
    principal = found["identity"]["principalId"]
    assert len(echo.assignments(principal)) == 1
    path = f"endpoints/short-lived/deployments/{result['deployment']}"
    refused = echo.outcome(echo.call("DELETE", path).json()["job"])
    assert refused["outcome"] == "rejected"
    assert "100 %" in refused["findings"][0]["cause"]

    headers = {"Idempotency-Key": "gone"}
    answer = echo.call("DELETE", "endpoints/short-lived?confirm=short-lived", headers=headers)
    again = echo.call("DELETE", "endpoints/short-lived?confirm=short-lived", headers=headers)
    assert answer.status_code == 202, answer.text
    assert answer.json() == again.json()
    (event,) = echo.results(answer.json()["job"])

    assert event["type"] == "sluice.removal.succeeded"
    kinds = [it["kind"] for it in event["data"]["removed"]]
    assert kinds == ["endpoint", "deployment", "role assignment"]

    def gone() -> bool:
        shown = echo.call("GET", "endpoints/short-lived").json()["state"]
        seen = echo.endpoint("short-lived") is not None or echo.assignments(principal)
        return shown == "gone" and not seen

    wait(gone, 300, "what was deleted is still seen")
