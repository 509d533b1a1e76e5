"""The preview against the stack: what it says is what the job does, and nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient

from tests.e2e.client import Client, wait, zipped

NAME = "previewed"
ZIP = {"content-type": "application/zip"}


@pytest.fixture
def plan(echo: Client) -> Callable[..., dict[str, Any]]:
    """Ask for a preview, and check that neither Azure nor the ledger has changed."""

    def ask(**asked: Any) -> dict[str, Any]:
        wait(lambda: _quiet(echo), 300, "jobs of other tests do not end")
        before, kept = len(echo.calls()), _ledger(echo)
        answer = echo.call("POST", "plan", **asked)
        assert answer.status_code == 200, answer.text
        calls = echo.calls()[before:]
        assert calls, "the preview looked at nothing"
        assert {call["method"] for call in calls} <= {"GET", "HEAD"}, calls
        assert _ledger(echo) == kept
        return dict(answer.json())

    return ask


def _quiet(client: Client) -> bool:
    """No job is open, down to the mark that is removed when its result is sent."""
    return not any(name.startswith("open/") for name in _ledger(client))


def _ledger(client: Client) -> dict[str, str]:
    """Every blob of the ledger with its ETag, except what the sweep notes."""
    account = BlobServiceClient.from_connection_string(client.facts["storage_connection_string"])
    blobs = account.get_container_client("ledger").list_blobs()
    return {
        str(it.name): str(it.etag) for it in blobs if not it.name.startswith(("sweep/", "due/"))
    }


def test_a_preview_says_what_the_job_does_and_writes_nothing(
    echo: Client, samples: Path, plan: Callable[..., dict[str, Any]]
) -> None:
    content = zipped(samples / "hello")
    as_dropped = {"data": content, "params": {"blob": f"{NAME}.zip"}, "headers": ZIP}
    first = plan(**as_dropped)
    assert (first["outcome"], first["endpoint"]) == ("changes", NAME), first
    assert echo.endpoint(NAME) is None

    ended = echo.ended(echo.drop(f"{NAME}.zip", content))
    assert ended["state"] == "succeeded", ended
    assert [it["title"] for it in first["steps"]] == [it["title"] for it in ended["plan"]["steps"]]
    assert first["deployment"] == ended["result"]["data"]["deployment"]

    def settled() -> dict[str, Any] | None:
        """A preview of a view that shows the release, and its last operation's end."""
        shown = plan(**as_dropped)
        late = ("Azure is late to show it", "is being changed by an operation")
        return None if any(why in it for it in shown["warnings"] for why in late) else shown

    again = wait(settled, 120, "Azure never shows the release")
    assert (again["outcome"], again["steps"], again["differences"]) == ("unchanged", [], [])

    revision = {"endpoint": NAME}
    scaled = plan(json={"source": revision, "manifest": {"deployment": {"instance_count": 3}}})
    assert [(it["what"], it["now"], it["then"]) for it in scaled["differences"]] == [
        ("instance_count", 1, 3)
    ]
    large = {"deployment": {"instance_type": "Standard_E4s_v3", "instance_count": 3}}
    echo.admin("POST", "settings", json={"quota": {"standardESv3Family": 12}})
    try:
        refused = plan(json={"source": revision, "manifest": large})
    finally:
        echo.admin("POST", "settings", json={"quota": {"standardESv3Family": -1}})
    assert refused["outcome"] == "rejected", refused
    assert (refused["quota"]["needed"], refused["quota"]["limit"]) == (16, 12)
    assert "cores" in refused["findings"][0]["cause"]
