"""Stacks for end-to-end tests: one that serves flows for real, one that echoes, for load."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.options import Options
from local.stack import Stack
from tests.e2e.client import Client

SETTINGS = {"QUIET_PERIOD_SECONDS": "2", "SWEEP_SCHEDULE": "*/5 * * * * *"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Serves the real flows; operations and grants take a moment."""
    options = Options(
        endpoint_seconds=0.3, deployment_seconds=0.5, grant_seconds=0.5, settings=SETTINGS
    )
    with Stack(tmp_path_factory.mktemp("stack"), options) as running:
        yield running


@pytest.fixture(scope="session")
def client(stack: Stack) -> Client:
    return Client(stack.facts)


@pytest.fixture(scope="session")
def echo_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Answers without a process; for what is tested by the dozen."""
    options = Options(
        endpoint_seconds=0.2,
        deployment_seconds=0.4,
        grant_seconds=0.1,
        serve="echo",
        settings={**SETTINGS, "GRANT_LIMIT_MINUTES": "0.1", "PROPAGATION_MINUTES": "0.1"},
    )
    with Stack(tmp_path_factory.mktemp("echo"), options) as running:
        yield running


@pytest.fixture(scope="session")
def echo(echo_stack: Stack) -> Client:
    return Client(echo_stack.facts)


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
