"""Stacks for end-to-end tests: one that serves flows for real, one that echoes, for load.

Both are as inconvenient as Azure: lists page and their links write ARM's host otherwise, status
URLs are signed and refused without, the app sees for three seconds what was before, and PUTs of
endpoints and deployments answer late: after 6 s where flows are served for real, a few jobs, and
after 0.2 s where they are tested by the dozen, since each job waits for three of them.
"""

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
    """Answers without a process; for what is tested by the dozen."""
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
def samples() -> Path:
    return Path(__file__).parents[2] / "samples"
