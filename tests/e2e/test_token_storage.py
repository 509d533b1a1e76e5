"""The app without an account key, as on Azure: it opens storage with its identity's token."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, wait, zipped


def _by_blob(client: Client, path: str, content: bytes) -> dict[str, Any]:
    return client.deploy(path, content)


def _by_http(client: Client, path: str, content: bytes) -> dict[str, Any]:
    source = path.replace(".zip", ".package")
    client.flows.upload_blob(source, content, overwrite=True)
    name = path.rpartition("/")[2].removesuffix(".zip")
    body = {"source": {"blob": source}, "manifest": {"endpoint": {"name": name}}}
    answer = client.call("POST", "deployments", json=body)
    assert answer.status_code == 202, answer.text
    return client.outcome(answer.json()["job"])


def _by_message(client: Client, path: str, content: bytes) -> dict[str, Any]:
    source = path.replace(".zip", ".package")
    client.flows.upload_blob(source, content, overwrite=True)
    name = path.rpartition("/")[2].removesuffix(".zip")
    body = {"source": {"blob": source}, "manifest": {"endpoint": {"name": name}}}
    return _result_of(client, body, f"message-{path}")


def _result_of(client: Client, body: dict[str, Any], message: str) -> dict[str, Any]:
    """Send a message and return its result."""

    def look() -> dict[str, Any] | None:
        event = client.next_result()
        data = event["data"] if event else {}
        return data if data.get("message_id") == message else None

    client.send(body, message_id=message)
    return wait(look, 600, f"{message} has no result")


DOORS = {"blob": _by_blob, "http": _by_http, "bus": _by_message}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("team-a/team-a-{}.zip", "succeeded"),
        ("team-b/team-a-of-b-{}.zip", "rejected"),
        ("team-a2/team-a-two-{}.zip", "rejected"),
        ("Team-A/team-a-cap-{}.zip", "rejected"),
    ],
)
def test_a_token_without_account_key_is_enough_and_the_policy_holds(
    keyless: Client, samples: Path, door: str, path: str, outcome: str
):
    result = DOORS[door](keyless, path.format(door), zipped(samples / "hello"))
    assert result["outcome"] == outcome, result
    if outcome == "rejected":
        assert "policy" in json.dumps(result["findings"]).lower(), result["findings"]


def test_path_traversal_is_refused_at_the_doors_that_take_names(keyless: Client):
    body = {"source": {"blob": "team-a/../team-b/b-secret.zip"}}
    assert keyless.call("POST", "deployments", json=body).status_code == 400
    assert _result_of(keyless, body, "way-out")["outcome"] == "rejected"
