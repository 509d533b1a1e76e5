from collections.abc import Iterator
from pathlib import Path

import pytest
from durabletask.client import TaskHubGrpcClient

from tests.local.part import Part


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Part]:
    part = Part("local.durable", "--db", str(tmp_path / "hub.db"), log=tmp_path / "backend.log")
    port = part.facts["port"]
    part._command += ["--port", str(port)]  # a restart keeps the address
    with part:
        yield part
    assert "Traceback" not in (tmp_path / "backend.log").read_text()


@pytest.fixture
def client(backend: Part) -> Iterator[TaskHubGrpcClient]:
    client = TaskHubGrpcClient(host_address=backend.facts["address"])
    yield client
    client.close()
