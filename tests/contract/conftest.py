"""The local cloud that the adapters' half of the contract runs against, each part started once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from local import cloud, parts
from local.addresses import Addresses, addresses
from local.child import Child
from shared.adapters.blobs import open_account
from tests.contract.storage import Storage, adapters, fakes


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="session")
def at(state: Path) -> Addresses:
    return addresses(state, None)


@pytest.fixture(scope="session")
def drop_account(state: Path, at: Addresses) -> Iterator[BlobServiceClient]:
    """The storage account of flows and ledger, in Azurite."""
    child = Child(parts.storage(state, at), state / "azurite.log")
    try:
        child.wait_ready(30)
        connection = cloud.blob_connection_string(
            cloud.DROP_ACCOUNT, cloud.DROP_ACCOUNT_KEY, at.port("blob")
        )
        with open_account(connection_string=connection) as account:
            yield account
    finally:
        child.stop()


@pytest.fixture(params=["fake", "adapter"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "fake":
        return fakes()
    return adapters(request.getfixturevalue("drop_account"))
