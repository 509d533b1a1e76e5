"""Calls to a scoring URI, against a server that answers as endpoints do."""

import base64
import contextlib
import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.adapters.scoring import MOST_BYTES, HttpScoring
from shared.domain.failure import Refused, Unavailable
from shared.ports import Answer

EVENT = b'data: {"answer": "a"}\n\n'


class _Endpoint(BaseHTTPRequestHandler):
    """Answer by path: a kind of stream, or a model's answer."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/model-error":
            self._plain(424, b'{"error": 1}', {"ms-azureml-model-error-statuscode": "406"})
        elif self.path == "/echo":
            self._echo(json.loads(asked))
        elif self.path == "/slow":
            time.sleep(1)
            self._plain(200, b"{}", {})
        else:
            with contextlib.suppress(BrokenPipeError):  # the caller may have hung up
                self._stream()

    def do_GET(self) -> None:
        sent = {name: self.headers[name] for name in ("Authorization", "azureml-model-deployment")}
        self._plain(200, json.dumps({"path": self.path, **sent}).encode(), {})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""

    def _plain(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _echo(self, asked: dict[str, str]) -> None:
        body, coding = base64.b64decode(asked["content"]), asked["coding"]
        packed = gzip.compress(body) if coding == "gzip" else body
        self._plain(200, packed, {"Content-Encoding": coding} if coding == "gzip" else {})

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{self.headers['Accept']}; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(100 if self.path in {"/endless", "/dripping"} else 2):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(EVENT), EVENT))
            time.sleep(0.05)
        if self.path == "/ends":
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _score(uri: str, *, accept: str | None = "text/event-stream", seconds: float = 5) -> Answer:
    scoring = HttpScoring()
    return scoring.score(uri, "key", {}, deployment=None, timeout=seconds, accept=accept)


def test_a_stream_is_read_to_its_end(place: str):
    answer = _score(f"{place}/ends")

    assert (answer.status, answer.media_type, answer.complete) == (200, "text/event-stream", True)
    assert answer.body == (EVENT * 2).decode()


def test_a_stream_that_breaks_off_is_reported_as_such(place: str):
    answer = _score(f"{place}/breaks")

    assert not answer.complete
    assert str(answer.body).count("data:") == 2


def test_an_endless_stream_is_a_timeout(place: str):
    with pytest.raises(Unavailable) as late:
        _score(f"{place}/endless", seconds=0.4)
    assert late.value.code == "Timeout"


def test_a_timeout_has_its_own_code(place: str):
    with pytest.raises(Unavailable) as late:
        _score(f"{place}/slow", accept=None, seconds=0.2)
    assert late.value.code == "Timeout"


def test_the_flows_status_is_reported_beside_the_fronts(place: str):
    answer = _score(f"{place}/model-error", accept=None)

    assert (answer.status, answer.model_status, answer.body) == (424, 406, {"error": 1})


def test_a_missing_endpoint_is_unavailable():
    with pytest.raises(Unavailable) as gone:
        _score("http://127.0.0.1:1/score")
    assert gone.value.code == "ConnectionError"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            b'{"score": NaN}',
            "the answer is not valid JSON: it contains NaN, which is not valid JSON",
        ),
        (b'{"score": -Infinity}', "it contains -Infinity"),
        (b'{"a": ', "the answer is not valid JSON: Expecting value"),
        (b"[" * 101 + b"]" * 101, "nest deeper than 100 levels"),
        (b"9" * 5_000, "the answer is not valid JSON"),
        (b"\xff{}", "the answer is not valid JSON"),
    ],
)
def test_an_answer_that_is_not_json_has_a_problem(place: str, body: bytes, why: str):
    answer = _post(f"{place}/echo", body)
    assert answer.status == 200
    assert why in answer.problem


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_an_answer_is_read_up_to_ten_megabytes_unpacked(place: str, coding: str):
    within = _post(f"{place}/echo", b'"' + b"x" * (MOST_BYTES - 2) + b'"', coding)
    assert within.problem == ""
    assert len(within.body) == MOST_BYTES - 2
    over = _post(f"{place}/echo", b'"' + b"x" * (MOST_BYTES - 1) + b'"', coding)
    assert over.problem == "the answer is larger than 10 MB"
    assert len(over.body) == 100_000


def test_a_slowly_trickling_answer_times_out_as_a_whole(place: str):
    """Each piece arrives in time; the whole answer does not."""
    with pytest.raises(Unavailable) as late:
        _score(f"{place}/dripping", accept="application/json", seconds=0.4)
    assert late.value.code == "Timeout"


def test_a_request_that_is_not_valid_json_is_refused_unsent():
    with pytest.raises(Refused) as refused:
        HttpScoring().score(
            "http://127.0.0.1:1/", "key", {"a": float("nan")}, deployment=None, timeout=5
        )
    assert refused.value.code == "NotJson"


def _post(uri: str, body: bytes, coding: str = "identity") -> Answer:
    sent = {"content": base64.b64encode(body).decode(), "coding": coding}
    return HttpScoring().score(uri, "key", sent, deployment=None, timeout=60)


def test_the_openapi_document_is_read_of_one_deployment(place: str):
    read = HttpScoring().swagger(f"{place}/score", "key", deployment="blue", timeout=5)

    assert read.status == 200
    assert read.body == {
        "path": "/swagger.json",
        "Authorization": "Bearer key",
        "azureml-model-deployment": "blue",
    }
