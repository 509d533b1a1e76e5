"""The sample app on a host of its own, for tests and benches."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from azure.storage.blob import BlobServiceClient

from tests.local.part import Part, eventually

APP = Path(__file__).with_name("app")
KEY = "sample-function-key"
NOWHERE = (
    "Endpoint=sb://127.0.0.1:9/;SharedAccessKeyName=none;SharedAccessKey=none;"
    "UseDevelopmentEmulator=true;"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """The sample app on a host of its own, with a Durable backend of its own."""

    durable: Part
    host: Part
    journal: Path
    log: Path
    storage: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.host.facts["url"], headers={"x-functions-key": KEY}, timeout=10
        )

    def seen(self, kind: str) -> list[dict[str, Any]]:
        if not self.journal.exists():
            return []
        whole, _, _ = self.journal.read_text("utf-8").rpartition("\n")  # less a line half written
        lines = whole.splitlines()
        return [each for each in map(json.loads, lines) if each["kind"] == kind]

    def blobs(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(self.storage)

    def start(self, name: str, instance: str, given: Any = None) -> None:
        answer = self.http.post(f"/api/start/{name}?id={instance}", json=given)
        assert answer.status_code == 202, answer.text

    def output(self, instance: str, within: float = 15) -> Any:
        url = f"/runtime/webhooks/durabletask/instances/{instance}"
        key = {"x-functions-key": self.host.facts["durable_key"]}

        def ask() -> httpx.Response:
            return self.http.get(url, headers=key)

        done = eventually(ask, lambda answer: answer.status_code == 200, within=within)
        return done.json()["output"]


type BuildStack = Callable[..., Stack]
