"""Counts the calls to blob storage: of an idle hour, and of a whole job on the fakes over Azurite.

`python -m bench.calls` prints each call by activity; `count` returns the numbers.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import azure.functions as func
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import BlobServiceClient

from functions import sweep
from local import cloud
from local.azure_ml.testing import azurite
from shared.adapters.blobs import BOUNDS
from shared.steps.intake.doors import accept_drop
from tests.contract import blob_sides
from tests.fakes.world import World, make_world, package

_TWO_POLLS = {"polls": 2}


class Counting(RequestsTransport):  # type: ignore[misc]
    """Sends requests, and keeps a line of each: the part that asked, method, path, operation."""

    def __init__(self) -> None:
        super().__init__()
        self.part = ""
        self.calls: list[str] = []

    def send(self, request: Any, **kwargs: Any) -> Any:
        """Note the request and send it."""
        url = urlsplit(request.url)
        query = parse_qs(url.query)
        shown = (it for key in ("comp", "prefix") for it in query.get(key, ()))
        path = unquote(url.path.split("/", 3)[-1])
        lease = request.headers.get("x-ms-lease-action", "")
        words = (self.part, request.method, path, *shown, lease)
        self.calls.append(" ".join(it for it in words if it))
        return super().send(request, **kwargs)


@dataclass
class Counted:
    """A world whose storage is Azurite, and the calls to it."""

    world: World
    side: blob_sides.Storage
    transport: Counting
    account: BlobServiceClient
    jobs: list[str] = field(default_factory=list)

    def accept(self, path: str, more: str = "") -> str:
        """Drop a version of the flow; return its job. From here on the calls count."""
        self.side.drop(path, package(more))
        self.transport.calls.clear()
        self.transport.part = "accept"
        accepted = accept_drop(self.world.ports, path)
        assert accepted is not None
        self.jobs.append(accepted.job)
        return accepted.job

    def deploy(self, more: str, name: str = "hello") -> list[str]:
        """Drop a version of the flow and run its job; return the job's calls."""
        outcome = self.world.engine.run(self.accept(f"{name}.zip", more))
        assert outcome == "succeeded", outcome
        return list(self.transport.calls)


@contextmanager
def opened() -> Iterator[BlobServiceClient]:
    """An account in an Azurite of its own."""
    with azurite(None) as port, open_counted(port) as account:
        yield account


def open_counted(port: int) -> BlobServiceClient:
    """Open the account of flows and ledger; its transport counts."""
    connection = cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, port)
    transport = Counting()
    account = BlobServiceClient.from_connection_string(connection, transport=transport, **BOUNDS)
    account.counting = transport  # type: ignore[attr-defined]
    return account


def world_over(account: BlobServiceClient) -> Counted:
    """Make a world with empty containers in the account."""
    side = blob_sides.adapters(account)
    world = make_world(flows=side.flows, ledger=side.ledger, turns=side.turns, workspace=_TWO_POLLS)
    transport: Counting = account.counting  # type: ignore[attr-defined]

    def before(name: str, given: Any) -> None:
        transport.part = f"{name}:{given.get('key', '')}:{given.get('kind', '')}"

    world.engine.before = before
    return Counted(world, side, transport, account)


def count() -> dict[str, int]:
    """Return the blob calls of a job: the first of the app, of an endpoint, and a further one."""
    with opened() as account:
        counted = world_over(account)
        return {
            "first of the app": len(counted.deploy("")),
            "first of an endpoint": len(counted.deploy("", "other")),
            "further version": len(counted.deploy("X = 1\n", "other")),
        }


def idle_hour() -> int:
    """Return the blob calls of the app in an hour without jobs, at one sweep a minute."""
    with opened() as account:
        counted = world_over(account)
        counted.deploy("")
        world = counted.world
        world.ports = replace(world.ports, drift_every=900.0)
        sweep.ports = lambda: world.ports  # type: ignore[attr-defined,assignment]
        world.clock.now += timedelta(hours=1)
        sweep.sweep(func.TimerRequest(), None)  # the first of a process
        counted.transport.calls.clear()
        for _ in range(60):
            world.clock.now += timedelta(minutes=1)
            sweep.sweep(func.TimerRequest(), None)
        return len(counted.transport.calls)


def main() -> None:
    print(f"an idle hour: {idle_hour()} blob calls")
    with opened() as account:
        counted = world_over(account)
        for title, more, name in (
            ("first of the app", "", "hello"),
            ("first of an endpoint", "", "other"),
            ("further version", "X = 1\n", "other"),
        ):
            calls = counted.deploy(more, name)
            print(f"{title}: {len(calls)} blob calls")
            if "-v" in sys.argv:
                print(*(f"  {it}" for it in calls), sep="\n")


if __name__ == "__main__":
    main()
