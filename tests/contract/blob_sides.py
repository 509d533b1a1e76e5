"""Both sides of the contracts on blobs: the fakes, and the adapters on Azurite."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from azure.storage.blob import BlobLeaseClient, BlobServiceClient, ContainerClient

from shared.adapters.blobs import BlobFlows
from shared.adapters.copies import open_sources
from shared.adapters.ledger import BlobLedger
from shared.adapters.turns import BlobTurns
from shared.ports import Flows, Ledger, Turns
from tests.fakes import FakeFlows, FakeLedger, FakeTurns

_COUNT = itertools.count()


@dataclass(frozen=True)
class Storage:
    """Empty containers behind the three ports, and controls for people's changes and time."""

    flows: Flows
    ledger: Ledger
    turns: Turns
    drop: Callable[[str, bytes], object]
    remove: Callable[[str], object]
    lapse: Callable[[str], object]
    container: ContainerClient | None = None


def fakes() -> Storage:
    flows, turns = FakeFlows(), FakeTurns()
    return Storage(flows, FakeLedger(flows), turns, flows.put, flows.delete, turns.lapse)


def adapters(account: BlobServiceClient) -> Storage:
    number = next(_COUNT)
    dropped = account.create_container(f"flows{number}")
    kept = account.create_container(f"ledger{number}")
    minutes = [0]

    def lapse(endpoint: str) -> None:
        minutes[0] += 1
        BlobLeaseClient(kept.get_blob_client(f"turns/{endpoint}")).break_lease(0)

    return Storage(
        BlobFlows(dropped),
        BlobLedger(kept, open_sources(dropped, None)),
        BlobTurns(kept, lambda: 60.0 * minutes[0]),
        lambda path, content: dropped.upload_blob(path, content, overwrite=True),
        dropped.delete_blob,
        lapse,
        kept,
    )
