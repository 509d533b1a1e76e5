"""A small HTTP server that answers as storage and as Sluice's HTTP door do."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cli.__main__ import main

KEY = "function-key"
LISTED = {
    "job": "j1",
    "state": "running",
    "endpoint": "hello",
    "source": "hello.zip",
    "accepted": "2026-01-01T10:00:00.000000Z",
}


@dataclass
class FakeSluice:
    """The answers to give, in turn, and the requests received.

    `answers` are those to GET /api/jobs/{job}: a job, or a status code; the last one stays. `post`
    is the answer to a POST; None accepts job j1.
    """

    answers: list[Mapping[str, Any] | int]
    not_accepted_for: int = 1
    dropped: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    pages: dict[str, Any] = field(default_factory=dict)
    deleted: list[tuple[str, str | None]] = field(default_factory=list)
    posted: list[tuple[str, Any]] = field(default_factory=list)
    post: tuple[int, bytes] | None = None
    url: str = ""

    @property
    def facts(self) -> dict[str, str]:
        account = f"AccountName=a;AccountKey=a2V5;BlobEndpoint={self.url}/storage"
        return {
            "functions_url": self.url,
            "function_key": KEY,
            "storage_connection_string": f"DefaultEndpointsProtocol=http;{account}",
            "flows_container": "flows",
            "https_proxy": "http://127.0.0.1:1",
        }

    def answer(self, path: str) -> tuple[int, Any]:
        parts = urlsplit(path)
        if parts.path == "/api/jobs":
            self.asked.append(parse_qs(parts.query))
        if parts.path in self.pages:
            return 200, self.pages[parts.path]
        if parts.path == "/api/jobs":
            if len(self.asked) <= self.not_accepted_for:
                return 200, {"jobs": []}
            return 200, {"jobs": [LISTED], "before": None}
        if parts.path != "/api/jobs/j1":
            return 404, {"error": f"There is no {parts.path}"}
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return (now, {}) if isinstance(now, int) else (200, now)


def run_cli(fake: FakeSluice, folder: Path, *words: str) -> int:
    """Run the command line on this fake; `folder` gets its stack.json."""
    stack = folder / "stack.json"
    stack.write_text(json.dumps(fake.facts))
    return main([*words, "--stack", str(stack)])


@contextmanager
def served(fake: FakeSluice) -> Iterator[FakeSluice]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            allowed = self.headers.get("x-functions-key") == KEY
            status, answer = fake.answer(self.path) if allowed else (401, {})
            self._send(status, json.dumps(answer).encode())

        def do_DELETE(self) -> None:
            fake.deleted.append((self.path, self.headers.get("Idempotency-Key")))
            # The first answer is lost: the retry must be the same request.
            first = len(fake.deleted) == 1
            self._send(503 if first else 202, b"{}" if first else b'{"job": "j1"}')

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_zip = body.startswith(b"PK")
            fake.posted.append((self.path, body if is_zip else json.loads(body or b"{}")))
            page = fake.pages.get(urlsplit(self.path).path)
            if page is not None:
                self._send(200, json.dumps(page).encode())
                return
            self._send(*((202, b'{"job": "j1"}') if fake.post is None else fake.post))

        def do_PUT(self) -> None:
            path = urlsplit(self.path).path.removeprefix("/storage/flows/")
            fake.dropped[path] = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(201, b"", ETag='"0x1"')

        def _send(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def step(state: str, note: str = "", title: str = "Endpoint hello") -> dict[str, Any]:
    ended = "2026-01-01T10:00:02Z" if state in {"done", "failed"} else None
    return {
        "index": 0,
        "kind": "endpoint",
        "title": title,
        "state": state,
        "started": "2026-01-01T10:00:00Z",
        "ended": ended,
        "note": note,
    }


def job(*steps: Mapping[str, Any], result: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"job": "j1", "state": "running", "steps": list(steps), "result": result}


def result(outcome: str = "succeeded", **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "job": "j1",
        "outcome": outcome,
        "endpoint": "hello",
        "traffic": {"d1": 100},
        "scoring_uri": "https://hello.example/score",
        "credential": "az ml online-endpoint get-credentials --name hello",
        "sample_request": {"name": "it's"},
        "warnings": [],
        "findings": [],
        "diagnosis": None,
    }
    time = "2026-01-01T10:00:03.000000Z"
    return {"specversion": "1.0", "id": "m1", "time": time, "data": told | more}
