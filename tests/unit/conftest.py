from collections.abc import Callable

import pytest

from tests.fakes.world import World, make_world


@pytest.fixture
def make() -> Callable[..., World]:
    return make_world


@pytest.fixture
def world() -> World:
    return make_world()
