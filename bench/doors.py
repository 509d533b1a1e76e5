"""Patient clients at the three doors: they ask again until they are answered."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import requests
from azure.servicebus.exceptions import ServiceBusError

from tests.e2e.client import Client, wait, zipped

SAMPLE: Final = Path(__file__).parents[1] / "samples" / "hello"
DOORS: Final = ("blob", "bus", "http")
PATIENCE: Final = 420.0


class Doors:
    """Sends packages of the sample. The app is asked by HTTP alone, and only to take a request."""

    def __init__(self, client: Client, pool: ThreadPoolExecutor) -> None:
        self._client, self._pool = client, pool

    def ask(self, endpoint: str, door: str, key: str, manifest: str = "") -> Future[str] | None:
        """Send a package whose content differs by `key` to the endpoint.

        The future gives the job once the call is answered; a drop and a message need no answer.
        """
        named = f"{manifest}endpoint: {{name: {endpoint}}}\n"
        content = zipped(SAMPLE, deploy__yaml=named, key__txt=key)
        path = f"{key}.{'zip' if door == 'blob' else 'package'}"
        self._client.upload(path, content)
        body = {"source": {"blob": path}}
        if door == "blob":
            return None
        if door == "bus":
            self._send(body, key)
            return None
        return self._pool.submit(self.call, "POST", "deployments", key, json=body)

    def call(self, method: str, path: str, key: str, **given: Any) -> str:
        """Call until it is taken, with the same key; return the job."""
        headers = {"Idempotency-Key": key}

        def called() -> str | None:
            try:
                answer = self._client.call(method, path, headers=headers, **given)
            except requests.RequestException:
                return None
            return str(answer.json()["job"]) if answer.status_code == 202 else None

        return wait(called, PATIENCE, f"{method} {path} is not answered")

    def _send(self, body: dict[str, Any], key: str) -> None:
        def sent() -> bool:
            try:
                self._client.send(body, key)
            except ServiceBusError:
                self._client.reconnect()
                return False
            return True

        wait(sent, PATIENCE, f"message {key} is not taken")
