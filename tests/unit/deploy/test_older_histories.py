"""Orchestrations that an older version began are replayed by this one to the same end.

`older_histories.json` holds what the activities of five jobs returned when reports were plain
dicts (no `job_kind`, facts under free keys), and the ending that the old orchestrator published.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from shared.domain.jobs.ending import ending_from_json
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World

HISTORIES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "older_histories.json").read_text(encoding="utf-8")
)


class _Replay(FakeEngine):
    """Answers each activity with what the older version's activity returned."""

    def __init__(self, world: World, activities: Iterable[Any]) -> None:
        super().__init__(world.ports, world.clock)
        self.left = list(activities)

    def _activity(self, name: str, given: Any) -> dict[str, Any]:
        del given
        recorded = self.left.pop(0)
        assert name == recorded["name"]
        output: dict[str, Any] = recorded["output"]
        return output


@pytest.mark.parametrize("name", HISTORIES)
def test_history_of_an_older_version_replays_to_the_same_ending(world: World, name: str) -> None:
    history = HISTORIES[name]
    engine = _Replay(world, history["activities"])

    assert engine.run(history["job"]) == history["outcome"]

    assert engine.left == []
    published = engine.calls[-1][1]["ending"]
    assert ending_from_json(published) == ending_from_json(history["ending"])
