"""Orchestrations that an older version began are replayed by this one to the same end.

`older_histories.json` holds what the activities of five jobs returned when reports were plain
dicts (no `job_kind`, facts under free keys), and the ending that the old orchestrator published.
`histories-VERSION.json` holds every action of jobs of that version, with decisions of people among
them (`record_histories`).
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from durabletask import task

from shared.domain.jobs.ending import ending_from_json
from tests.fakes.engine import FakeEngine
from tests.fakes.world import World

HISTORIES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "older_histories.json").read_text(encoding="utf-8")
)
RECORDED: dict[str, Any] = {
    f"{path.stem.partition('-')[2]} {name}": history
    for path in sorted(Path(__file__).parent.glob("histories-*.json"))
    for name, history in json.loads(path.read_text(encoding="utf-8")).items()
}


class _Replay(FakeEngine):
    """Answers each activity with what the older version's activity returned."""

    def __init__(self, world: World, activities: Iterable[Any]) -> None:
        super().__init__(world.ports, world.clock)
        self.left = list(activities)

    def _activity(self, name: str, given: Any) -> dict[str, Any]:
        self.calls.append((name, given))
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


class _StrictReplay(FakeEngine):
    """Demands the recorded actions in their order; at each it is as late as it was."""

    def __init__(self, world: World, actions: Iterable[Any]) -> None:
        super().__init__(world.ports, world.clock)
        self.left = list(actions)

    def _carry_out(self, asked: Any) -> None:
        recorded = self.left.pop(0)
        pause = isinstance(asked, task.WhenAnyTask)
        assert recorded["name"] == ("pause" if pause else asked.name)
        if recorded.get("woken"):
            self.wake()
        if not pause:
            self.calls.append((asked.name, asked.given))
            asked.complete(recorded["output"])
        else:
            asked.get_tasks()[0].complete(None)
        if self.left:
            self.clock.now = datetime.fromisoformat(self.left[0]["at"])


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_history_asks_for_the_same_again(world: World, name: str) -> None:
    history = RECORDED[name]
    engine = _StrictReplay(world, history["actions"])
    engine.clock.now = datetime.fromisoformat(history["actions"][0]["at"])

    assert engine.run(history["job"]) == history["outcome"]

    assert engine.left == []
    assert ending_from_json(engine.calls[-1][1]["ending"]) == ending_from_json(history["ending"])
