"""App Service's own sign-in before the app: who calls is told in headers that only it can set."""

import base64
import json

import httpx

from local.functions_host.web.keys import Keys
from local.functions_host.web.sign_in import SignIn
from tests.local.functions_host.host_stack import KEY, BuildStack, Stack

FORGED = {"x-ms-client-principal-name": "mallory", "x-ms-client-principal": "e30="}


def _headers(answer: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = answer.json()["headers"]
    return found


def test_callers_are_known_by_cookie_and_token_alone(build: BuildStack) -> None:
    stack = build(WEBSITE_AUTH_ENABLED="True")
    nobody = _headers(stack.http.get("/api/echo/a", headers=FORGED))
    assert not any(it.startswith("x-ms-client-principal") for it in nobody)

    chosen = stack.http.get("/.auth/login/aad?post_login_redirect_uri=/api/ui")
    assert "/.auth/login/aad/rafi@example.org?post_login_redirect_uri=/api/ui" in chosen.text
    login = stack.http.get("/.auth/login/aad/rafi@example.org?post_login_redirect_uri=/api/ui")
    assert (login.status_code, login.headers["location"]) == (302, "/api/ui")
    known = _headers(stack.http.get("/api/echo/a", headers=FORGED))
    assert known["x-ms-client-principal-name"] == "rafi@example.org"
    claims = json.loads(base64.b64decode(known["x-ms-client-principal"]))["claims"]
    assert {"typ": "roles", "val": "Sluice.Reader"} in claims

    stack.http.get("/.auth/logout")
    assert "x-ms-client-principal" not in _headers(stack.http.get("/api/echo/a"))
    token = SignIn(Keys.derived(KEY).sign_in).token("olga@example.org")
    bearer = {"authorization": f"Bearer {token}"}
    known = _headers(stack.http.get("/api/echo/a", headers=bearer))
    assert known["x-ms-client-principal-name"] == "olga@example.org"
    wrong = {"authorization": f"Bearer {token}x"}
    assert stack.http.get("/api/echo/a", headers=wrong).status_code == 401
    assert stack.http.get("/.auth/other").status_code == 404


def test_a_sign_in_leads_to_this_host_alone(build: BuildStack) -> None:
    stack = build(WEBSITE_AUTH_ENABLED="True")
    for elsewhere in ("//evil.example", "https://evil.example"):
        url = f"/.auth/login/aad/rafi@example.org?post_login_redirect_uri={elsewhere}"
        assert stack.http.get(url).headers["location"] == "/"


def test_without_the_setting_there_is_no_sign_in(shared: Stack) -> None:
    assert shared.http.get("/.auth/login/aad").status_code == 404
    assert _headers(shared.http.get("/api/echo/a", headers=FORGED))[
        "x-ms-client-principal-name"
    ] == ("mallory")
