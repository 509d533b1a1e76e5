"""The ledger, in a blob container of its own."""

from azure.storage.blob import ContainerClient

from shared.adapters.copies import Sources
from shared.adapters.ledger.asked import Asked
from shared.adapters.ledger.documents import Documents
from shared.adapters.ledger.endpoints import Endpoints
from shared.adapters.ledger.forgetting import Forgetting
from shared.adapters.ledger.marks import Marks
from shared.adapters.ledger.packages import Packages
from shared.adapters.ledger.requests import Requests
from shared.adapters.ledger.store import BlobStore


class BlobLedger(Requests, Asked, Packages, Documents, Endpoints, Marks, Forgetting):
    """The whole ledger.

    Args:
        container: the ledger's own container.
        sources: gives access to blobs of the flows container, to copy them.
    """

    def __init__(self, container: ContainerClient, sources: Sources) -> None:
        Packages.__init__(self, BlobStore(container), sources)
