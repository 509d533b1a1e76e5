"""The workspace's default blob datastore, which uploads go to; read through ARM.

Azure ML REST API, 'Datastores', Get and List Secrets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from azure.core.credentials import TokenCredential

from shared.adapters.aged import Aged
from shared.adapters.arm import Arm
from shared.domain.failure import Denied, Refused

VERSION = "2025-12-01"
_NAME = "workspaceblobstore"
_PROVIDER = "/providers/Microsoft.MachineLearningServices"
"""Azure ML's own URIs are ARM ids without this part."""
_HOURS = 1

type Credential = str | TokenCredential


@dataclass(frozen=True)
class Datastore:
    """A container. `paths`: the prefix of Azure ML's URIs for paths in it."""

    account_url: str
    container: str
    paths: str


class Datastores:
    """Reads the default datastore of one workspace, and the credentials to write to it.

    Args:
        arm: reads the datastore.
        credential: Sluice's own, for the blobs.
        workspace_id: the workspace's ARM id.
    """

    def __init__(self, arm: Arm, credential: TokenCredential, workspace_id: str) -> None:
        self._arm = arm
        self._credential = credential
        self._id = f"{workspace_id}/datastores/{_NAME}"
        self._read = Aged[Mapping[str, Any]]()

    def default(self) -> tuple[Datastore, Iterator[Credential]]:
        """The datastore and its credentials: first Sluice's identity, then its own secret.

        One GET in some minutes, and one POST when the second credential is read.
        """
        inner = self._read.get("", lambda: self._arm.get(self._id, VERSION)["properties"])
        host = f"{inner['accountName']}.blob.{inner.get('endpoint') or 'core.windows.net'}"
        url = f"{inner.get('protocol') or 'https'}://{host}"
        place = Datastore(
            url, inner["containerName"], f"azureml:/{self._id.replace(_PROVIDER, '')}/paths"
        )
        return place, self._credentials(inner)

    def _credentials(self, inner: Mapping[str, Any]) -> Iterator[Credential]:
        yield self._credential
        kind = (inner.get("credentials") or {}).get("credentialsType")
        secret = self._secret() if kind in {"Sas", "AccountKey"} else None
        if secret is not None:
            yield secret

    def _secret(self) -> str | None:
        """A signature or key; None if Sluice may not read it."""
        body = {"expirableSecret": True, "expireAfterHours": _HOURS}
        try:
            found = self._arm.call("POST", f"{self._id}/listSecrets", VERSION, body).json()
        except (Denied, Refused):
            return None
        secret = found.get("sasToken") or found.get("key")
        return str(secret) if secret else None
