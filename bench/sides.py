"""Two stacks at once, one with an older build of the app: whatever is measured, both in turn."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.builds import unpack
from bench.stacks import UNLIMITED, accept_older_builds, held_options
from local.options import Options
from local.places import ROOT
from local.stack import Stack
from tests.e2e.client import Client

type MakeOptions = Callable[[Path, Path], Options]
"""Options for a stack's state folder and app folder."""

NEVER: Final = "0 0 0 1 1 *"
"""A schedule of the sweep that does not come while something is counted."""


@dataclass(frozen=True)
class Side:
    """A running stack with one of the builds."""

    stack: Stack
    client: Client

    @property
    def host(self) -> int:
        """The process of the Functions host."""
        return int(self.stack.facts["processes"]["functions_host"])


@dataclass(frozen=True)
class Sides:
    """Both builds."""

    older: Side
    now: Side

    def turns(self, rounds: int) -> Iterator[tuple[int, tuple[Side, Side]]]:
        """Yield both sides so often, each first in every other round."""
        for number in range(rounds):
            yield number, ((self.older, self.now) if number % 2 else (self.now, self.older))


@contextmanager
def builds(commit: str) -> Iterator[tuple[Path, Path]]:
    """The folders of a commit's app, and of this checkout's."""
    with tempfile.TemporaryDirectory() as folder:
        yield unpack(commit, Path(folder) / "app"), ROOT


@contextmanager
def started(apps: tuple[Path, Path], make: MakeOptions) -> Iterator[Sides]:
    """Start a stack of today's for each build."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stacks:
        sides = list[Side]()
        for name, app in zip(("older", "now"), apps, strict=True):
            state = Path(folder) / name
            state.mkdir()
            stack = stacks.enter_context(Stack(state, make(state, app)))
            sides.append(Side(stack, Client(stack.facts)))
            accept_older_builds(sides[-1].client)
        yield Sides(*sides)


def counted_options(state: Path, app: Path, **settings: str) -> Options:
    """Every call of the app passes the emulator, and Azure's operations take no time."""
    return _at_once(held_options(state, app=app, SWEEP_SCHEDULE=NEVER, **settings))


def plain_options(_: Path, app: Path) -> Options:
    """As for `make up`: storage is reached directly. Azure's operations take no time."""
    settings = {"SWEEP_SCHEDULE": NEVER, "DRIFT_MINUTES": "0"}
    return _at_once(Options(serve="echo", quota=UNLIMITED, settings=settings, app=app))


def _at_once(options: Options) -> Options:
    return replace(
        options,
        endpoint_seconds=0,
        deployment_seconds=0,
        grant_seconds=0,
        put_seconds=0,
        visible_seconds=0,
    )
