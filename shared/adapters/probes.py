"""Attempts on storage and Service Bus that need the right in question, and change nothing.

Storage checks the caller's right before it looks for what the call is about. So a change of
something that does not exist is refused without the right (403), and not found with it (404).
"""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest, HttpResponse

from shared.adapters.arm import PUBLIC_CLOUD
from shared.adapters.brief_retry import BriefRetry
from shared.adapters.deadline import within
from shared.adapters.sender import translated_bus
from shared.adapters.translation import failure, failure_of, translated
from shared.domain.access.roles import STORAGE_BLOB_DATA_CONTRIBUTOR, Role
from shared.domain.failure import Denied
from shared.ports.probes import Probe

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusClient
    from azure.storage.blob import BlobServiceClient

type Service = Literal["blob", "queue", "table"]

BLOB_OWNER: Final = Role("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b")
QUEUES: Final = Role("Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88")
TABLES: Final = Role("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3")
RECEIVER: Final = Role("Azure Service Bus Data Receiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0")
SENDER: Final = Role("Azure Service Bus Data Sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39")

_SCOPE: Final = "https://storage.azure.com/.default"
_VERSION: Final = "2023-11-03"
_SECONDS: Final = 15.0
_UNKNOWN: Final = "PRINCIPAL-ID"


@dataclass(frozen=True)
class Bus:
    """Service Bus, and its queues by what Sluice does with them.

    Args:
        connect: makes a new client.
        namespace: the namespace's host name; empty with a connection string.
        sends: queues that Sluice sends to.
        receives: queues that it receives from.
    """

    connect: "Callable[[], ServiceBusClient]"
    namespace: str
    sends: tuple[str, ...]
    receives: tuple[str, ...]


class AzureProbes:
    """The attempts, as Sluice's own identity or by the connection strings of the settings.

    Args:
        credential: Sluice's identity.
        storage: the account of flows and ledger.
        containers: the containers that it must have.
        accounts: URL of a storage service and the role that its use needs, for each that the app
            opens by its identity.
        bus: Service Bus.
        transport: sends the calls to storage; azure-core's own by default.
    """

    def __init__(
        self,
        credential: TokenCredential,
        *,
        storage: "BlobServiceClient",
        containers: tuple[str, ...],
        accounts: tuple[tuple[str, Role], ...],
        bus: Bus,
        transport: HttpTransport[Any, Any] | None = None,
    ) -> None:
        self._credential = credential
        self._storage = storage
        self._containers = containers
        self._accounts = accounts
        self._bus = bus
        self._namespace = bus.namespace.partition(".")[0]
        self._transport = transport

    def principal(self) -> str:
        """Read it in the token's claims, which nothing here relies on."""
        with translated():
            token = self._credential.get_token(f"{PUBLIC_CLOUD}/.default").token
        try:
            claims = token.split(".")[1]
            read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            return str(read["oid"])
        except (ValueError, IndexError, KeyError, TypeError):
            return _UNKNOWN

    def all(self) -> tuple[Probe, ...]:
        """One for each storage service and for each use of a queue."""
        return (
            *map(self._account, self._accounts),
            *map(self._container, self._containers),
            *self._uses(),
        )

    def blobs(self, account_id: str) -> Probe:
        """The account is in Azure's public cloud."""
        url = f"https://{account_id.rpartition('/')[2]}.blob.core.windows.net"
        probe = self._account((url, STORAGE_BLOB_DATA_CONTRIBUTOR))
        return Probe(probe.name, probe.attempt, probe.role, account_id)

    def _account(self, service: tuple[str, Role]) -> Probe:
        url, role = service
        host = urlsplit(url).hostname or url
        find = f"az storage account show --name {host.partition('.')[0]} --query id --output tsv"
        return Probe(host, partial(self._touch, url), role, f"$({find})")

    def _touch(self, url: str) -> None:
        """Change something of a container, queue or table that does not exist."""
        policies = [BearerTokenCredentialPolicy(self._credential, _SCOPE), BriefRetry()]
        client: PipelineClient[HttpRequest, HttpResponse] = PipelineClient(
            url, policies=policies, transport=self._transport
        )
        try:
            with client:
                answer = client.send_request(change_of_nothing(url))
                answer.read()
        except AzureError as error:
            raise failure_of(error) from error
        if answer.status_code != 404:
            code = answer.headers.get("x-ms-error-code") or answer.reason or "Unexpected"
            raise failure(max(answer.status_code, 400), code, answer.reason or "", answer.headers)

    def _container(self, name: str) -> Probe:
        account, host = str(self._storage.account_name), urlsplit(self._storage.url).hostname
        make = f"az storage container-rm create --storage-account {account} --name {name}"

        def look() -> None:
            with translated():
                self._storage.get_container_client(name).get_container_properties()

        by = next((it for it in map(self._account, self._accounts) if it.name == host), None)
        if by is None:
            return Probe(f"container {name}", look, missing=make)
        return Probe(f"container {name}", look, by.role, by.scope, make)

    def _uses(self) -> tuple[Probe, ...]:
        return (
            *(self._queue(it, "receive from", RECEIVER, self._peek) for it in self._bus.receives),
            *(self._queue(it, "send to", SENDER, self._open_sender) for it in self._bus.sends),
        )

    def _queue(self, queue: str, verb: str, role: Role, use: Callable[[str], None]) -> Probe:
        name, attempt = f"{verb} {queue}", partial(within, _SECONDS, partial(use, queue))
        if not self._namespace:
            return Probe(name, attempt)
        group = self._found("resourceGroup")
        make = f"az servicebus queue create --resource-group {group} --namespace-name "
        return Probe(
            name, attempt, role, self._found("id"), f"{make}{self._namespace} --name {queue}"
        )

    def _found(self, field: str) -> str:
        wanted = f"\"[?name=='{self._namespace}'].{field}\""
        return f"$(az servicebus namespace list --query {wanted} --output tsv)"

    def _peek(self, queue: str) -> None:
        with (
            translated_bus(),
            self._client() as client,
            client.get_queue_receiver(queue) as receiver,
        ):
            receiver.peek_messages(1)

    def _open_sender(self, queue: str) -> None:
        """An open link needs the right to send, and sends nothing."""
        with translated_bus(), self._client() as client, client.get_queue_sender(queue):
            pass

    def _client(self) -> "ServiceBusClient":
        try:
            return self._bus.connect()
        except ValueError as error:  # the connection string cannot be read, or there is none
            raise Denied("InvalidConnectionString", str(error)) from error


def storage_services(
    *, blobs: str, queues: str, host: Mapping[Service, str]
) -> tuple[tuple[str, Role], ...]:
    """Return the URLs of storage that are not empty, each with the role that Sluice needs there.

    Args:
        blobs: of the account of flows and ledger.
        queues: of the same account, for the blob trigger.
        host: of the Functions host's own account.
    """
    every = (
        (blobs, STORAGE_BLOB_DATA_CONTRIBUTOR),
        (queues, QUEUES),
        (host.get("blob", ""), BLOB_OWNER),
        (host.get("queue", ""), QUEUES),
        (host.get("table", ""), TABLES),
    )
    return tuple((url, role) for url, role in every if url)


def change_of_nothing(url: str) -> HttpRequest:
    """Return a request that changes something of what does not exist, in that storage service.

    'Set Blob Metadata', 'Set Queue Metadata' and 'Delete Entity': none of them makes anything.
    """
    name = f"doctor{uuid.uuid4().hex}"
    headers: Mapping[str, str] = {"x-ms-version": _VERSION}
    query: dict[str, Any] = {"comp": "metadata"}
    service = (urlsplit(url).hostname or "").split(".")[1:2]
    base = url.rstrip("/")
    if service == ["table"]:
        entity = f"{base}/{name}(PartitionKey='none',RowKey='none')"
        return HttpRequest("DELETE", entity, headers={**headers, "If-Match": "*"})
    place = f"{base}/{name}" if service == ["queue"] else f"{base}/{name}/none"
    return HttpRequest("PUT", place, params=query, headers={**headers, "Content-Length": "0"})
