"""A plain client of the emulator: requests through its proxy, as one identity."""

import time
from typing import Any

import requests

from local import cloud
from local.azure_ml.testing import Facts

WS = cloud.WORKSPACE_ID
PLACE = f"/subscriptions/{cloud.SUBSCRIPTION}/resourcegroups/{cloud.RESOURCE_GROUP}"
PLACE += f"/workspaces/{cloud.WORKSPACE}"
"""The workspace in Azure ML's URIs."""
VERSION = "2025-12-01"
ROLES = "2022-04-01"
REGION = (
    f"/subscriptions/{cloud.SUBSCRIPTION}/providers/Microsoft.MachineLearningServices"
    f"/locations/{cloud.REGION}"
)


def failed(status: Any, code: str) -> bool:
    """Return whether an operation failed with this code, as Azure ML puts it in the message."""
    error = status.get("error") or {}
    head = str(error.get("message")).startswith(f"{code}: ")
    return status["status"] == "Failed" and error["code"] is None and head


def token(facts: Facts, secret: str, resource: str, client_id: str | None = None) -> str:
    query = {"api-version": "2019-08-01", "resource": resource}
    if client_id is None and secret == cloud.APP_IDENTITY_HEADER:
        client_id = cloud.APP_CLIENT
    if client_id:
        query["client_id"] = client_id
    answer = requests.get(
        facts.identity_endpoint, params=query, headers={"X-IDENTITY-HEADER": secret}, timeout=60
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


class Client:
    """ARM as one identity. A path that begins with '/' is absolute, else below the workspace."""

    def __init__(self, facts: Facts, secret: str, client_id: str | None = None) -> None:
        self.facts = facts
        self.web = requests.Session()
        self.web.trust_env = False
        self.web.proxies = {"https": facts.proxy}
        self.web.verify = facts.ca_bundle
        bearer = token(facts, secret, "https://management.azure.com/", client_id)
        self.web.headers["Authorization"] = f"Bearer {bearer}"

    def call(
        self, method: str, path: str, body: Any = None, version: str = VERSION, **query: str
    ) -> requests.Response:
        place = path if path.startswith("/") else f"{WS}/{path}"
        return self.web.request(
            method,
            f"https://management.azure.com{place}",
            params={"api-version": version, **query},
            json=body,
            timeout=60,
        )

    def get(self, path: str, **query: str) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.ok, answer.text
        return answer.json()

    def pages(self, path: str, **query: str) -> list[list[Any]]:
        """Yield a list's items page by page, following each link as written."""
        page = self.get(path, **query)
        read = [page["value"]]
        while link := page.get("nextLink"):
            answer = self.web.get(link, timeout=60)
            assert answer.ok, answer.text
            page = answer.json()
            read.append(page["value"])
        return read

    def all(self, path: str, **query: str) -> list[Any]:
        """Return the items of all pages of a list."""
        return [item for page in self.pages(path, **query) for item in page]

    def ended(self, begun: requests.Response, within: float = 180) -> Any:
        """Wait for the operation of an answer, and return its final status."""
        assert begun.ok, begun.text
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            status = self.web.get(begun.headers["Azure-AsyncOperation"], timeout=60).json()
            assert "status" in status, status
            if status["status"] in ("Succeeded", "Failed"):
                return status
            time.sleep(0.03)
        raise AssertionError("the operation did not end in time")

    def put_endpoint(
        self,
        name: str,
        *,
        traffic: dict[str, int] | None = None,
        mirror: dict[str, int] | None = None,
        identity: dict[str, Any] | None = None,
        mode: str = "Key",
        properties: dict[str, str] | None = None,
    ) -> requests.Response:
        wanted = {
            "authMode": mode,
            "traffic": traffic or {},
            "mirrorTraffic": mirror or {},
            "properties": properties or {},
        }
        body: dict[str, Any] = {"location": cloud.REGION, "properties": wanted}
        body["identity"] = identity or {"type": "SystemAssigned"}
        return self.call("PUT", f"onlineEndpoints/{name}", body)

    def put_deployment(
        self,
        endpoint: str,
        name: str,
        *,
        instances: int = 1,
        size: str = "Standard_DS3_v2",
        **properties: Any,
    ) -> requests.Response:
        wanted = {
            "endpointComputeType": "Managed",
            "model": f"{WS}/models/flow-model/versions/1",
            "environmentId": f"{WS}/environments/flow-env/versions/1",
            "instanceType": size,
            **properties,
        }
        body = {
            "location": cloud.REGION,
            "sku": {"name": "Default", "capacity": instances},
            "properties": wanted,
        }
        return self.call("PUT", f"onlineEndpoints/{endpoint}/deployments/{name}", body)

    def grant(self, scope: str, role: str, principal: str, name: str, **more: str) -> Any:
        definition = f"/subscriptions/{cloud.SUBSCRIPTION}/providers/Microsoft.Authorization"
        body = {
            "properties": {
                "roleDefinitionId": f"{definition}/roleDefinitions/{role}",
                "principalId": principal,
                "principalType": "ServicePrincipal",
                **more,
            }
        }
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
        return self.call("PUT", path, body, ROLES)


def error(answer: requests.Response) -> str:
    """Return the error code of an answer."""
    return str(answer.json()["error"]["code"])
