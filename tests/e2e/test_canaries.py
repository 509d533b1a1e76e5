"""Secrets that only this test knows are put wherever Sluice reads: none comes out anywhere.

They are in settings, keys, connections, logs of containers, errors of flows and of Azure, messages.
What comes out: the ledger, the results queue, the HTTP API, the command line, the host's log, and
traces.
"""

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from azure.storage.blob import BlobServiceClient

from local import cloud
from local.options import Options
from local.serving.openai import KEY as OPENAI_KEY
from local.stack import Stack
from shared.domain.jobs.trace import trace_id
from tests.e2e.client import Client, wait, zipped

TOKEN = re.compile(r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}")
"""Any bearer token."""
STARTS = """\
import sys
from promptflow.core import tool

# Turned round, so that the package itself does not hold the secret.
SECRET = "{turned}"[::-1]
print(f"connecting with api_key={{SECRET}} and password: '{{SECRET}}'", file=sys.stderr, flush=True)
{fault}


@tool
def count(question: str) -> dict:
    raise ValueError(f"401 for Authorization: Bearer {{SECRET}}; sig={{SECRET}}&se=2030")
"""


@dataclass(frozen=True)
class Made:
    """What was made with the secrets."""

    client: Client
    stack: Stack
    secrets: dict[str, str]
    jobs: tuple[str, ...]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Made]:
    known = {
        name: f"canary{secrets.token_hex(12)}Aa0"
        for name in ("webhook", "container's log", "Azure's error", "message", "flow's error")
    }
    settings = {
        "WEBHOOK_URL": "http://127.0.0.1:9/hook",
        "WEBHOOK_SECRET": known["webhook"],
        "QUIET_PERIOD_SECONDS": "1",
    }
    state = tmp_path_factory.mktemp("canaries")
    with Stack(state, Options(settings=settings, traces=True)) as stack:
        client = Client(stack.facts)
        jobs = tuple(_jobs(client, samples, known))
        keys = client.arm("POST", f"{client.workspace}/onlineEndpoints/chat/listKeys").json()
        bus = stack.facts["servicebus_connection_string"]
        known |= {
            "the endpoint's key": keys["primaryKey"],
            "the endpoint's second key": keys["secondaryKey"],
            "the connection's key": OPENAI_KEY,
            "the function key": stack.facts["function_key"],
            "the drop account's key": cloud.DROP_ACCOUNT_KEY,
            "the host account's key": cloud.HOST_ACCOUNT_KEY,
            "the bus's key": re.findall(r"SharedAccessKey=([^;]+)", bus)[0],
            "the identity's secret": cloud.APP_IDENTITY_HEADER,
        }
        yield Made(client, stack, known, jobs)


def _jobs(client: Client, samples: Path, known: dict[str, str]) -> Iterator[str]:
    def flow(secret: str, fault: str = "") -> bytes:
        source = STARTS.format(turned=secret[::-1], fault=fault)
        return zipped(samples / "hello", count__py=source)

    chat = client.deploy("chat.zip", zipped(samples / "chat"))
    assert chat["outcome"] == "succeeded", chat
    yield chat["job"]
    dies = flow(known["container's log"], "raise RuntimeError(f'no access with {SECRET=}')")
    failed = client.deploy("dies.zip", dies)
    assert "no access with SECRET='***'" in failed["diagnosis"]["log"], failed["diagnosis"]
    yield failed["job"]
    failed = client.deploy("answers.zip", flow(known["flow's error"]))
    assert "***" in f"{failed['diagnosis']}", failed["diagnosis"]
    yield failed["job"]
    secret = known["Azure's error"]
    told = (
        f"Cannot read https://x.blob.core.windows.net/a?sv=1&sig={secret}&se=2; AccountKey={secret}"
    )
    body = {"error": {"code": "UserError", "message": told}}
    with client.fault(
        path="/onlineEndpoints/refused/", method="PUT", times=-1, status=400, body=body
    ):
        failed = client.deploy("refused.zip", zipped(samples / "hello"))
    assert "AccountKey=***" in failed["diagnosis"]["message"], failed["diagnosis"]
    yield failed["job"]
    secret = known["message"]
    url = f"https://x.blob.core.windows.net/flows/a.zip?sig={secret}"
    client.send({"source": {"blob": url}, "password": secret, "api_key": secret}, "canary")
    [wrong] = client.answers("canary")
    assert wrong["data"]["outcome"] == "rejected"
    yield wrong["data"]["job"]


def _check(made: Made, places: dict[str, str]) -> None:
    assert places
    found = [
        f"{what} in {place}: {text[max(0, text.find(secret) - 200) :][:260]}"
        for place, text in places.items()
        for what, secret in made.secrets.items()
        if secret in text
    ]
    found += [f"a token in {place}" for place, text in places.items() if TOKEN.search(text)]
    assert found == []


def test_the_ledger_holds_none(made: Made) -> None:
    account = BlobServiceClient.from_connection_string(
        made.client.facts["storage_connection_string"]
    )
    ledger = account.get_container_client("ledger")
    names = [it.name for it in ledger.list_blobs() if not it.name.endswith(".zip")]
    assert any("timeline" in it for it in names)
    read = {it: ledger.download_blob(it).readall().decode(errors="replace") for it in names}
    _check(made, {f"the blob {name}": f"{name}\n{text}" for name, text in read.items()})


def test_the_results_hold_none(made: Made) -> None:
    results = {job: json.dumps(made.client.results(job)) for job in made.jobs[:-1]}
    assert all(it != "[]" for it in results.values())
    _check(made, {f"the result of {job}": text for job, text in results.items()})


def test_the_api_answers_with_none(made: Made) -> None:
    paths = [f"jobs/{job}" for job in made.jobs]
    for name in ("chat", "dies", "answers"):
        paths += [f"endpoints/{name}", f"endpoints/{name}/consume", f"endpoints/{name}/metrics"]
    paths += ["jobs", "endpoints", "retirement", "dead-letters", "doctor", "health", "ui/main.js"]
    answers = {path: made.client.call("GET", path) for path in paths}
    assert {it.status_code for it in answers.values()} <= {200, 404}
    asked = made.client.call("POST", "endpoints/chat/invoke", json={"question": "a"})
    assert asked.json()["status"] == 200
    answers["endpoints/chat/invoke"] = asked
    _check(made, {path: it.text + str(it.headers) for path, it in answers.items()})


def test_the_command_line_prints_none(made: Made) -> None:
    def printed(*words: str) -> str:
        command = [sys.executable, "-m", "cli", *words, "--stack", str(made.stack.facts_file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        return done.stdout + done.stderr

    asked = [("job", job) for job in made.jobs] + [("logs", made.jobs[1]), ("jobs",), ("doctor",)]
    asked += [("endpoint", "chat"), ("consume", "chat"), ("invoke", "chat", '{"question": "a"}')]
    _check(made, {f"sluice {' '.join(words)}": printed(*words) for words in asked})


def test_the_host_logs_none(made: Made) -> None:
    logs = {it.name: it.read_text() for it in (made.stack.state / "logs").glob("functions*")}
    _check(made, {f"the log {name}": text for name, text in logs.items()})


def test_the_traces_hold_none(made: Made) -> None:
    receiver = made.stack.traces
    assert receiver is not None

    def whole(job: str) -> bool:
        return any(not it.parent for it in receiver.traces().get(trace_id(job), ()))

    wait(lambda: all(map(whole, made.jobs)), 120, "a job has no trace")
    traces = receiver.traces()
    metrics = {f"the metric {name}": str(it) for name, it in receiver.metrics().items()}
    _check(made, {f"the trace of {job}": str(traces[trace_id(job)]) for job in made.jobs} | metrics)
