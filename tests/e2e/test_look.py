"""Views of an endpoint, and the sample code that Sluice prints for it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Client, zipped
from tests.fakes.world import READS_CONNECTIONS

NAME = "looked-at"
# fetch knows no proxy in Node 20: here it goes to a relay on loopback, and is fetch all the same.
PRELOAD = """\
const real = globalThis.fetch;
globalThis.fetch = (url, given) =>
  real(process.env.RELAY, { ...given, headers: { ...given.headers, "x-relay-to": url } });
"""


@pytest.fixture(scope="module")
def result(client: Client, samples: Path) -> dict[str, Any]:
    result = client.deploy(
        f"{NAME}.zip", zipped(samples / "hello", deploy__yaml=READS_CONNECTIONS), 150
    )
    assert result["outcome"] == "succeeded", result
    return result


@pytest.fixture(scope="module")
def consumed(client: Client, result: dict[str, Any]) -> dict[str, Any]:
    answer = client.call("GET", f"endpoints/{NAME}/consume")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture(scope="module")
def surroundings(client: Client, result: dict[str, Any]) -> dict[str, str]:
    """A shell's environment: the proxy to the stack, and the key as the command prints it."""
    keys = client.arm("POST", f"{client.workspace}/onlineEndpoints/{NAME}/listKeys").json()
    return {
        "PATH": os.environ["PATH"],
        "HTTPS_PROXY": client.facts["https_proxy"],
        "CURL_CA_BUNDLE": client.facts["ca_bundle"],
        "SSL_CERT_FILE": client.facts["ca_bundle"],
        "ENDPOINT_KEY": keys["primaryKey"],
    }


@pytest.fixture
def relay(client: Client) -> Iterator[str]:
    """Forward requests through the stack's proxy to the host in their header."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {it: self.headers[it] for it in ("Authorization", "Content-Type")}
            url = self.headers["x-relay-to"]
            answer = client.azure.post(url, data=body, headers=kept, timeout=60)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _run(words: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=dict(environment), capture_output=True, text=True, timeout=60, check=False
    )


def _commands(folder: Path, code: Mapping[str, str]) -> dict[str, Callable[[], list[str]]]:
    """Return the command with which a person runs each printed sample."""
    python, script, preload = folder / "sample.py", folder / "sample.js", folder / "preload.js"
    python.write_text(code["python"])
    script.write_text(code["javascript"])
    preload.write_text(PRELOAD)
    return {
        "curl": lambda: ["sh", "-c", code["curl"]],
        "python": lambda: [sys.executable, str(python)],
        "javascript": lambda: ["node", "--require", str(preload), str(script)],
    }


@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_the_printed_code_runs_and_gets_the_answer(
    language: str,
    consumed: dict[str, Any],
    surroundings: dict[str, str],
    relay: str,
    tmp_path: Path,
):
    command = _commands(tmp_path, consumed["samples"])[language]()

    ran = _run(command, {**surroundings, "RELAY": relay})
    assert ran.returncode == 0, ran.stderr
    assert "words" in json.loads(ran.stdout)

    ran = _run(command, {**surroundings, "RELAY": relay, "ENDPOINT_KEY": "wrong"})
    assert ran.returncode != 0
    assert "401" in ran.stdout + ran.stderr


def test_an_endpoint_is_shown_with_roles_and_without_drift(client: Client, result: dict[str, Any]):
    shown = client.call("GET", f"endpoints/{NAME}").json()

    assert shown["traffic"] == {result["deployment"]: 100}
    assert shown["drift"] == []
    assert shown["roles"]["missing"] == []
    assert len(shown["roles"]["granted"]) == 1
    assert shown["revisions"][0]["job"] == result["job"]
    assert shown["links"] == result["links"]
    assert f"tid={client.endpoint(NAME)['identity']['tenantId']}" in shown["links"]["studio"]  # type: ignore[index]
    listed = client.call("GET", "endpoints").json()["endpoints"]
    assert NAME in [it["name"] for it in listed]
    assert client.call("GET", "endpoints/nobody-here").status_code == 404
