"""Orchestrations of a newer version, as the host of an older worker handles them."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any, cast

import pytest
from durabletask.internal import orchestrator_service_pb2 as pb

from local.functions_host.durable.items import DurableFunctions
from local.functions_host.durable.versions import is_newer
from local.functions_host.settings import HostSettings, read_host_json
from local.functions_host.worker.function import Function
from local.functions_host.worker.messages import TypedData
from local.functions_host.worker.worker import Worker


class _Replays:
    """A worker whose orchestrators ask for nothing."""

    functions = (Function("deploy", "1", ({"type": "orchestrationTrigger", "name": "context"},)),)

    def __init__(self) -> None:
        self.calls = 0

    async def invoke(self, *given: Any) -> TypedData:
        del given
        self.calls += 1
        return TypedData(string=base64.b64encode(b"").decode())


def _turn(
    version: str | None, settings: HostSettings
) -> tuple[pb.OrchestratorResponse | None, int]:
    started = pb.ExecutionStartedEvent(name="deploy")
    if version is not None:
        started.version.value = version
    request = pb.OrchestratorRequest(
        instanceId="job", newEvents=[pb.HistoryEvent(executionStarted=started)]
    )
    worker = _Replays()
    functions = DurableFunctions(cast("Worker", worker), settings)
    return asyncio.run(functions.turn(request)), worker.calls


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("2", "1", True),
        ("10", "9", True),
        ("1.10", "1.9", True),
        ("1", "1", False),
        ("1", "2", False),
        ("", "1", False),
        ("1", "", True),
        ("", "", False),
        ("v2", "v1", True),
        ("2026-02-01", "2026-01-01", True),
    ],
)
def test_versions_are_compared_by_number_else_by_text(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer


@pytest.mark.parametrize("version", [None, "1", "2"])
def test_an_orchestration_of_this_version_or_an_older_one_goes_on(version: str | None) -> None:
    response, calls = _turn(version, HostSettings(version="2", fails_newer=True))

    assert response is not None
    assert calls == 1


def test_an_orchestration_of_a_newer_version_fails_where_host_json_says_so() -> None:
    response, calls = _turn("3", HostSettings(version="2", fails_newer=True))

    assert response is not None
    end = response.actions[0].completeOrchestration
    assert end.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
    assert "'3' is greater than the worker version '2'" in end.failureDetails.errorMessage
    assert calls == 0


def test_an_orchestration_of_a_newer_version_is_left_alone_by_default() -> None:
    assert _turn("3", HostSettings(version="2")) == (None, 0)


def test_the_version_is_read_from_host_json(tmp_path: Path) -> None:
    durable = {"defaultVersion": "7", "versionFailureStrategy": "Fail"}
    text = json.dumps({"extensions": {"durableTask": durable}})
    (tmp_path / "host.json").write_text(text, encoding="utf-8")

    read = read_host_json(tmp_path)

    assert (read.version, read.fails_newer) == ("7", True)
