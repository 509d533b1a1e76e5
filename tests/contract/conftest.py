"""The emulators for the adapters' half of the contract, each started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.azure_ml.testing import Emulator, Facts, azurite, in_environment
from shared.adapters.blobs import open_account
from tests.contract import azure_sides, blob_sides, bus_sides

QUICK = str(azure_sides.QUICK)
FAST = ("--endpoint-seconds", QUICK, "--deployment-seconds", QUICK, "--grant-seconds", QUICK)


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="session")
def blob_port(state: Path) -> Iterator[int]:
    with azurite(state / "azurite") as port:
        yield port


@pytest.fixture(scope="session")
def drop_account(blob_port: int) -> Iterator[BlobServiceClient]:
    """The storage account of flows and ledger."""
    connection = cloud.blob_connection_string(cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, blob_port)
    with open_account(connection_string=connection) as account:
        yield account


@pytest.fixture(scope="session")
def facts(state: Path, blob_port: int) -> Iterator[Facts]:
    """ARM and Azure ML, reached as any app does, through the environment."""
    flags = ("-m", "local.azure_ml", "--serve", "echo", *FAST)
    emulator = Emulator(state / "azure_ml", blob_port, flags)
    try:
        found = emulator.start()
        with in_environment(found.environment()):
            yield found
    finally:
        emulator.stop()


@pytest.fixture(params=["fake", "adapter"])
def storage_side(request: pytest.FixtureRequest) -> blob_sides.Storage:
    if request.param == "fake":
        return blob_sides.fakes()
    return blob_sides.adapters(request.getfixturevalue("drop_account"))


@pytest.fixture(scope="session")
def adapters(facts: Facts) -> azure_sides.Cloud:
    return azure_sides.adapters(facts)


@pytest.fixture(params=["fake", "adapter"])
def there(request: pytest.FixtureRequest) -> Iterator[azure_sides.Cloud]:
    """A workspace with its assets, roles, and endpoints as their users see them."""
    if request.param == "fake":
        yield azure_sides.fakes()
        return
    cloud_there: azure_sides.Cloud = request.getfixturevalue("adapters")
    yield cloud_there
    cloud_there.mend()


@pytest.fixture(scope="session")
def broker(state: Path) -> Iterator[bus_sides.Broker]:
    with bus_sides.Broker(state) as running:
        yield running


@pytest.fixture(params=["fake", "adapter"])
def queues(request: pytest.FixtureRequest) -> Iterator[bus_sides.Queues]:
    if request.param == "fake":
        yield bus_sides.fake()
        return
    broker: bus_sides.Broker = request.getfixturevalue("broker")
    bus = broker.open()
    yield bus_sides.adapter(broker, bus)
    bus.close()
