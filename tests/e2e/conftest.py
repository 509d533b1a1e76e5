"""Stacks for end-to-end tests: one that serves flows for real, one that echoes, for load.

All are as inconvenient as Azure: lists page and their links spell ARM's host differently, status
URLs need their signature, the app's reads may be three seconds old, and PUTs of endpoints and
deployments answer late: after 6 s on the stack that serves flows, and after 0.2 s on the others,
since each job waits for three of them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud
from local.addresses import addresses
from local.app_settings import drop_connection
from local.options import Options
from local.stack import Stack
from tests.e2e.client import Client

POLICY = [
    {"prefix": "team-a", "endpoints": ["team-a-*"]},
    {"prefix": "team-b", "endpoints": ["b-*"]},
]
SETTINGS = {
    "QUIET_PERIOD_SECONDS": "2",
    "SWEEP_SCHEDULE": "*/5 * * * * *",
    "DRIFT_MINUTES": "0",  # tests change endpoints by hand, and count results
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that serves real flows; operations and grants take a moment."""
    options = Options(
        endpoint_seconds=0.3,
        deployment_seconds=0.5,
        grant_seconds=0.5,
        put_seconds=6,
        visible_seconds=3,
        settings=SETTINGS,
    )
    with Stack(tmp_path_factory.mktemp("stack"), options) as running:
        yield running


@pytest.fixture(scope="session")
def client(stack: Stack) -> Client:
    return Client(stack.facts)


@pytest.fixture(scope="session")
def echo_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that answers without serving processes, for tests with many jobs."""
    options = Options(
        endpoint_seconds=0.2,
        deployment_seconds=0.4,
        grant_seconds=0.1,
        put_seconds=0.2,
        visible_seconds=3,
        serve="echo",
        settings={**SETTINGS, "GRANT_LIMIT_MINUTES": "0.1", "PROPAGATION_MINUTES": "0.1"},
    )
    with Stack(tmp_path_factory.mktemp("echo"), options) as running:
        yield running


@pytest.fixture(scope="session")
def echo(echo_stack: Stack) -> Client:
    return Client(echo_stack.facts)


@pytest.fixture(scope="session")
def keyless_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack where only the host's trigger has a key, which the app does not read."""
    state = tmp_path_factory.mktemp("keyless")
    settings = {
        **SETTINGS,
        "SluiceStorage": "",
        "SluiceStorage__blobServiceUri": f"https://{cloud.DROP_ACCOUNT}.blob.core.windows.net",
        "AzureWebJobsSluiceStorage": drop_connection(addresses(state, None)),
        "SLUICE_POLICY": json.dumps(POLICY),
    }
    options = Options(
        endpoint_seconds=0.1,
        deployment_seconds=0.1,
        put_seconds=0.2,
        visible_seconds=3,
        serve="echo",
        settings=settings,
    )
    with Stack(state, options) as running:
        yield running


@pytest.fixture(scope="session")
def keyless(keyless_stack: Stack) -> Client:
    return Client(keyless_stack.facts)


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
