"""`sluice chat` with an endpoint that answers over HTTP, at once or piece by piece."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cli import arm
from cli.commands.chat import chat
from cli.errors import CommandError
from cli.target import Target

FACTS = {"subscription_id": "s", "resource_group": "g", "workspace": "w"}
CHAT = {"x-chat-input": "question", "x-chat-history": "turns", "x-chat-output": "answer"}


class Endpoint:
    """A flow behind an endpoint: its OpenAPI document, and its answers in turn."""

    def __init__(self, *answers: tuple[int, str, bytes], info: Mapping[str, str] = CHAT) -> None:
        self.answers = list(answers)
        self.info = info
        self.asked = list[dict[str, Any]]()
        self.keys = set[str]()


@contextmanager
def _served(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = {"info": dict(endpoint.info)}
            self._send(200, "application/json", json.dumps(document).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append(json.loads(body))
            endpoint.keys.add(str(self.headers["Authorization"]))
            self._send(*endpoint.answers.pop(0))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    url = f"http://127.0.0.1:{server.server_port}"
    scoring = arm.Scoring(f"{url}/score", f"{url}/swagger.json", "k")
    monkeypatch.setattr(arm.Azure, "find_scoring", lambda *_: scoring)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _talk(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, said: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    with _served(endpoint, monkeypatch):
        return chat("hello", Target(FACTS, "the test"))


def _whole(answer: str) -> tuple[int, str, bytes]:
    return 200, "application/json", json.dumps({"answer": answer, "more": 1}).encode()


def test_each_turn_gets_the_earlier_ones_until_an_empty_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = Endpoint(_whole("Hello Ada"), _whole("You are Ada"))
    assert _talk(endpoint, monkeypatch, "I am Ada\nWho am I?\n\nnot asked\n") == 0
    assert capsys.readouterr().out == "Hello Ada\nYou are Ada\n"
    first = {"inputs": {"question": "I am Ada"}, "outputs": {"answer": "Hello Ada", "more": 1}}
    assert endpoint.asked == [
        {"question": "I am Ada", "turns": []},
        {"question": "Who am I?", "turns": [first]},
    ]
    assert endpoint.keys == {"Bearer k"}


def test_a_stream_is_printed_and_kept_as_one_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = b'data: {"answer": "Hel"}\n\n: a comment\n\ndata: {"answer": "lo"}\n\n'
    endpoint = Endpoint((200, "text/event-stream", pieces), _whole("again"))
    assert _talk(endpoint, monkeypatch, "hi\nhi\n") == 0
    assert capsys.readouterr().out == "Hello\nagain\n"
    assert endpoint.asked[1]["turns"][0]["outputs"] == {"answer": "Hello"}


def test_a_flow_without_a_history_gets_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint = Endpoint(_whole("a"), _whole("b"), info={"x-chat-input": "text"})
    assert _talk(endpoint, monkeypatch, "one\ntwo\n") == 0
    assert endpoint.asked == [{"text": "one"}, {"text": "two"}]
    assert capsys.readouterr().out == "a1\nb1\n", "no output is named, so all are shown"


def test_a_flow_that_is_no_chat_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(info={})
    with pytest.raises(CommandError, match="is no chat; ask it with sluice invoke") as wrong:
        _talk(endpoint, monkeypatch, "hi\n")
    assert (wrong.value.exit_code, endpoint.asked) == (2, [])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((424, "application/json", b'{"error": "boom"}'), "the endpoint answers 424: .*boom"),
        ((200, "application/json", b"<html>"), "ends too early or is not JSON"),
        ((200, "application/json", b'["a"]'), "ends too early or is not JSON: it is "),
        ((200, "text/event-stream", b"data: nonsense\n\n"), "ends too early or is not JSON"),
    ],
)
def test_an_error_of_the_endpoint_ends_the_talk(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str, bytes], told: str
) -> None:
    with pytest.raises(CommandError, match=told) as wrong:
        _talk(Endpoint(answer), monkeypatch, "hi\n")
    assert wrong.value.exit_code == 1
