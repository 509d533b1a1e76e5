import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud
from local.azurite.command import environment
from local.places import NODE, NODE_BINARY
from tests.local.functions_host.host_stack import APP, KEY, NOWHERE, BuildStack, Stack, free_port
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
    text = (
        f"DefaultEndpointsProtocol=http;AccountName={cloud.DROP_ACCOUNT};"
        f"AccountKey={cloud.DROP_ACCOUNT_KEY};"
        f"BlobEndpoint=http://127.0.0.1:{blob}/{cloud.DROP_ACCOUNT};"
        f"QueueEndpoint=http://127.0.0.1:{queue}/{cloud.DROP_ACCOUNT};"
    )
    try:
        eventually(lambda: _listens(blob) and _listens(queue), within=30, what="Azurite")
        yield text
    finally:
        process.terminate()
        process.wait(5)


@pytest.fixture
def build(tmp_path: Path, storage: str) -> Iterator[BuildStack]:
    """Builds stacks; the settings given go over the usual ones."""
    parts: list[Part] = []

    def build(**settings: str) -> Stack:
        durable = Part(
            *("local.durable", "--db", str(tmp_path / "hub.db"), "--port", str(free_port())),
            log=tmp_path / "durable.log",
        )
        parts.append(durable)
        journal, log = tmp_path / "journal.jsonl", tmp_path / "host.log"
        env = {
            "AzureWebJobsStorage": storage,
            "SampleStorage": storage,
            "SampleServiceBus": settings.pop("SampleServiceBus", NOWHERE),
            "FLOWS": f"flows-{tmp_path.name.replace('_', '-').lower()}"[:60].strip("-"),
            "REQUESTS": "deploy-requests",
            "SCHEDULE": "0 0 0 1 1 *",
            "JOURNAL": str(journal),
            "PYTHON_THREADPOOL_THREAD_COUNT": "8",
            **settings,
        }
        host = Part(
            "local.functions_host",
            *("--app", str(APP), "--port", str(free_port()), "--state", str(tmp_path / "state")),
            *("--durable", durable.facts["address"], "--function-key", KEY),
            *("--blob-interval", "0.2"),
            env=env,
            log=log,
        )
        parts.append(host)
        return Stack(durable, host, journal, log, storage)

    yield build
    for part in reversed(parts):
        part.stop()


@pytest.fixture
def stack(build: BuildStack) -> Stack:
    return build()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
