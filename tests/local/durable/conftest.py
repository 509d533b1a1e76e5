from collections.abc import Iterator
from pathlib import Path

import pytest
from durabletask.client import TaskHubGrpcClient

from local.addresses import free_port
from tests.local.part import Part


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Part]:
    flags = ("--db", str(tmp_path / "hub.db"), "--port", str(free_port()))
    with Part("local.durable", *flags, log=tmp_path / "backend.log") as part:
        yield part
    assert "Traceback" not in (tmp_path / "backend.log").read_text()


@pytest.fixture
def client(backend: Part) -> Iterator[TaskHubGrpcClient]:
    client = TaskHubGrpcClient(host_address=backend.facts["address"])
    yield client
    client.close()
