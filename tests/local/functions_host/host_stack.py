"""The sample app on its own host, for tests and benches."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob import BlobServiceClient, ContainerClient

from local.addresses import free_port
from tests.local.part import Part, eventually

APP = Path(__file__).with_name("app")
KEY = "sample-function-key"
NOWHERE = (
    "Endpoint=sb://127.0.0.1:9/;SharedAccessKeyName=none;SharedAccessKey=none;"
    "UseDevelopmentEmulator=true;"
)


@dataclass
class Stack:
    """The sample app on a host of its own, with a Durable backend of its own."""

    durable: Part
    host: Part
    journal: Path
    log: Path
    storage: str
    prefix: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.host.facts["url"], headers={"x-functions-key": KEY}, timeout=60
        )

    def seen(self, kind: str, **having: Any) -> list[dict[str, Any]]:
        """What the app noted of a kind, with these values."""
        if not self.journal.exists():
            return []
        whole, _, _ = self.journal.read_text("utf-8").rpartition("\n")  # less a line half written
        noted: list[dict[str, Any]] = [json.loads(line) for line in whole.splitlines()]
        having["kind"] = kind
        return [each for each in noted if having.items() <= each.items()]

    def container(self, name: str) -> ContainerClient:
        """A container that the app's triggers know by this short name; made if need be."""
        account = BlobServiceClient.from_connection_string(self.storage)
        client = account.get_container_client(f"{self.prefix}-{name}")
        if not client.exists():
            client.create_container()
        return client

    def start(self, name: str, instance: str, given: Any = None) -> None:
        """Start an orchestration through the app."""
        answer = self.http.post(f"/api/start/{name}?id={instance}", json=given)
        assert answer.status_code == 202, answer.text

    def output(self, instance: str, within: float = 180) -> Any:
        """The output of an instance, or its failure's message, once it has ended."""
        url = f"/runtime/webhooks/durabletask/instances/{instance}"
        key = {"x-functions-key": self.host.facts["durable_key"]}

        def ask() -> httpx.Response:
            return self.http.get(url, headers=key)

        done = eventually(ask, lambda answer: answer.status_code == 200, within=within)
        return done.json()["output"]


type BuildStack = Callable[..., Stack]


def build_stack(folder: Path, storage: str, parts: list[Part], **settings: str) -> Stack:
    """Start backend and host with state in a folder; whoever asks must stop the parts."""
    durable = Part(
        *("local.durable", "--db", str(folder / "hub.db"), "--port", str(free_port())),
        log=folder / "durable.log",
    )
    parts.append(durable)
    prefix = f"t{uuid.uuid4().hex[:8]}"
    env = {
        "AzureWebJobsStorage": storage,
        "SampleStorage": storage,
        "SampleServiceBus": NOWHERE,
        "PREFIX": prefix,
        "REQUESTS": "deploy-requests",
        "SCHEDULE": "0 0 0 1 1 *",
        "JOURNAL": str(folder / "journal.jsonl"),
        "PYTHON_THREADPOOL_THREAD_COUNT": "8",
        **settings,
    }
    host = Part(
        "local.functions_host",
        *("--app", str(APP), "--port", str(free_port()), "--state", str(folder / "state")),
        *("--durable", durable.facts["address"], "--function-key", KEY),
        *("--blob-interval", "0.2"),
        env=env,
        log=folder / "host.log",
    )
    parts.append(host)
    return Stack(durable, host, folder / "journal.jsonl", folder / "host.log", storage, prefix)
