"""A part of the flow grid, asked of the real runtime: the recording still holds."""

import pytest

from tests.flow_grid.asking import ask
from tests.flow_grid.grid import grid
from tests.flow_grid.record import recorded

pytestmark = pytest.mark.timeout(600)
EACH = 50


def test_the_runtime_still_says_what_was_recorded_of_it() -> None:
    said = recorded()["verdicts"]
    names = list(grid())[::EACH]
    for name, verdict in ask(names).items():
        assert bool(verdict["start"]) == bool(said[name]["start"]), (name, verdict)
        assert verdict["status"] == said[name]["status"], (name, verdict)
