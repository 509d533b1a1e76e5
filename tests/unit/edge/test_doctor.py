"""The route of `sluice doctor`, over the world in memory."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cli.answers import DOCTOR
from cli.shapes import find_mismatch
from functions import doctor
from shared.bootstrap import ports, probes
from shared.domain.access.caller import Callers
from shared.domain.access.permission import Permission
from shared.domain.access.roles import STORAGE_BLOB_DATA_CONTRIBUTOR
from shared.domain.failure import Denied, Refused, Unavailable
from shared.ports.probes import Probe
from tests.fakes.http import FakeHost
from tests.fakes.world import World
from tests.unit.edge.test_settings_checks import AZURE


class NoToken(Unavailable):
    """The identity endpoint gives no token."""


class FakeProbes:
    """Probes that raise what they are given."""

    failed: Exception | None = None

    def principal(self) -> str:
        if isinstance(self.failed, NoToken):
            raise self.failed
        return "oid"

    def all(self) -> tuple[Probe, ...]:
        role = STORAGE_BLOB_DATA_CONTRIBUTOR
        return tuple(Probe(name, self._attempt, role, "/drops", "make it") for name in ("a", "b"))

    def blobs(self, account_id: str) -> Probe:
        return Probe("uploads", lambda: None, STORAGE_BLOB_DATA_CONTRIBUTOR, account_id)

    def _attempt(self) -> None:
        if self.failed is not None:
            raise self.failed


@pytest.fixture
def given(world: World, monkeypatch: pytest.MonkeyPatch) -> FakeProbes:
    world.roles.own = (Permission(("*",)),)
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    found = FakeProbes()
    monkeypatch.setattr(doctor, "ports", lambda: world.ports)
    monkeypatch.setattr(doctor, "probes", lambda: found)
    return found


def ask(host: FakeHost) -> list[dict[str, Any]]:
    answer = host.ask("GET", "doctor")
    assert answer.status_code == 200, answer.get_body()
    read = json.loads(answer.get_body())
    assert find_mismatch(read, DOCTOR) is None
    return [it for it in read["checks"] if it["state"] != "ok"]


@pytest.mark.usefixtures("given")
def test_where_nothing_is_wrong_every_check_is_ok(host: FakeHost) -> None:
    assert ask(host) == []


@pytest.mark.parametrize(
    ("failed", "area", "names", "told"),
    [
        (
            Denied("AuthorizationPermissionMismatch", "no", status=403),
            "permissions",
            ["Storage Blob Data Contributor on /drops"],
            "--role ba92f5b4-2d11-453d-a403-e96b0029c9fe --scope /drops",
        ),
        (Denied("AuthorizationFailure", "no", status=403), "connections", ["a", "b"], ""),
        (Refused("ContainerNotFound", "no", status=404), "connections", ["a", "b"], "make it"),
        (Unavailable("Timeout", "silent"), "connections", ["a", "b"], ""),
    ],
    ids=["role", "firewall", "gone", "silent"],
)
def test_what_fails_says_why_once(
    host: FakeHost, given: FakeProbes, failed: Exception, area: str, names: list[str], told: str
) -> None:
    given.failed = failed
    found = ask(host)
    assert [(it["area"], it["name"]) for it in found] == [(area, it) for it in names]
    assert all(told in it["command"] for it in found)


def test_without_a_token_only_that_is_told(host: FakeHost, given: FakeProbes) -> None:
    given.failed = NoToken("ClientAuthenticationError", "no identity")
    [found] = ask(host)
    assert (found["area"], found["name"]) == ("connections", "identity")
    assert found["command"] == "az functionapp identity show -g rg-a -n func-a"


@pytest.mark.usefixtures("given")
def test_without_any_right_every_right_at_the_workspace_is_named(
    host: FakeHost, world: World
) -> None:
    world.roles.own, world.roles.allowed = (), False
    world.workspace.fail("facts", Denied("AuthorizationFailed", "no", status=403))
    found = ask(host)
    assert {it["area"] for it in found} == {"permissions"}
    assert len(found) == 3


@pytest.mark.usefixtures("given")
def test_a_key_that_may_not_look_gets_no_answer(host: FakeHost, world: World) -> None:
    world.ports = replace(world.ports, callers=Callers(key=frozenset()))
    assert host.ask("GET", "doctor").status_code == 403


def test_with_wrong_settings_these_are_still_told(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**AZURE, "DRIFT_MINUTES": "often"}.items():
        monkeypatch.setenv(name, value)
    ports.cache_clear()
    probes.cache_clear()
    found = ask(host)
    assert [(it["name"], it["state"]) for it in found] == [
        ("DRIFT_MINUTES", "failed"),
        ("services", "unknown"),
    ]
