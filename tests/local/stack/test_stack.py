import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.addresses import addresses
from local.app_settings import app_environment
from local.options import Options
from local.places import ROOT
from local.stack import Stack, StackRunsError

FIELDS = {
    "functions_url",
    "function_key",
    "storage_connection_string",
    "flows_container",
    "servicebus_connection_string",
    "requests_queue",
    "results_queue",
    "https_proxy",
    "ca_bundle",
    "identity_endpoint",
    "identity_header",
    "subscription_id",
    "resource_group",
    "workspace",
    "admin_url",
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("state"), Options(serve="echo")) as running:
        yield running


def health(stack: Stack) -> int:
    return requests.get(f"{stack.facts['functions_url']}/api/health", timeout=60).status_code


def test_stack_json_has_all_fields_for_clients_and_the_process_ids(stack: Stack) -> None:
    assert set(stack.facts) == FIELDS | {"processes"}
    assert all(stack.facts.values())
    assert set(stack.facts["processes"]) == {
        *("azurite", "service_bus", "durable", "azure_ml", "functions_host", "event_grid")
    }
    assert stack.facts_file.stat().st_mode & 0o777 == 0o600
    assert health(stack) == 200


def test_killed_part_restarts_at_the_same_address(stack: Stack) -> None:
    before = stack.facts
    stack.kill("functions_host")
    assert stack.ended() == {"functions_host": -signal.SIGKILL}
    with pytest.raises(requests.ConnectionError):
        health(stack)
    stack.start_part("functions_host")
    assert stack.ended() == {}
    assert health(stack) == 200
    assert stack.facts["functions_url"] == before["functions_url"]
    assert stack.facts["processes"] != before["processes"]


def test_another_copy_of_the_app_takes_its_place(stack: Stack, tmp_path: Path) -> None:
    before = stack.facts["processes"]
    shutil.copy(ROOT / "function_app.py", tmp_path)
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, tmp_path / name)
    settings = json.loads((ROOT / "host.json").read_text())
    settings["extensions"]["http"]["routePrefix"] = "v2"
    (tmp_path / "host.json").write_text(json.dumps(settings))

    stack.replace_app(tmp_path)

    answer = requests.get(f"{stack.facts['functions_url']}/v2/health", timeout=60)
    assert answer.status_code == 200
    now = stack.facts["processes"]
    assert {it for it in now if now[it] != before[it]} == {"functions_host", "durable"}
    stack.replace_app(ROOT)
    assert health(stack) == 200


def test_a_second_stack_on_the_same_state_is_refused(stack: Stack) -> None:
    with pytest.raises(StackRunsError, match=rf"already runs on .* \(process {os.getpid()}\)"):
        Stack(stack.state).start()
    assert health(stack) == 200


def test_the_app_sees_no_credentials_and_no_proxy_of_the_developer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = {"https_proxy": "http://office:3128", "AZURE_CLIENT_SECRET": "mine"}
    for name, value in foreign.items():
        monkeypatch.setenv(name, value)
    control = {
        "proxy": "http://127.0.0.1:1",
        "ca_bundle": "/ca.pem",
        "identity_endpoint": "http://i",
    }
    options = Options(settings={"QUIET_PERIOD_SECONDS": "1"})
    told = app_environment(addresses(tmp_path, None), control, options)
    assert foreign.keys().isdisjoint(told)
    assert told["HTTPS_PROXY"] == "http://127.0.0.1:1"
    assert told["QUIET_PERIOD_SECONDS"] == "1"


def test_stopped_stack_leaves_no_process_and_no_stack_json(tmp_path: Path) -> None:
    with Stack(tmp_path, Options(serve="echo")) as running:
        pids = list(running.facts["processes"].values())
    assert not running.facts_file.exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
