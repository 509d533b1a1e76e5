"""Long-running operations: begun by a call, carried out aside, and read by their status URL.

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
    """What is being done to a resource (`target`, an ARM id); it ends at `due` at the earliest.

    `fault` is an error that somebody asked for: it ends with that, and nothing is done.
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
        """Where its status is: unsigned, so its reader needs a right on the region."""
        return self._url("mfeOperationsStatus")

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries that began it."""
        resource = f"{ARM}{self.target}?api-version={self.api_version}"
        return {
            "Azure-AsyncOperation": self._signed(self.uri),
            "Location": self.result if self.verb == "delete" else resource,
            "x-ms-async-operation-timeout": "PT30M",
        }

    @property
    def result(self) -> str:
        """Where the result of a deletion is: signed."""
        return self._signed(self._url("mfeOperationResults"))

    def _signed(self, url: str) -> str:
        """With time, certificate, signature and hash, as ARM signs: `t`, `c`, `s`, `h`."""
        given = {"t": str(int(self.due * 10_000_000)), "c": _CERTIFICATE, "h": "local"}
        signed = {**given, "s": signature(self.guid, given)}
        return f"{url}&{urlencode({key: signed[key] for key in 'tcsh'})}"

    def _url(self, kind: str) -> str:
        return f"{ARM}{REGION_PATH}/{kind}/{self.name}?api-version={self.api_version}"


class OperationFaults(Protocol):
    """Errors that somebody asked for."""

    def operation_error(self, kind: Kind, name: str) -> Json | None:
        """The error that an operation of this kind and name, which begins now, shall end with."""
        ...


class Operations:
    """The operations by id. Those that run are known without a look into the store."""

    def __init__(self, store: Store, faults: OperationFaults) -> None:
        self._store = store
        self._faults = faults
        every = [Operation(**record) for record in store.all("operation")]
        self._running = {one.guid: one for one in every if one.status == "Updating"}

    @property
    def running(self) -> list[Operation]:
        return list(self._running.values())

    def on(self, endpoint_id: str) -> Operation | None:
        """An operation that runs on an endpoint or on one of its deployments."""
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
        """Write how it ended: Failed with an error, else Succeeded."""
        status = "Failed" if error else "Succeeded"
        ended = {"status": status, "ended": clock.now(), "error": error}
        self._store.put("operation", operation.guid, {**asdict(operation), **ended})
        self._running.pop(operation.guid, None)

    def find(self, name: str) -> Operation | None:
        """By the name in its URL, `oeidp:{guid}:{guid}`."""
        record = self._store.get("operation", name.rsplit(":", 1)[-1])
        return Operation(**record) if record else None


def signature(guid: str, query: Mapping[str, str]) -> str:
    """What makes a status URL good for any caller that has it, and has it whole."""
    signed = " ".join([guid, *(query.get(key, "") for key in "tch")])
    digest = hmac.new(_SIGNING_KEY, signed.encode(), "sha256").digest()
    return base64.b64encode(digest).decode()
