from collections.abc import Iterator
from pathlib import Path

import pytest

from local.addresses import addresses
from local.app_settings import drop_connection
from local.child import Child
from local.parts import storage as azurite
from local.stack import READY_SECONDS
from tests.local.functions_host.host_stack import BuildStack, Stack, build_stack
from tests.local.part import Part


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Azurite as the stack starts it; the connection string of its drop account."""
    state = tmp_path_factory.mktemp("azurite")
    at = addresses(state, None)
    child = Child(azurite(state, at), state / "log")
    child.wait_ready(READY_SECONDS)
    yield drop_connection(at)
    child.stop()


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
