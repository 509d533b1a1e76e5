"""The preview says what the job does, and writes nothing: no Azure, no ledger, no turn."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access.caller import Callers
from shared.domain.planning.cost import parse_prices
from shared.domain.requests.hold import Hold
from tests.fakes.faults import Breakable
from tests.fakes.http import FakeHost
from tests.fakes.world import World, package

READS = {
    "stat", "list", "server_time", "fetch_zip", "fetch_folder", "fetch_package", "releases", "read",
    "request", "facts", "endpoint", "deployments", "connections", "registry_in_abac_mode",
    "assignments", "own_permissions", "find_role", "role_permissions", "usage", "user_identity",
    "newest_job", "hold", "last",
    "quarantined", "open_jobs", "released",
    "backup_deployment", "keyless_targets", "connection_shapes", "environment",
}  # fmt: skip
PRICES = parse_prices(
    '{"currency": "EUR", "date": "2026-01-01", "source": "a test", '
    '"per_hour": {"standard_ds3_V2": 0.25}}'
)


def _sides(world: World) -> list[Breakable]:
    """Every port in memory that counts its calls."""
    return [it for it in vars(world.ports).values() if isinstance(it, Breakable)]


@pytest.fixture
def ask(world: World, host: FakeHost) -> Callable[..., dict[str, Any]]:
    """Ask for a preview of a blob, or of what `source` names, and check that nothing is written."""

    def do(source: dict[str, str] | None = None, **manifest: Any) -> dict[str, Any]:
        body = {"source": source or {"blob": "hello.zip"}, "manifest": manifest}
        before, writes = [len(it.calls) for it in _sides(world)], world.writes
        answer = host.ask("POST", "plan", json.dumps(body).encode())
        assert answer.status_code == 200, answer.get_body()
        sides = zip(_sides(world), before, strict=True)
        assert {call for side, seen in sides for call in side.calls[seen:]} <= READS
        assert world.writes == writes
        shown: dict[str, Any] = json.loads(answer.get_body())
        return shown

    return do


type Ask = Callable[..., dict[str, Any]]


def _what(shown: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {it["what"]: (it["now"], it["then"]) for it in shown["differences"]}


def test_nothing_there_is_all_the_steps_of_the_job_that_follows(world: World, ask: Ask) -> None:
    world.flows.put("hello.zip", package())
    shown = ask()
    assert shown["outcome"] == "changes"
    assert (shown["endpoint"], shown["findings"], shown["cost"]) == ("hello", [], None)
    assert _what(shown)["endpoint"] == (None, "hello")
    assert shown["quota"] == {
        "family": "standardDSv2Family",
        "needed": 8,
        "used": 0,
        "freed": 0,
        "limit": 1000,
        "suffices": True,
    }
    job = world.drop(content=package())
    world.engine.run(job)
    kept = world.ports.ledger.read(job, "plan")
    assert kept is not None
    assert [it["title"] for it in shown["steps"]] == [it["title"] for it in kept["steps"]]
    assert [it["kind"] for it in shown["steps"] if not it["writes"]] == ["smoke_test", "verify"]
    assert (shown["deployment"], shown["digest"]) == (
        world.last["deployment"],
        world.last["digest"],
    )


def test_what_serves_already_is_unchanged(world: World, ask: Ask) -> None:
    world.deploy()
    shown = ask()
    assert shown["outcome"] == "unchanged"
    assert (shown["steps"], shown["differences"], shown["quota"]) == ([], [], None)


def test_another_count_is_one_step_and_one_difference(world: World, ask: Ask) -> None:
    world.deploy()
    shown = ask(deployment={"instance_count": 3})
    assert _what(shown) == {"instance_count": (1, 3)}
    assert [it["kind"] for it in shown["steps"]] == ["ensure_deployment", "smoke_test", "verify"]
    assert (shown["quota"]["needed"], shown["quota"]["used"], shown["quota"]["freed"]) == (16, 8, 8)


def test_a_new_digest_is_compared_with_what_serves(world: World, ask: Ask) -> None:
    before = world.deploy()
    world.flows.put("hello.zip", package("# new"))
    shown = ask()
    found = _what(shown)
    assert set(found) == {"deployment", "digest", "traffic"}
    assert found["digest"] == (before["digest"], shown["digest"])
    assert found["traffic"] == ({before["deployment"]: 100}, {shown["deployment"]: 100})


def test_a_comparison_is_a_step_or_a_warning_that_there_is_nothing_to_compare_with(
    world: World, ask: Ask
) -> None:
    world.flows.put("hello.zip", package())
    both = {"contract": True, "parity": True}
    nothing = "Contract and parity cannot be compared: no deployment has traffic"
    first = ask(comparison=both)
    assert nothing in first["warnings"]
    assert "compare" not in {it["kind"] for it in first["steps"]}
    before = world.deploy()["deployment"]
    world.flows.put("hello.zip", package("# new"))
    shown = ask(comparison=both)
    [step] = [it for it in shown["steps"] if it["kind"] == "compare"]
    new = shown["deployment"]
    assert step["title"] == f"Compare {new} with {before}: contract and parity"
    assert not step["writes"]
    assert nothing not in shown["warnings"]


def test_settings_are_compared_and_variables_by_name_alone(world: World, ask: Ask) -> None:
    world.deploy(
        content=package(
            deploy__yaml="deployment: {environment_variables: {A: one-secret, B: kept, C: gone}}"
        )
    )
    world.flows.put(
        "hello.zip",
        package(
            deploy__yaml="deployment: {environment_variables: {A: another, B: kept, D: new}, "
            "request_settings: {request_timeout_ms: 5000}, instance_type: Standard_DS2_v2}"
        ),
    )
    shown = ask()
    found = _what(shown)
    assert found["environment variable A"] == ("set", "another value")
    assert found["environment variable C"] == ("set", "not set")
    assert found["environment variable D"] == ("not set", "set")
    assert found["request_settings.request_timeout"] == (300.0, 5.0)
    assert found["instance_type"] == ("Standard_DS3_v2", "Standard_DS2_v2")
    assert not any("B" in it or "PRT_" in it for it in found)
    assert "one-secret" not in json.dumps(shown)


def test_no_quota_is_rejected_with_its_figures(world: World, ask: Ask) -> None:
    world.workspace.there.quota["standardDSv2Family"] = 4
    world.flows.put("hello.zip", package())
    shown = ask()
    assert shown["outcome"] == "rejected"
    assert shown["endpoint"] == "hello"
    assert (shown["quota"]["needed"], shown["quota"]["limit"]) == (8, 4)
    assert shown["quota"]["suffices"] is False
    assert "need 8 cores" in shown["findings"][0]["cause"]


def test_a_rejected_package_has_the_findings_of_its_job(world: World, ask: Ask) -> None:
    broken = package(deploy__yaml="deployment: {instance_count: many}\n")
    world.flows.put("hello.zip", broken)
    shown = ask()
    assert shown["outcome"] == "rejected"
    assert shown["findings"] == world.deploy(content=broken)["findings"]


def test_a_folder_and_a_revision_are_previewed_as_they_are_deployed(world: World, ask: Ask) -> None:
    first = world.deploy()
    world.deploy(content=package("# new"))
    shown = ask({"endpoint": "hello", "revision": "previous"})
    assert (shown["outcome"], shown["digest"]) == ("changes", first["digest"])
    world.flows.put("team/echo/flow.dag.yaml", _file("flow.dag.yaml"))
    world.flows.put("team/echo/say.py", _file("say.py"))
    assert ask({"folder": "team/echo"})["endpoint"] == "echo"


def _file(name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(package())).read(name)


def test_a_zip_in_the_body_is_judged_at_the_path_where_it_would_be_dropped(
    world: World, host: FakeHost, ask: Ask
) -> None:
    world.flows.put("hello.zip", package())
    headers = {"content-type": "application/zip"}
    answer = host.ask("POST", "plan?blob=hello.zip", package(), headers)
    assert json.loads(answer.get_body()) == ask()
    assert host.ask("POST", "plan", package(), headers).status_code == 400
    answer = host.ask("POST", "plan?blob=team/corrupt.zip", b"no zip", headers)
    shown = json.loads(answer.get_body())
    assert shown["outcome"] == "rejected"
    assert [it["file"] for it in shown["findings"]] == ["team/corrupt.zip"]


def test_a_source_that_is_not_there_is_an_error_of_the_request(host: FakeHost) -> None:
    body = b'{"source": {"blob": "none.zip"}}'
    assert host.ask("POST", "plan", body).status_code == 400


def test_a_key_that_may_not_look_gets_no_preview(world: World, host: FakeHost) -> None:
    world.ports = replace(world.ports, callers=Callers(key=frozenset({"deploy"})))
    assert host.ask("POST", "plan", b'{"source": {"blob": "x.zip"}}').status_code == 403


def test_an_operation_that_still_runs_is_a_warning(world: World, ask: Ask) -> None:
    world.deploy()
    state = world.workspace.there.endpoints["hello"]
    world.workspace.there.endpoints["hello"] = replace(state, provisioning_state="Updating")
    assert any("changed by an operation" in it for it in ask()["warnings"])


def test_a_job_that_is_under_way_is_a_warning(world: World, ask: Ask) -> None:
    world.flows.put("hello.zip", package())
    assert ask()["warnings"] == (before := ask()["warnings"])
    job = world.drop()
    world.ports.ledger.queue_job("hello", job, "2026-01-01T00:00:00Z/2026-01-01T00:00:00Z")
    assert [it for it in ask()["warnings"] if it not in before] == [
        f"Job {job} is under way at this endpoint, and the plan may be another after it"
    ]


def test_a_view_that_may_be_stale_is_a_warning(world: World, ask: Ask) -> None:
    world.deploy()
    assert not any("does not show" in it for it in ask()["warnings"])
    state = world.workspace.there.endpoints["hello"]
    world.workspace.there.endpoints["hello"] = replace(state, traffic={})
    assert any("Azure is late to show it" in it for it in ask()["warnings"])


def test_a_held_endpoint_is_a_warning(world: World, ask: Ask) -> None:
    world.flows.put("hello.zip", package())
    hold = Hold(at="2026-01-01T00:00:00Z", by="ann", job="j")
    world.ports.ledger.set_hold("hello", hold, over=None)
    told = "This endpoint is held since 2026-01-01T00:00:00Z by ann: a job would wait until it"
    assert f"{told} is resumed" in ask()["warnings"]


def test_the_cost_is_told_before_during_and_after(world: World, ask: Ask) -> None:
    world.ports = replace(world.ports, prices=PRICES)
    world.deploy()
    world.flows.put("hello.zip", package("# new", deploy__yaml="retain: 0\n"))
    cost = ask(deployment={"instance_count": 2})["cost"]
    assert (cost["now"], cost["during"], cost["then"]) == (0.25, 0.75, 0.5)
    assert (cost["currency"], cost["date"], cost["unknown"]) == ("EUR", "2026-01-01", [])
    same = ask({"endpoint": "hello", "revision": "current"}, deployment={"instance_count": 3})
    assert (same["cost"]["now"], same["cost"]["during"], same["cost"]["then"]) == (0.25, 0.75, 0.75)


def test_a_size_without_a_price_is_unknown_not_free(world: World, ask: Ask) -> None:
    world.ports = replace(world.ports, prices=PRICES)
    world.flows.put("hello.zip", package())
    cost = ask(deployment={"instance_type": "Standard_F4s_v2"})["cost"]
    assert cost["unknown"] == ["Standard_F4s_v2"]
    assert (cost["now"], cost["then"]) == (0, None)
