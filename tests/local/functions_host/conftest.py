import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud
from local.addresses import free_port
from local.azurite.command import environment
from local.places import NODE, NODE_BINARY
from tests.local.functions_host.host_stack import BuildStack, Stack, build_stack
from tests.local.part import Part, eventually


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Azurite in memory; the connection string of its drop account."""
    blob, queue = free_port(), free_port()
    process = subprocess.Popen(
        [
            str(NODE_BINARY),
            str(NODE / "node_modules" / "azurite" / "dist" / "src" / "azurite.js"),
            *("--inMemoryPersistence", "--skipApiVersionCheck", "--loose", "--disableTelemetry"),
            *("--blobPort", str(blob), "--queuePort", str(queue), "--tablePort", "0", "--silent"),
        ],
        cwd=tmp_path_factory.mktemp("azurite"),
        env={**os.environ, **environment()},
        stdout=subprocess.DEVNULL,
    )
    account = cloud.DROP_ACCOUNT
    try:
        eventually(lambda: _listens(blob) and _listens(queue), what="Azurite")
        yield (
            f"DefaultEndpointsProtocol=http;AccountName={account};"
            f"AccountKey={cloud.DROP_ACCOUNT_KEY};"
            f"BlobEndpoint=http://127.0.0.1:{blob}/{account};"
            f"QueueEndpoint=http://127.0.0.1:{queue}/{account};"
        )
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def build(tmp_path: Path, storage: str) -> Iterator[BuildStack]:
    """Builds stacks; the settings given go over the usual ones."""
    parts: list[Part] = []
    yield lambda **settings: build_stack(tmp_path, storage, parts, **settings)
    for part in reversed(parts):
        part.stop()


@pytest.fixture
def stack(build: BuildStack) -> Stack:
    """A stack of the test's own, to be killed at will."""
    return build()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, storage: str) -> Iterator[Stack]:
    """One stack for all tests of a module that leave it as it was."""
    parts: list[Part] = []
    yield build_stack(tmp_path_factory.mktemp("shared"), storage, parts)
    for part in reversed(parts):
        part.stop()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
