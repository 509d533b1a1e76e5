"""Scripted answers that the emulator never gives."""

import io
import json
import time
from typing import Any

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from shared.adapters.arm import Arm
from shared.adapters.operations import begun, followed
from shared.adapters.roles import ArmRoles
from shared.adapters.workspace import ArmWorkspace
from shared.domain.failure import Refused, Unavailable

ARM = "https://management.azure.com"
OPERATION = f"{ARM}/subscriptions/s/mfeOperationResults/o?api-version=1"


class Person:
    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        return AccessToken(f"token for {scopes[0]}", int(time.time()) + 3600)


class Script(BaseAdapter):
    """Return answers (status, body, headers) in order, and record the requests."""

    def __init__(self, *answers: tuple[int, Any] | tuple[int, Any, dict[str, str]]) -> None:
        super().__init__()
        self._answers = iter(answers)
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.asked.append(request)
        status, body, *headers = next(self._answers)
        response = requests.Response()
        response.status_code, response.request = status, request
        response.reason, response.url = "Reason", str(request.url)
        response.headers.update(headers[0] if headers else {})
        text = body if isinstance(body, str) else json.dumps(body)
        response.raw = HTTPResponse(io.BytesIO(text.encode()), preload_content=False)
        return response

    def close(self) -> None: ...


def arm(script: Script) -> Arm:
    session = requests.Session()
    session.mount("https://", script)
    return Arm(Person(), transport=RequestsTransport(session=session, session_owner=False))


@pytest.mark.parametrize("host", ["management.azure.com", "Management.Azure.com:443"])
def test_a_list_is_read_to_its_last_page(host: str) -> None:
    link = f"https://{host}/x?api-version=1&$skipToken=a%2Bb%3D"
    script = Script((200, {"value": [{"name": "a"}], "nextLink": link}), (200, {"value": []}))
    assert ArmWorkspace(arm(script), "/ws").connections() == {"a"}
    assert [str(one.url) for one in script.asked][1] == f"{ARM}/x?api-version=1&$skipToken=a%2Bb%3D"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/x",
        "https://management.azure.com.example.org/x",
        "https://management.azure.com:8443/x",
        "https://management.azure.com@example.org/x",
        "https://person@management.azure.com/x",
        "http://management.azure.com/x",
        "https://management.azure.com:port/x",
        "/x",
    ],
)
def test_a_next_link_to_another_host_is_not_followed(link: str) -> None:
    script = Script((200, {"value": [], "nextLink": link}))
    with pytest.raises(Refused, match="ForeignUrl"):
        ArmWorkspace(arm(script), "/ws").connections()
    assert len(script.asked) == 1


def test_a_circular_list_of_pages_ends() -> None:
    page = {"value": [{"name": "a"}], "nextLink": f"{ARM}/x?page=2"}
    with pytest.raises(Unavailable, match="EndlessList"):
        ArmWorkspace(arm(Script((200, page), (200, page))), "/ws").connections()


def test_an_error_page_that_is_not_json_still_has_a_kind() -> None:
    with pytest.raises(Refused) as refused:
        arm(Script((418, "<html>"))).get("/x", "1")
    assert (refused.value.code, refused.value.status) == ("Reason", 418)
    with pytest.raises(Refused, match="NoJson"):
        arm(Script((200, "<html>"))).get("/x", "1")


def test_a_deletion_with_only_a_location_header_is_followed() -> None:
    client = arm(Script((202, "", {"Location": OPERATION}), (202, ""), (204, "")))
    url = begun(client.call("DELETE", "/x", "1"))
    assert url == OPERATION
    assert followed(client, url).status == "running"
    assert followed(client, url).status == "succeeded"


def test_a_result_that_is_an_error_is_a_failed_operation() -> None:
    error = {"code": "InternalServerError", "message": "It broke."}
    failed = followed(arm(Script((400, {"error": error}))), OPERATION)
    assert (failed.status, failed.code, failed.message) == (
        "failed",
        "InternalServerError",
        "It broke.",
    )


def test_a_status_url_is_kept_and_requested_with_its_signature() -> None:
    query = "api-version=2025-12-01&t=638&c=MII%2Bx%2F%3D&s=a%2Bb%3D&h=y"
    signed = f"https://Management.Azure.com:443/s/mfeOperationsStatus/oeidp:a:b?{query}"
    script = Script((201, {}, {"Azure-AsyncOperation": signed}), (200, {"status": "Succeeded"}))
    client = arm(script)
    url = begun(client.call("PUT", "/x", "1", {}))
    assert url == signed
    assert followed(client, url).status == "succeeded"
    assert script.asked[1].url == f"{ARM}/s/mfeOperationsStatus/oeidp:a:b?{query}"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refused_or_missing_status_url_leaves_the_operation_unknown(status: int) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    url = f"{ARM}/subscriptions/s/mfeOperationsStatus/o?api-version=1"
    answers = [(status, error)] * 2  # a refused token is renewed once
    assert followed(arm(Script(*answers)), url).status == "unknown"


def test_each_auth_mode_has_its_credential() -> None:
    script = Script((200, {"primaryKey": "k"}), (200, {"accessToken": "t"}))
    workspace = ArmWorkspace(arm(script), "/ws")
    assert workspace.credential("echo", "Key") == "k"
    assert workspace.credential("echo", "AMLToken") == "t"
    assert workspace.credential("echo", "AADToken") == "token for https://ml.azure.com/.default"
    assert [str(one.path_url).partition("?")[0] for one in script.asked] == [
        "/ws/onlineEndpoints/echo/listKeys",
        "/ws/onlineEndpoints/echo/token",
    ]


def test_without_a_container_log_the_storage_initializers_log_is_shown() -> None:
    empty = {"content": "Instance status:\nUserContainerStart: Failed\nContainer logs:\n\n"}
    fetched = {"content": "Instance status:\nContainer logs:\ncannot load the model\n"}
    workspace = ArmWorkspace(arm(Script((200, empty), (200, fetched))), "/ws")
    assert "cannot load the model" in workspace.deployment_log("echo", "blue")


def test_the_registry_is_looked_up_until_it_exists() -> None:
    inner = {"storageAccount": "/st", "containerRegistry": None}
    shown = {"location": "westeurope", "properties": inner}
    made = {**shown, "properties": {**inner, "containerRegistry": "/acr"}}
    workspace = ArmWorkspace(arm(Script((200, shown), (200, made))), "/ws")
    assert workspace.facts().container_registry_id is None
    assert workspace.facts().container_registry_id is None, "no read: nothing new is asked for"
    found = [workspace.facts(newest=True).container_registry_id for _ in range(2)]
    assert found == ["/acr", "/acr"]


def test_a_principal_that_is_not_replicated_yet_is_tried_again_later() -> None:
    error = {"error": {"code": "PrincipalNotFound", "message": "not in the directory"}}
    with pytest.raises(Unavailable):
        ArmRoles(arm(Script((400, error)))).assign("/subscriptions/s", "role", "principal")


def test_calls_to_arm_carry_a_token_for_arm() -> None:
    script = Script((200, {}))
    arm(script).get("/x", "1")
    assert script.asked[0].headers["Authorization"] == f"Bearer token for {ARM}/.default"
