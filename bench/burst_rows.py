"""The rows of bursts: one of 100 on both builds, and larger ones on this checkout."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench.burst import Burst, burst, options, tell
from bench.rows import THIRD, Row
from bench.stacks import accept_older_builds
from local.stack import Stack
from tests.e2e.client import Client

SMALL: Final = 100
LARGER: Final = (500, 1_000)
_EARLY: Final = 0.1
"""The first result comes within this part of the time until the last."""
_ALIKE: Final = 1.1
"""A larger burst takes at most so many times as long for each job."""


def bursts(apps: tuple[Path, Path], rounds: int) -> Iterator[Row]:
    """Measure each burst once, whatever the rounds, on a stack of its own."""
    del rounds
    older, now = (measured(app, SMALL) for app in apps)
    before = [figure.value for figure in _figures(older)]
    for figure, value in zip(_figures(now), before, strict=True):
        yield figure.row(value)
    yield Row(f"burst of {SMALL}: last result", older.last, now.last, "s", part=THIRD)
    for flows in LARGER:
        for figure in _figures(measured(apps[1], flows), most=_ALIKE * _for_each(now)):
            yield figure.row(None)


def measured(app: Path, flows: int) -> Burst:
    """Drop so many flows at once, after one that does not count; tell what came of it."""
    with tempfile.TemporaryDirectory() as state, Stack(Path(state), options(app)) as stack:
        accept_older_builds(Client(stack.facts))
        burst(stack, 1, "warm")
        found = burst(stack, flows)
    tell(found)
    return found


class _Figure(NamedTuple):
    name: str
    value: float
    unit: str = ""
    most: float | None = None

    def row(self, older: float | None) -> Row:
        return Row(self.name, older, self.value, self.unit, most=self.most)


def _figures(found: Burst, most: float | None = None) -> Iterator[_Figure]:
    """What is told of every burst. `most`: the target, in milliseconds for each job."""
    name = f"burst of {found.flows:,}"
    wrong = found.lost + found.doubled + len(found.bad)
    yield _Figure(f"{name}: time for each job", _for_each(found), "ms", most)
    yield _Figure(f"{name}: first result, part of the last", found.first / found.last, "", _EARLY)
    yield _Figure(f"{name}: results lost, doubled or bad", wrong, "", 0)
    for part, memory in found.megabytes.items():
        yield _Figure(f"{name}: memory of {part} at the end", round(memory), "MB")


def _for_each(found: Burst) -> float:
    """Milliseconds from the first upload to the last result, for each job."""
    return 1000 * found.last / found.flows
