"""ARM as the real adapters call it: a transport that answers from memory, and logs each call."""

import io
import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from shared.adapters.arm import PUBLIC_CLOUD, Arm

GROUP = "/subscriptions/s/resourceGroups/g"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/w"
_ROLES = "/providers/microsoft.authorization/roleassignments"
_WHAT = (
    (re.compile(r"/operations/\d+$"), "operation"),
    (re.compile(r"/roleassignments(/[^/]+)?$"), "role assignments"),
    (re.compile(r"/onlineendpoints/[^/]+/deployments$"), "deployments"),
    (re.compile(r"/onlineendpoints/[^/]+/deployments/[^/]+$"), "deployment"),
    (re.compile(r"/onlineendpoints/[^/]+$"), "endpoint"),
    (re.compile(r"/listkeys$"), "keys"),
    (re.compile(r"/models/[^/]+/versions/[^/]+$"), "model"),
    (re.compile(r"/environments/[^/]+/versions/[^/]+$"), "environment"),
    (re.compile(r"/datastores/[^/]+$"), "datastore"),
    (re.compile(r"/connections$"), "connections"),
    (re.compile(r"/usages$"), "quota"),
    (re.compile(r"/workspaces/[^/]+$"), "workspace"),
)


class Person:
    """A credential that is always good."""

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token for {scopes[0]}", int(time.time()) + 3600)


class FakeArm(BaseAdapter):
    """Resources by path; an operation has ended at its first poll.

    `calls`: method and resource. `done`: is told of each call once it is carried out, before the
    caller has its answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.done: Callable[[str], None] = lambda call: None
        self._there: dict[str, dict[str, Any]] = {
            WORKSPACE.lower(): _workspace(),
            f"{WORKSPACE}/datastores/workspaceblobstore".lower(): _datastore(),
        }
        self._operations: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def client(self) -> Arm:
        session = requests.Session()
        session.mount("https://", self)
        return Arm(Person(), transport=RequestsTransport(session=session, session_owner=False))

    def settle(self) -> None:
        """Let all operations end, as time would."""
        for path in self._operations.values():
            self._there[path]["properties"]["provisioningState"] = "Succeeded"

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        url = urlsplit(str(request.url))
        path, method = url.path, str(request.method)
        what = next(name for sign, name in _WHAT if sign.search(path.lower()))
        self.calls.append(f"{method} {what}")
        body = json.loads(request.body) if request.body else {}
        status, document, headers = self._answer(method, path, what, body, parse_qs(url.query))
        self.done(self.calls[-1])
        return _response(request, status, document, headers)

    def close(self) -> None: ...

    def _answer(  # noqa: PLR0911 - one for each kind of call
        self, method: str, path: str, what: str, body: dict[str, Any], query: dict[str, list[str]]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        if method == "PUT":
            return self._put(path, what, body)
        if what == "operation":
            self._there[self._operations[path]]["properties"]["provisioningState"] = "Succeeded"
            return 200, {"status": "Succeeded"}, {}
        if what == "keys":
            return 200, {"primaryKey": "k"}, {}
        if what == "quota":
            usage = {"name": {"value": "standardDSv2Family"}, "currentValue": 0, "limit": -1}
            return 200, {"value": [usage]}, {}
        if what == "role assignments":
            [asked] = query["$filter"]
            found = [it for it in self._below(path) if it["properties"]["principalId"] in asked]
            return 200, {"value": found}, {}
        if what in {"deployments", "connections"}:
            return 200, {"value": self._below(path)}, {}
        document = self._there.get(path.lower())
        if document is None:
            return 404, {"error": {"code": "ResourceNotFound", "message": "none"}}, {}
        return 200, document, {}

    def _put(
        self, path: str, what: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        new = path.lower() not in self._there
        document = {**body, "id": path, "name": path.rpartition("/")[2]}
        self._there[path.lower()] = document
        inner, headers = document["properties"], dict[str, str]()
        if what == "endpoint":
            inner["scoringUri"] = "https://e.westeurope.inference.ml.azure.com/score"
            document["identity"] = {"type": "SystemAssigned", "principalId": "principal"}
        if what in {"endpoint", "deployment"}:
            inner["provisioningState"] = "Creating" if new else "Updating"
            operation = f"{GROUP}/operations/{next(self._numbers)}"
            self._operations[operation] = path.lower()
            headers["Azure-AsyncOperation"] = f"{PUBLIC_CLOUD}{operation}?api-version=1"
        if what == "role assignments":
            scope = path[: path.lower().index(_ROLES)]
            inner |= {"scope": scope, "createdOn": "2026-01-01T00:00:00Z"}
        return 201 if new else 200, document, headers

    def _below(self, path: str) -> list[dict[str, Any]]:
        return [it for key, it in self._there.items() if key.startswith(f"{path.lower()}/")]


def _response(
    request: requests.PreparedRequest, status: int, document: Any, headers: dict[str, str]
) -> requests.Response:
    response = requests.Response()
    response.status_code, response.request = status, request
    response.reason, response.url = "Reason", str(request.url)
    response.headers.update(headers)
    content = io.BytesIO(json.dumps(document).encode())
    response.raw = HTTPResponse(content, preload_content=False)
    return response


def _workspace() -> dict[str, Any]:
    registry = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/r"
    storage = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/s"
    return {
        "location": "westeurope",
        "identity": {"tenantId": "t"},
        "properties": {"storageAccount": storage, "containerRegistry": registry},
    }


def _datastore() -> dict[str, Any]:
    credentials = {"credentialsType": "Sas"}
    return {
        "properties": {"accountName": "s", "containerName": "c", "credentials": credentials},
    }
