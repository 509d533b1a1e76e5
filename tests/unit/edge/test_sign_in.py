"""Callers who sign in in place of a function key: every route asks who they are, and their role."""

import base64
import json
import re
from dataclasses import replace

import pytest
from azure.functions import AuthLevel
from azure.functions.decorators.http import HttpTrigger

from functions import doctor
from shared.domain.access.caller import Callers
from shared.settings import WrongSettings
from tests.fakes.http import FakeHost, app_functions
from tests.fakes.world import World
from tests.unit.edge.test_doctor import FakeProbes

AUDIENCE = "api://sluice"
CALLERS = Callers(
    readers=("role:sluice.reader",), operators=("role:sluice.operator",), audience=AUDIENCE
)
READS = {"plan"}
"""Routes of other methods than GET that only show something."""


def _routes() -> list[tuple[str, str]]:
    found = []
    for each in app_functions():
        trigger = each.get_trigger()
        if isinstance(trigger, HttpTrigger) and trigger.auth_level is not AuthLevel.ANONYMOUS:
            path = re.sub(r"\{decision\}", "cancel", str(trigger.route))
            path = re.sub(r"\{\w+\}", "5eaf00d5eaf00d5eaf00", path)
            found += [(str(it.value), path) for it in trigger.methods or ()]
    return sorted(found)


ROUTES = _routes()


def headers(role: str, name: str = "ann@example.org") -> dict[str, str]:
    told = {"role_typ": "roles", "claims": [{"typ": "roles", "val": role}]}
    principal = base64.b64encode(json.dumps(told).encode()).decode()
    return {"x-ms-client-principal-name": name, "x-ms-client-principal": principal}


@pytest.fixture(autouse=True)
def signs_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "True")
    monkeypatch.setenv("SIGN_IN_AUDIENCE", AUDIENCE)
    monkeypatch.setattr(doctor, "ports", lambda: world.ports)
    monkeypatch.setattr(doctor, "probes", FakeProbes)
    world.ports = replace(world.ports, callers=CALLERS)


def test_all_routes_are_tried() -> None:
    assert len(ROUTES) >= 19
    assert ("GET", "jobs") in ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_a_sign_in(host: FakeHost, method: str, path: str) -> None:
    key = {"x-functions-key": "a key that the host would take"}
    answer = host.ask(method, path, headers=key)
    assert answer.status_code == 401
    told = json.loads(answer.get_body())["detail"]
    assert told.startswith("Nobody is signed in, and this app takes no function keys")
    assert AUDIENCE in told


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_role_decides(world: World, host: FakeHost, method: str, path: str) -> None:
    before = world.writes
    for role in ("Sluice.Other", "Sluice.Reader"):
        looks = role == "Sluice.Reader" and (method == "GET" or path in READS)
        answer = host.ask(method, path, headers=headers(role))
        assert (answer.status_code == 403) is not looks, role
        assert answer.status_code != 401
    assert world.writes == before
    operator = host.ask(method, path, headers=headers("Sluice.Operator"))
    assert operator.status_code not in {401, 403}


def test_who_may_not_is_told_which_setting_decides(host: FakeHost) -> None:
    def told(method: str, path: str, role: str) -> str:
        return str(json.loads(host.ask(method, path, headers=headers(role)).get_body())["detail"])

    assert told("GET", "jobs", "x") == (
        "ann@example.org may not look: neither OPERATORS nor READERS names this account or a role "
        "of it. Ask the operator of this app"
    )
    assert told("POST", "deployments", "Sluice.Reader") == (
        "ann@example.org may not deploy: OPERATORS does not name this account or a role of it. "
        "Ask the operator of this app"
    )


def test_names_count_as_well_as_roles(world: World, host: FakeHost) -> None:
    named = Callers(readers=(), operators=("*@example.org",), audience=AUDIENCE)
    world.ports = replace(world.ports, callers=named)
    assert host.ask("GET", "jobs", headers=headers("x")).status_code == 200
    other = headers("x", "ann@elsewhere.org")
    assert host.ask("GET", "jobs", headers=other).status_code == 403


def test_headers_that_anybody_could_write_open_nothing(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSITE_AUTH_ENABLED", "False")
    answer = host.ask("GET", "jobs", headers=headers("Sluice.Operator"))
    assert answer.status_code == 401


def test_health_says_how_callers_sign_in_and_who_has(world: World, host: FakeHost) -> None:
    told = json.loads(host.ask("GET", "health").get_body())
    assert (told["sign_in"], told["caller"]) == (AUDIENCE, None)
    told = json.loads(host.ask("GET", "health", headers=headers("x")).get_body())
    assert told["caller"] == "ann@example.org"
    world.ports = replace(world.ports, callers=Callers())
    assert json.loads(host.ask("GET", "health").get_body())["sign_in"] is None


def test_an_app_with_wrong_settings_tells_them_only_to_who_has_signed_in(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise WrongSettings("AZURE_ML_WORKSPACE is missing")

    monkeypatch.setattr(doctor, "ports", broken)
    assert host.ask("GET", "doctor").status_code == 401
    answer = host.ask("GET", "doctor", headers=headers("x"))
    assert answer.status_code == 200
    assert json.loads(answer.get_body())["uses"] is None
