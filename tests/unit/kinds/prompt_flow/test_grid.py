"""Compare our reading with the runtime's own, on a grid of generated folders.

`tests/flow_grid/verdicts.json` holds promptflow's verdict on each: whether it starts, and its
answer to the sample that Sluice would send. `python -m tests.flow_grid.record` records it again;
`tests/local/serving/test_flow_grid.py` checks a part of it in the runtime itself.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.flow_grid.asking import request_for
from tests.flow_grid.compare import reading_of, refusals
from tests.flow_grid.differences import REFUSED, TAKEN, reason
from tests.flow_grid.grid import grid
from tests.flow_grid.record import content, recorded, version

AGAIN = "run python -m tests.flow_grid.record"


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Any]:
    said: dict[str, Any] = recorded()["verdicts"]
    return said


def test_the_recording_matches_the_grid_and_the_runtime_of_the_local_stack(
    verdicts: dict[str, Any],
) -> None:
    assert recorded()["promptflow"] == version(), AGAIN
    assert {name: it["content"] for name, it in verdicts.items()} == {
        name: content(name) for name in grid()
    }, AGAIN
    assert len(verdicts) >= 300


def test_flows_are_accepted_exactly_if_the_runtime_serves_them(
    verdicts: dict[str, Any], tmp_path: Path
) -> None:
    wrong, counted, met = list[str](), Counter[str](), set[str]()
    for name, verdict in verdicts.items():
        reading = reading_of(name, tmp_path)
        ours, serves = refusals(reading), verdict["status"] == 200
        differs = serves != (not ours)
        counted[f"{'refused' if ours else 'taken'}, {'serves' if serves else 'fails'}"] += 1
        if not ours and request_for(reading) != verdict["request"]:
            wrong.append(f"{name}: another sample than the recorded one; {AGAIN}")
        elif differs and reason(name, REFUSED if ours else TAKEN) is None:
            told = verdict["start"] or f"{verdict['status']}: {verdict['body']}"
            wrong.append(f"{name}: we say {ours or 'nothing'}, the runtime {told[-200:]}")
        elif differs:
            met.add(name)
    print(counted)
    assert wrong == []
    listed = {*TAKEN, *REFUSED}
    assert [it for it in listed if "*" not in it and it not in met] == [], "no difference any more"
