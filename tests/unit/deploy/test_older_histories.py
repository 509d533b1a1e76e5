"""Orchestrations that an older version began are replayed by this one to the same end.

`older_histories.json` holds what the activities of five jobs returned when reports were plain
dicts (no `job_kind`, facts under free keys), and the ending that the old orchestrator published.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from functions.deploy import deploy
from shared.domain.jobs.ending import ending_from_json
from tests.fakes.engine import Clock

HISTORIES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "older_histories.json").read_text(encoding="utf-8")
)
_orchestrator: Any = deploy._function._func.orchestrator_function  # type: ignore[attr-defined]


class _Context:
    def __init__(self) -> None:
        self.clock = Clock()
        self.inputs = list[Any]()

    @property
    def current_utc_datetime(self) -> datetime:
        return self.clock.now.replace(tzinfo=None)

    def call_activity(self, name: str, *, input: Any) -> str:  # noqa: A002
        self.inputs.append(input)
        return name

    def create_timer(self, when: datetime) -> datetime:
        return when


def _replay(context: _Context, job: str, outputs: Iterator[Any]) -> str:
    """Run the orchestrator on recorded outputs; return its outcome."""
    orchestration, answer = _orchestrator(context, {"job": job}), None
    while True:
        try:
            wanted = orchestration.send(answer)
        except StopIteration as end:
            return str(end.value)
        if isinstance(wanted, datetime):
            context.clock.now, answer = max(context.clock.now, wanted), None
        else:
            recorded = next(outputs, {"name": "nothing more"})
            assert wanted == recorded["name"]
            answer = recorded["output"]


@pytest.mark.parametrize("name", HISTORIES)
def test_history_of_an_older_version_replays_to_the_same_ending(name: str) -> None:
    history = HISTORIES[name]
    outputs, context = iter(history["activities"]), _Context()

    assert _replay(context, history["job"], outputs) == history["outcome"]

    assert list(outputs) == []
    assert ending_from_json(context.inputs[-1]["ending"]) == ending_from_json(history["ending"])
