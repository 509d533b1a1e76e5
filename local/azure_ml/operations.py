"""Long-running operations: begun by a call, run in the background, read by their status URL.

Headers, ids and states are as recorded from Azure ML.
"""

import base64
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol
from urllib.parse import urlencode

from local import cloud
from local.azure_ml import clock
from local.azure_ml.exchange import Json
from local.azure_ml.routing import REGION_PATH
from local.azure_ml.store import Store

ARM = "https://management.azure.com"
_PREFIX = {"endpoint": "oeidp", "deployment": "odidp"}
_SIGNING_KEY = b"local operations"
_CERTIFICATE = "MII" + base64.b64encode(b"a certificate of the local cloud/+" * 30).decode()
"""As long as ARM's own."""

type Kind = Literal["endpoint", "deployment"]
type Verb = Literal["put", "delete"]


@dataclass(frozen=True)
class Operation:
    """A change of a resource (`target`, an ARM id) that ends at `due` at the earliest.

    With a `fault` (a requested error) nothing is changed, and the operation ends with that error.
    """

    guid: str
    kind: Kind
    verb: Verb
    target: str
    started: str
    due: float
    api_version: str
    status: str = "Updating"
    ended: str = clock.NEVER
    error: Json | None = None
    fault: Json | None = None

    @property
    def name(self) -> str:
        return f"{_PREFIX[self.kind]}:{cloud.WORKSPACE_GUID}:{self.guid}"

    @property
    def uri(self) -> str:
        """Its status URL, unsigned: the reader needs a right on the region."""
        return self._url("mfeOperationsStatus")

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer to the call that began it."""
        resource = f"{ARM}{self.target}?api-version={self.api_version}"
        return {
            "Azure-AsyncOperation": self._sign(self.uri),
            "Location": self.result if self.verb == "delete" else resource,
            "x-ms-async-operation-timeout": "PT30M",
        }

    @property
    def result(self) -> str:
        """Signed URL of the result of a deletion."""
        return self._sign(self._url("mfeOperationResults"))

    def _sign(self, url: str) -> str:
        """Add time, certificate, signature and hash as ARM does: `t`, `c`, `s`, `h`."""
        given = {"t": str(int(self.due * 10_000_000)), "c": _CERTIFICATE, "h": "local"}
        signed = {**given, "s": signature(self.guid, given)}
        return f"{url}&{urlencode({key: signed[key] for key in 'tcsh'})}"

    def _url(self, kind: str) -> str:
        return f"{ARM}{REGION_PATH}/{kind}/{self.name}?api-version={self.api_version}"


class OperationFaults(Protocol):
    """Requested errors of operations."""

    def operation_error(self, kind: Kind, name: str) -> Json | None:
        """Return the error that an operation of this kind and name is to end with, or None."""
        ...


class Operations:
    """The operations by id. The running ones are kept in memory too."""

    def __init__(self, store: Store, faults: OperationFaults) -> None:
        self._store = store
        self._faults = faults
        every = [Operation(**record) for record in store.all("operation")]
        self._running = {one.guid: one for one in every if one.status == "Updating"}

    @property
    def running(self) -> list[Operation]:
        return list(self._running.values())

    def running_on(self, endpoint_id: str) -> Operation | None:
        """Return a running operation on an endpoint or one of its deployments, or None."""
        wanted = endpoint_id.lower()
        for one in self._running.values():
            if one.target.lower() == wanted or one.target.lower().startswith(f"{wanted}/"):
                return one
        return None

    def begin(
        self, kind: Kind, verb: Verb, target: str, *, seconds: float, api_version: str
    ) -> Operation:
        due = clock.seconds() + seconds
        guid = str(uuid.uuid4())
        fault = self._faults.operation_error(kind, target.rsplit("/", 1)[-1])
        one = Operation(guid, kind, verb, target, clock.now(), due, api_version, fault=fault)
        self._running[guid] = one
        self._store.put("operation", guid, asdict(one))
        return one

    def end(self, operation: Operation, error: Json | None) -> None:
        """Store its end: Failed with an error, else Succeeded."""
        status = "Failed" if error else "Succeeded"
        ended = {"status": status, "ended": clock.now(), "error": error}
        self._store.put("operation", operation.guid, {**asdict(operation), **ended})
        self._running.pop(operation.guid, None)

    def find(self, name: str) -> Operation | None:
        """Find by the name in its URL, `oeidp:{guid}:{guid}`."""
        record = self._store.get("operation", name.rsplit(":", 1)[-1])
        return Operation(**record) if record else None


def signature(guid: str, query: Mapping[str, str]) -> str:
    """Return the signature that lets any caller use a status URL, as long as it is unchanged."""
    signed = " ".join([guid, *(query.get(key, "") for key in "tch")])
    digest = hmac.new(_SIGNING_KEY, signed.encode(), "sha256").digest()
    return base64.b64encode(digest).decode()
