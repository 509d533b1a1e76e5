"""A Sluice that is away, or something else at its address: said at once, in one line."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from cli import connection
from cli.__main__ import main
from cli.errors import CommandError
from cli.service import Service
from cli.target import Target


def _service(url: str) -> Service:
    return Service(Target({"functions_url": url, "function_key": "k"}, "the test"))


def _answering(monkeypatch: pytest.MonkeyPatch, status: int, content: bytes) -> Service:
    def request(*_: Any, **__: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code, answer._content = status, content
        return answer

    monkeypatch.setattr(requests.Session, "request", request)
    service = _service("https://sluice.example")
    service._app._patience = -1
    return service


def test_an_address_without_a_server_is_told_before_the_wait(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setattr(connection, "BETWEEN_TRIES_SECONDS", 0.01)
        service = _service(url)
        service._app._patience = 0.1
        with pytest.raises(CommandError) as wrong:
            service.endpoints()
        told = capsys.readouterr().err.splitlines()
    fault = f"sluice: no answer from {url} (the connection is refused or ends)"
    assert told == [f"{fault}; trying again for 0 s (Ctrl-C ends it)"]
    assert str(wrong.value).endswith("its address is from the test")
    assert wrong.value.exit_code == 4


def test_a_host_that_does_not_exist_ends_the_command_at_once(tmp_path: Path) -> None:
    facts = {"functions_url": "http://no-such-host.invalid", "function_key": "k"}
    with pytest.raises(CommandError, match=r"there is no host for http://no-such-host\.invalid"):
        Service(Target(facts | {"https_proxy": "x"}, "the test")).endpoints()


def test_the_reason_of_a_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps({"error": "Azure does not answer: 503"}).encode()
    with pytest.raises(CommandError, match="answers 503: Azure does not answer: 503"):
        _answering(monkeypatch, 503, content).endpoints()


@pytest.mark.parametrize("status", [404, 405, 429, 502])
def test_another_servers_page_is_no_answer(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with pytest.raises(CommandError, match=f"https://sluice.example answers {status}") as wrong:
        _answering(monkeypatch, status, b"<!doctype html><title>Sign in</title>").endpoint("x")
    assert wrong.value.exit_code == 4
    assert "doctype" not in str(wrong.value)


def test_an_unknown_command_is_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["jbos"])
    assert ended.value.code == 2
    assert "jobs" in capsys.readouterr().err
