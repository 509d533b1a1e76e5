"""The command line signs in where the app has its callers sign in."""

from typing import Any

import pytest
import requests

from cli import connection
from cli.errors import CommandError
from cli.service import Service
from cli.target import Target

URL = "https://sluice.example"


class App:
    """Answers as an app whose callers sign in; notes the headers of what it is asked."""

    def __init__(self, sign_in: str | None) -> None:
        self.sign_in = sign_in
        self.seen: list[tuple[str, dict[str, str]]] = []

    def send(self, request: Any, **_: Any) -> requests.Response:
        path = request.url.removeprefix(URL)
        self.seen.append((path, dict(request.headers)))
        answer = requests.Response()
        answer.request, answer.url = request, request.url
        status, text = self._answer(path, request.headers)
        answer.status_code, answer._content = status, text.encode()
        return answer

    def _answer(self, path: str, headers: Any) -> tuple[int, str]:
        if path == "/api/health":
            told = "null" if self.sign_in is None else f'"{self.sign_in}"'
            return 200, f'{{"status": "ok", "workspace": "w", "sign_in": {told}, "caller": null}}'
        if headers.get("Authorization") == "Bearer token for api://sluice":
            return 200, '{"endpoints": []}'
        return 401, '{"error": "Nobody is signed in, and this app takes no function keys."}'


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App("api://sluice")
    monkeypatch.setattr(requests.Session, "send", made.send)
    monkeypatch.setattr(connection, "make_credential", lambda _: None)
    monkeypatch.setattr(connection, "get_token", lambda _, audience: f"token for {audience}")
    return made


def _service(**facts: str) -> Service:
    return Service(Target({"functions_url": URL, **facts}, "the environment"))


def test_without_a_key_it_asks_how_to_sign_in_once(app: App) -> None:
    service = _service()
    assert service.endpoints() == []
    assert service.endpoints() == []
    assert [path for path, _ in app.seen] == ["/api/health", "/api/endpoints", "/api/endpoints"]
    assert "x-functions-key" not in app.seen[-1][1]


def test_a_key_where_callers_sign_in_is_told(app: App) -> None:
    del app
    with pytest.raises(CommandError) as wrong:
        _service(function_key="k").endpoints()
    assert str(wrong.value) == (
        f"{URL} wants you to sign in; it takes no function keys: unset SLUICE_FUNCTION_KEY, and "
        "run `az login`"
    )


def test_an_app_that_takes_keys_needs_one(app: App) -> None:
    app.sign_in = None
    with pytest.raises(CommandError, match="SLUICE_FUNCTION_KEY is not set"):
        _service().endpoints()


def test_a_refused_sign_in_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    del app
    monkeypatch.setattr(connection, "get_token", lambda *_: "another")
    with pytest.raises(CommandError, match="does not accept this sign-in \\(401: Nobody is signed"):
        _service().endpoints()


def test_who_is_not_signed_in_to_azure_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    del app

    def refuse(*_: Any) -> str:
        raise CommandError("not signed in to Azure: run `az login`", 4)

    monkeypatch.setattr(connection, "get_token", refuse)
    with pytest.raises(CommandError, match="run `az login`"):
        _service().endpoints()
