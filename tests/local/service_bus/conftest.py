from collections.abc import Iterator

import pytest

from tests.local.service_bus.box import Box
from tests.local.service_bus.broker import AIO_QUEUES, SYNC_QUEUES, Broker
from tests.local.service_bus.clients import AioBus, Bus, SyncBus


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("service_bus")
    with Broker(folder) as broker:
        yield broker
    assert "Traceback" not in (folder / "bus.log").read_text()


@pytest.fixture(scope="session")
def open_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker without keys, for tests with a bare socket."""
    folder = tmp_path_factory.mktemp("service_bus")
    with Broker(folder, key=None) as broker:
        yield broker
    assert "Traceback" not in (folder / "bus.log").read_text()


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that a test may kill, if it restarts it."""
    with Broker(tmp_path_factory.mktemp("service_bus")) as broker:
        yield broker


@pytest.fixture(scope="session")
def sync_bus(broker: Broker) -> Iterator[Bus]:
    bus = SyncBus(broker.address())
    bus.open(SYNC_QUEUES)
    yield bus
    bus.close()


@pytest.fixture(scope="session")
def aio_bus(broker: Broker) -> Iterator[Bus]:
    bus = AioBus(broker.address())
    bus.open(AIO_QUEUES)
    yield bus
    bus.close()


@pytest.fixture(params=["sync_bus", "aio_bus"])
def bus(request: pytest.FixtureRequest) -> Bus:
    bus: Bus = request.getfixturevalue(request.param)
    return bus


@pytest.fixture
def plain(bus: Bus) -> Iterator[Box]:
    yield from _emptied(Box(bus, f"plain-{bus.face}"))


@pytest.fixture
def unique(bus: Bus) -> Iterator[Box]:
    """A queue that detects duplicates for a minute."""
    yield from _emptied(Box(bus, f"unique-{bus.face}"))


# What only time brings about is the broker's doing, whatever the client: sync will do.


@pytest.fixture
def unread(sync_bus: Bus) -> Iterator[Box]:
    """A queue without receiver, because a receiver may lock messages early."""
    yield from _emptied(Box(sync_bus, "unread"))


@pytest.fixture
def brief(sync_bus: Bus) -> Iterator[Box]:
    """A queue with locks of two seconds and at most two deliveries."""
    yield from _emptied(Box(sync_bus, "brief"))


@pytest.fixture
def mortal(sync_bus: Bus) -> Iterator[Box]:
    """A queue whose messages are dead-lettered after one and a half seconds."""
    yield from _emptied(Box(sync_bus, "mortal"))


@pytest.fixture
def forgetful(sync_bus: Bus) -> Iterator[Box]:
    """A queue that detects duplicates for half a second."""
    yield from _emptied(Box(sync_bus, "forgetful"))


def _emptied(box: Box) -> Iterator[Box]:
    yield box
    box.drain()
