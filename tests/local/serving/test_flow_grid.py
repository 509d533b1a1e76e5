"""A part of the flow grid on the real runtime: the recording is still right."""

import pytest

from tests.flow_grid.asking import ask
from tests.flow_grid.grid import grid
from tests.flow_grid.record import recorded

pytestmark = pytest.mark.timeout(600)
EACH = 50


def test_runtime_answers_still_match_the_recording() -> None:
    said = recorded()["verdicts"]
    names = list(grid())[::EACH]
    for name, verdict in ask(names).items():
        assert bool(verdict["start"]) == bool(said[name]["start"]), (name, verdict)
        assert verdict["status"] == said[name]["status"], (name, verdict)
