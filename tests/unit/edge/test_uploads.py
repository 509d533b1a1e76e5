"""A zip in the body of POST /api/deployments is one job at once, judged as its caller's deploy."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.caller import ACTS, Callers
from shared.domain.access.policy_rule import parse_policy
from shared.domain.requests.request_body import MOST_ZIP_BYTES
from tests.fakes.http import FakeHost
from tests.fakes.world import World, package
from tests.unit.edge.conftest import Starts

ZIP = {"content-type": "application/zip"}


def _upload(
    host: FakeHost,
    content: bytes,
    path: str = "hello.zip",
    headers: Mapping[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    sent = host.ask("POST", f"deployments?blob={path}", content, {**ZIP, **(headers or {})})
    return sent.status_code, json.loads(sent.get_body())


def test_an_upload_is_deployed_and_no_blob_is_written(
    world: World, host: FakeHost, starts: Starts
) -> None:
    status, told = _upload(host, package(), "team/hello.zip")
    assert (status, starts.jobs) == (202, [told["job"]])
    assert world.flows.list("") == ()
    assert world.engine.run(told["job"]) == "succeeded"
    assert (world.last["endpoint"], world.last["source"]) == ("hello", "team/hello.zip")


def test_the_same_bytes_for_the_same_path_are_one_job_while_it_runs(
    world: World, host: FakeHost
) -> None:
    dropped = package()
    first = _upload(host, dropped)[1]["job"]
    assert _upload(host, dropped)[1]["job"] == first
    assert _upload(host, package("# other"))[1]["job"] != first
    assert _upload(host, dropped, "other.zip")[1]["job"] != first


def test_the_same_bytes_after_the_end_are_a_new_job_that_has_nothing_to_do(
    world: World, host: FakeHost
) -> None:
    dropped = package()
    first = _upload(host, dropped)[1]["job"]
    assert world.engine.run(first) == "succeeded"
    again = _upload(host, dropped)[1]["job"]
    assert again != first
    assert world.engine.run(again) == "unchanged"


def test_the_same_key_is_the_same_job_and_for_other_bytes_409(world: World, host: FakeHost) -> None:
    key, dropped = {"idempotency-key": "k"}, package()
    job = _upload(host, dropped, headers=key)[1]["job"]
    world.engine.run(job)
    assert _upload(host, dropped, headers=key)[1]["job"] == job
    assert _upload(host, package("# other"), headers=key)[0] == 409


def test_what_was_uploaded_can_be_tried_again_and_deployed_again(
    world: World, host: FakeHost, starts: Starts
) -> None:
    world.workspace.there.quota["standardDSv2Family"] = 4
    job = _upload(host, package())[1]["job"]
    assert world.engine.run(job) == "rejected"
    world.workspace.there.quota["standardDSv2Family"] = 1000
    assert host.ask("POST", f"jobs/{job}/retry").status_code == 202
    assert world.engine.run(starts.jobs[-1]) == "succeeded"
    assert host.ask("POST", "endpoints/hello/redeploy").status_code == 202
    assert world.engine.run(starts.jobs[-1]) == "unchanged"


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("", b"PK", 400),
        ("..%2Fhello.zip", b"PK", 400),
        ("team/../hello.zip", b"PK", 400),
        ("hello.tar", b"PK", 400),
        ("hello", b"PK", 400),
        ("hello.zip", b"x" * (MOST_ZIP_BYTES + 1), 413),
    ],
    ids=["no path", "out of it, encoded", "out of it", "no zip", "no ending", "too large"],
)
def test_what_cannot_be_a_package_starts_nothing(
    world: World, host: FakeHost, starts: Starts, path: str, content: bytes, status: int
) -> None:
    answered, told = _upload(host, content, path)
    assert answered == status
    assert told["findings"]
    assert starts.jobs == []
    assert world.ledger.open_jobs() == ()


def test_what_is_no_zip_is_a_rejected_job_that_names_it(world: World, host: FakeHost) -> None:
    _, told = _upload(host, b"no zip at all")
    assert world.engine.run(told["job"]) == "rejected"
    assert world.last["findings"][0]["file"] == "hello.zip"


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_key_uploads_only_where_the_setting_says_upload(
    world: World, host: FakeHost, act: Any
) -> None:
    world.ports = replace(world.ports, callers=Callers(key=frozenset({act})))
    status, told = _upload(host, package())
    assert status == (202 if act == "upload" else 403), told
    if act != "upload":
        assert "may not upload" in told["detail"]


SIGNED_IN = {"x-ms-client-principal-name": "ada@example.org"}


def _only_ada(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
    rules = (
        '[{"prefix": "team", "endpoints": ["hello"], "connections": ["*"],'
        ' "callers": ["ada@example.org"]},'
        ' {"prefix": "team", "endpoints": ["other"]}]'
    )
    world.ports = replace(world.ports, policy=parse_policy(rules))
    world.engine = type(world.engine)(world.ports, world.clock)


def test_rules_with_callers_hold_for_uploads(
    world: World, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only_ada(world, monkeypatch)
    _, told = _upload(host, package(), "team/hello.zip", SIGNED_IN)
    assert world.engine.run(told["job"]) == "succeeded"
    bob = {"x-ms-client-principal-name": "bob@example.org"}
    _, told = _upload(host, package("# of bob"), "team/hello.zip", bob)
    assert world.engine.run(told["job"]) == "rejected"


def test_where_nothing_may_be_deployed_nothing_is_stored(
    world: World, host: FakeHost, starts: Starts, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only_ada(world, monkeypatch)
    status, told = _upload(host, package(), "elsewhere/hello.zip", SIGNED_IN)
    assert (status, starts.jobs) == (400, [])
    assert "No rule of the policy lets 'elsewhere/hello.zip'" in told["detail"]


def test_the_preview_of_an_upload_is_judged_as_the_upload(
    world: World, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only_ada(world, monkeypatch)
    for query, outcome in (("", "changes"), ("&upload=true", "rejected")):
        asked = host.ask("POST", f"plan?blob=team/hello.zip{query}", package(), ZIP)
        assert json.loads(asked.get_body())["outcome"] == outcome
    asked = host.ask(
        "POST", "plan?blob=team/hello.zip&upload=true", package(), {**ZIP, **SIGNED_IN}
    )
    assert json.loads(asked.get_body())["outcome"] == "changes"
    assert host.ask("POST", "plan?blob=hello.zip&upload=x", package(), ZIP).status_code == 400


def test_another_sites_page_uploads_nothing(host: FakeHost, starts: Starts) -> None:
    for sent in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert _upload(host, package(), headers=sent)[0] == 403
    assert starts.jobs == []
