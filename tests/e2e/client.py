"""A client of the stack that uses only the public SDKs and stack.json."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.storage.blob import BlobServiceClient, ContainerClient

from tests.fakes.schemas import check_event

ARM = "https://management.azure.com"
ENDED = frozenset(
    {"succeeded", "unchanged", "rejected", "failed", "rolled back", "superseded", "canceled"}
)


class Client:
    """Drop, request, read and score. `facts` is the content of stack.json."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self._results: dict[str, list[dict[str, Any]]] = {}

    @cached_property
    def flows(self) -> ContainerClient:
        account = BlobServiceClient.from_connection_string(self.facts["storage_connection_string"])
        return account.get_container_client(self.facts["flows_container"])

    @cached_property
    def bus(self) -> ServiceBusClient:
        return ServiceBusClient.from_connection_string(self.facts["servicebus_connection_string"])

    @cached_property
    def sender(self) -> ServiceBusSender:
        """A sender that stays open, since opening one takes half a second."""
        return self.bus.get_queue_sender(self.facts["requests_queue"])

    @cached_property
    def receiver(self) -> ServiceBusReceiver:
        """A receiver opened in advance, since opening takes longer than one read."""
        return self.bus.get_queue_receiver(self.facts["results_queue"]).__enter__()

    def reconnect(self) -> None:
        """Open new connections to a bus that was killed: the SDK does not recover open ones."""
        for name in ("bus", "sender", "receiver"):
            self.__dict__.pop(name, None)

    # ------------------------------------------------------------------ the app

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        """Call the app's HTTP API with its function key."""
        headers = {"x-functions-key": self.facts["function_key"], **given.pop("headers", {})}
        return requests.request(
            method,
            f"{self.facts['functions_url']}/api/{path}",
            headers=headers,
            timeout=60,
            **given,
        )

    def drop(self, path: str, content: bytes) -> str:
        """Upload a package and return the job that the app makes of it."""
        return self.taken(path, self.upload(path, content))

    def upload(self, path: str, content: bytes) -> str:
        """Upload and return the new ETag."""
        return str(self.flows.get_blob_client(path).upload_blob(content, overwrite=True)["etag"])

    def taken(self, path: str, etag: str) -> str:
        """Wait for the job that the app makes of an upload."""
        found = wait(lambda: self._job_of(path, etag), 300, f"no job for {path}")
        return str(found["job"])

    def _job_of(self, path: str, etag: str) -> dict[str, Any] | None:
        answer = self.call("GET", "jobs", params={"blob": path, "etag": etag})
        jobs = answer.json()["jobs"] if answer.status_code == 200 else []
        return jobs[0] if jobs else None

    def send(self, body: Mapping[str, Any] | bytes, message_id: str | None = None) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body)
        self.sender.send_messages(ServiceBusMessage(text, message_id=message_id))

    def job(self, job: str) -> dict[str, Any] | None:
        try:
            answer = self.call("GET", f"jobs/{job}")
        except requests.ConnectionError:
            return None
        return dict(answer.json()) if answer.status_code == 200 else None

    def ended(self, job: str, seconds: float = 600) -> dict[str, Any]:
        """Wait for the job's end and return it; most tests check `result.data`."""

        def done() -> dict[str, Any] | None:
            shown = self.job(job)
            return shown if shown and shown["state"] in ENDED else None

        return wait(done, seconds, lambda: f"job {job} has not ended: {self.job(job)}")

    def outcome(self, job: str, seconds: float = 600) -> dict[str, Any]:
        return dict(self.ended(job, seconds)["result"]["data"])

    def deploy(self, path: str, content: bytes, seconds: float = 600) -> dict[str, Any]:
        return self.outcome(self.drop(path, content), seconds)

    def results(self, job: str, seconds: float = 180) -> list[dict[str, Any]]:
        """Take every visible result message of the job off the queue."""
        end = time.monotonic() + seconds
        while True:
            self._take()
            if job in self._results or time.monotonic() > end:
                return self._results.get(job, [])

    def _take(self) -> None:
        for message in self.receiver.receive_messages(50, max_wait_time=0.3):
            event = json.loads(str(message))
            check_event(event)
            self._results.setdefault(event["data"].get("job", ""), []).append(event)
            self.receiver.complete_message(message)

    def answers(self, message_id: str, seconds: float = 180) -> list[dict[str, Any]]:
        """Return every result taken off the queue that names the message."""

        def found() -> list[dict[str, Any]]:
            self._take()
            every = [event for events in self._results.values() for event in events]
            return [event for event in every if event["data"].get("message_id") == message_id]

        return wait(found, seconds, f"no result names the message {message_id}")

    def next_result(self) -> dict[str, Any] | None:
        """Take the next result message off the queue, if one arrives within a second."""
        for message in self.receiver.receive_messages(1, max_wait_time=1):
            self.receiver.complete_message(message)
            return dict(json.loads(str(message)))
        return None

    # ------------------------------------------------------------------ Azure

    @cached_property
    def azure(self) -> requests.Session:
        """Return a session that reaches Azure's host names through the stack's proxy."""
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"https": self.facts["https_proxy"]}
        session.verify = self.facts["ca_bundle"]
        return session

    def token(self, resource: str = ARM) -> str:
        answer = requests.get(
            self.facts["identity_endpoint"],
            params={"api-version": "2019-08-01", "resource": resource},
            headers={"X-IDENTITY-HEADER": self.facts["identity_header"]},
            timeout=60,
        )
        return str(answer.json()["access_token"])

    @property
    def workspace(self) -> str:
        return (
            f"/subscriptions/{self.facts['subscription_id']}"
            f"/resourceGroups/{self.facts['resource_group']}"
            f"/providers/Microsoft.MachineLearningServices/workspaces/{self.facts['workspace']}"
        )

    def arm(
        self, method: str, path: str, version: str = "2025-12-01", **given: Any
    ) -> requests.Response:
        """Call ARM as the developer; the path is an ARM id."""
        params = {"api-version": version, **given.pop("params", {})}
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self.azure.request(
            method, f"{ARM}{path}", params=params, headers=headers, timeout=60, **given
        )

    def endpoint(self, name: str) -> dict[str, Any] | None:
        answer = self.arm("GET", f"{self.workspace}/onlineEndpoints/{name}")
        return dict(answer.json()) if answer.status_code == 200 else None

    def traffic(self, name: str) -> dict[str, int]:
        found = self.endpoint(name)
        return {k: v for k, v in found["properties"]["traffic"].items() if v} if found else {}

    def deployments(self, name: str) -> list[dict[str, Any]]:
        return self.arm_list(f"{self.workspace}/onlineEndpoints/{name}/deployments")

    def assignments(self, principal: str, scope: str | None = None) -> list[dict[str, Any]]:
        path = f"{scope or self.workspace}/providers/Microsoft.Authorization/roleAssignments"
        return self.arm_list(
            path, "2022-04-01", params={"$filter": f"principalId eq '{principal}'"}
        )

    def arm_list(self, path: str, *version: str, **given: Any) -> list[dict[str, Any]]:
        """Return all items of a list; none if there is no such list."""
        answer = self.arm("GET", path, *version, **given)
        if answer.status_code == 404:
            return []
        answer.raise_for_status()
        return self._items(answer)

    def _items(self, answer: requests.Response) -> list[dict[str, Any]]:
        """Yield the items of a page and of all following pages."""
        page = answer.json()
        items = list(page["value"])
        while link := page.get("nextLink"):
            headers = {"Authorization": f"Bearer {self.token()}"}
            page = self.azure.get(link, headers=headers, timeout=60).json()
            items += page["value"]
        return items

    def score(self, name: str, body: Any, **headers: str) -> requests.Response:
        keys = self.arm("POST", f"{self.workspace}/onlineEndpoints/{name}/listKeys").json()
        found = self.endpoint(name)
        assert found is not None
        return self.azure.post(
            found["properties"]["scoringUri"],
            json=body,
            headers={"Authorization": f"Bearer {keys['primaryKey']}", **headers},
            timeout=60,
        )

    # ------------------------------------------------------------------ the stack

    def admin(self, method: str, path: str, **given: Any) -> requests.Response:
        return requests.request(method, f"{self.facts['admin_url']}/{path}", timeout=60, **given)

    @contextmanager
    def fault(self, *rules: Mapping[str, Any], **rule: Any) -> Iterator[None]:
        """Inject a fault into the emulator for the duration of the block."""
        for one in (*rules, *([rule] if rule else [])):
            answer = self.admin("POST", "faults", json=one)
            assert answer.status_code < 300, answer.text
        try:
            yield
        finally:
            self.admin("DELETE", "faults")

    def calls(self, pattern: str = "") -> list[dict[str, Any]]:
        """Return the logged calls whose path contains the text."""
        answer = self.admin("GET", "calls").json()
        found = answer if isinstance(answer, list) else answer["calls"]
        return [call for call in found if pattern.lower() in call["path"].lower()]

    def writes(self, pattern: str = "") -> list[dict[str, Any]]:
        """Return the ARM calls that change something."""
        return [
            call
            for call in self.calls(pattern)
            if call["host"] == "management.azure.com"
            and call["method"] in {"PUT", "PATCH", "DELETE"}
        ]


def wait[T](
    look: Callable[[], T | None],
    seconds: float,
    otherwise: str | Callable[[], str],
    every: float = 0.2,
) -> T:
    """Call `look` until it returns something, and return that."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(every)


def zipped(folder: Path, **changes: str) -> bytes:
    """Zip a folder; keywords are files to add or replace, `__` for a dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name.replace(".", "__") not in changes:
                archive.write(path, name)
        for name, text in changes.items():
            archive.writestr(name.replace("__", "."), text)
    return written.getvalue()
