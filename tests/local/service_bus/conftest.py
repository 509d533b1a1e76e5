import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.service_bus.address import connection_string
from tests.local.part import Part
from tests.local.service_bus.box import Box
from tests.local.service_bus.clients import AioBus, Bus, SyncBus

KEY = "bG9jYWwta2V5+/8="
QUEUES = {
    "plain": {"LockDuration": "PT30S", "MaxDeliveryCount": 3},
    "unread": {},
    "brief": {"LockDuration": "PT0.5S", "MaxDeliveryCount": 2},
    "unique": {
        "RequiresDuplicateDetection": True,
        "DuplicateDetectionHistoryTimeWindow": "PT1M",
    },
    "forgetful": {
        "RequiresDuplicateDetection": True,
        "DuplicateDetectionHistoryTimeWindow": "PT0.5S",
    },
    "mortal": {"DefaultMessageTimeToLive": "PT0.5S", "DeadLetteringOnMessageExpiration": True},
}


class Broker(Part):
    """On a port of its own that it keeps, so that it can be killed and started again."""

    def __init__(self, folder: Path, *, key: str | None = KEY) -> None:
        config = folder / "queues.json"
        listed = [{"Name": name, "Properties": each} for name, each in QUEUES.items()]
        config.write_text(json.dumps({"UserConfig": {"Namespaces": [{"Queues": listed}]}}))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        super().__init__(
            "local.service_bus",
            *("--config", str(config), "--db", str(folder / "bus.db"), "--port", str(self.port)),
            *(("--key", f"RootManageSharedAccessKey={key}") if key else ()),
            log=folder / "bus.log",
        )

    def address(self, key: str = KEY) -> str:
        return connection_string(self.port, key)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("service_bus")
    with Broker(folder) as broker:
        yield broker
    assert "Traceback" not in (folder / "bus.log").read_text()


@pytest.fixture(scope="session")
def open_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One that asks for no key, so that a bare socket gets far."""
    folder = tmp_path_factory.mktemp("service_bus")
    with Broker(folder, key=None) as broker:
        yield broker
    assert "Traceback" not in (folder / "bus.log").read_text()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """One that a test may kill."""
    with Broker(tmp_path) as broker:
        yield broker


@pytest.fixture(scope="session", params=["sync", "aio"])
def bus(request: pytest.FixtureRequest, broker: Broker) -> Iterator[Bus]:
    bus: Bus = (SyncBus if request.param == "sync" else AioBus)(broker.address())
    bus.open(QUEUES)
    yield bus
    bus.close()


@pytest.fixture
def plain(bus: Bus) -> Iterator[Box]:
    yield from _emptied(Box(bus, "plain"))


@pytest.fixture
def unread(bus: Bus) -> Iterator[Box]:
    """Nobody receives from it: a receiver may lock a message before it is asked for one."""
    yield from _emptied(Box(bus, "unread"))


@pytest.fixture
def brief(bus: Bus) -> Iterator[Box]:
    """Locks last half a second, and two deliveries are the most."""
    yield from _emptied(Box(bus, "brief"))


@pytest.fixture
def mortal(bus: Bus) -> Iterator[Box]:
    """Messages live half a second and are dead-lettered then."""
    yield from _emptied(Box(bus, "mortal"))


@pytest.fixture
def unique(bus: Bus) -> Iterator[Box]:
    """Duplicates are detected for a minute."""
    yield from _emptied(Box(bus, "unique"))


@pytest.fixture
def forgetful(bus: Bus) -> Iterator[Box]:
    """Duplicates are detected for half a second."""
    yield from _emptied(Box(bus, "forgetful"))


def _emptied(box: Box) -> Iterator[Box]:
    yield box
    box.drain()
