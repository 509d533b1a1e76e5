"""The page in a real Chromium, by keyboard alone, with axe on each view.

Skipped where there is no Chromium (Debian: apt-get install chromium) or npm.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from requests import Response

from local.functions_host.web.keys import Keys
from local.functions_host.web.sign_in import SignIn
from local.options import Options
from local.places import LOCAL, NODE_BINARY
from local.stack import Stack
from tests.e2e.client import Client, zipped

HERE = Path(__file__).parent / "browser"
MODULES = LOCAL / "browser"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SECONDS = 600
WORSE = """\
from promptflow.core import tool


@tool
def answer(counted: dict) -> str:
    return "x" * 300
"""
PICKY = """\
from promptflow.core import tool


@tool
def count(question: str) -> dict:
    if question == "fail":
        raise ValueError("this word fails")
    return {"words": len(question.split()), "letters": 1, "longest": "x", "slug": "x"}
"""
CHAT = """\
inputs:
  question: {type: string, is_chat_input: true}
  chat_history: {type: list, default: [], is_chat_history: true}
outputs:
  answer: {type: string, reference: "${reply.output}", is_chat_output: true}
nodes:
- name: reply
  type: python
  source: {type: code, path: reply.py}
  inputs: {question: "${inputs.question}", turns: "${inputs.chat_history}"}
"""
REPLY = """\
from promptflow.core import tool


@tool
def reply(question: str, turns: list) -> str:
    if not turns:
        return f"'{question}' came first"
    last = turns[-1]
    said, told = last["inputs"]["question"], last["outputs"]["answer"]
    return f"'{question}' after '{said}', told '{told}'"
"""
OWN = dict(os.environ)
"""As it is before any test leads calls to the local cloud."""


@pytest.fixture(scope="module")
def modules() -> Path:
    """The driver and axe of the lock file, installed once."""
    npm = shutil.which("npm")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    if npm is None:
        pytest.skip("there is no npm on this machine")
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = MODULES / "stamp"
    wanted = hashlib.sha256(lock).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        MODULES.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, MODULES)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        subprocess.run(
            [npm, "ci", "--prefix", MODULES, *quiet], env=OWN, check=True, timeout=SECONDS
        )
        stamp.write_text(wanted)
    return MODULES


def _drive(client: Client, modules: Path, act: str, **more: Any) -> dict[str, Any]:
    """Let the browser act; return what it saw, which has no error and no finding of axe."""
    given = {
        "url": client.facts["functions_url"],
        "key": client.facts["function_key"],
        "chromium": CHROMIUM,
        "modules": str(modules),
        "act": act,
        **more,
    }
    command = [str(NODE_BINARY), str(HERE / "page.cjs"), json.dumps(given)]
    done = subprocess.run(
        command, env=OWN, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert (seen["errors"], seen["axe"], seen["wide"]) == ([], [], [])
    looked = [it for it in seen["shown"] if it != "header"]
    assert seen["checked"] == 4 * len(looked), "axe ran on each view, width and scheme"
    return seen


def test_a_person_follows_approves_rolls_back_and_resumes(
    client: Client, modules: Path, samples: Path
) -> None:
    asks = zipped(samples / "hello", deploy__yaml="approval: traffic\n")
    job = client.drop("paged.zip", asks)
    shown = _drive(client, modules, "approve", job=job)["shown"]
    assert "One approval is for all of the job" in shown["asked Approve"]
    assert "approve by somebody with a function key" in shown["job"]
    ended = client.job(job)
    assert ended is not None
    assert ended["decisions"][0]["reason"] == "as agreed"
    worse = {"deploy__yaml": "comparison: {contract: true, parity: true}\n", "answer__py": WORSE}
    failed = client.deploy("paged.zip", zipped(samples / "hello", **worse))
    shown = _drive(client, modules, "judged", job=failed["job"])["shown"]["judged"]
    assert "Contract passed" in shown
    assert "Parity failed" in shown
    assert 'became "xxx' in shown
    second = client.deploy("paged.zip", zipped(samples / "hello", note__txt="the second"))
    assert second["outcome"] == "succeeded", second
    shown = _drive(client, modules, "rollback", endpoint="paged")["shown"]
    assert "The endpoint is then held" in shown["asked Roll back"]
    assert "it answers nonsense" in shown["held"]
    assert client.call("GET", "endpoints/paged").json()["hold"] is None


class _SignedIn(Client):
    """A client that signs in as a person of the local stack, and has no function key."""

    def __init__(self, facts: Mapping[str, Any], person: str) -> None:
        super().__init__({**facts, "function_key": ""})
        secret = Keys.derived(facts["function_key"]).sign_in
        self._bearer = {"Authorization": f"Bearer {SignIn(secret).token(person)}"}

    def call(self, method: str, path: str, **given: Any) -> Response:
        return super().call(method, path, headers=self._bearer, **given)


def test_people_sign_in_and_their_roles_decide(
    tmp_path: Path, modules: Path, samples: Path
) -> None:
    settings = {
        "WEBSITE_AUTH_ENABLED": "True",
        "SIGN_IN_AUDIENCE": "api://sluice",
        "READERS": "role:Sluice.Reader",
        "OPERATORS": "role:Sluice.Operator",
    }
    with Stack(tmp_path, Options(serve="echo", settings=settings)) as stack:
        assert Client(stack.facts).call("GET", "jobs").status_code == 401, "a key opens nothing"
        assert _SignedIn(stack.facts, "gast@example.org").call("GET", "jobs").status_code == 403
        operator = _SignedIn(stack.facts, "olga@example.org")
        job = operator.drop("broken.zip", zipped(samples / "broken"))
        assert operator.outcome(job)["outcome"] == "rejected"
        seen = _drive(operator, modules, "signedIn", job=job, person="rafi@example.org")["shown"]
        assert "broken.zip" in seen["jobs"]
        assert "Sign out rafi@example.org" in seen["header"]
        assert "rafi@example.org may not deploy" in seen["refused"]
        retried = operator.call("POST", f"jobs/{job}/retry").json()["job"]
        assert operator.outcome(retried)["outcome"] == "rejected"
        assert (operator.job(retried) or {})["by"] == "olga@example.org"


def test_a_person_drops_a_zip_reads_what_it_would_do_and_follows_the_job(
    client: Client, modules: Path, samples: Path
) -> None:
    broken = zipped(samples / "hello", deploy__yaml="deployment: {instance_count: many}\n")
    given = {"zip": _base64(zipped(samples / "hello")), "broken": _base64(broken)}
    seen = _drive(client, modules, "drop", name="by-hand.zip", **given)
    shown = seen["shown"]
    assert "deploy.yaml:1" in shown["refused"]
    assert "The job would be rejected" in shown["refused"]
    assert "This is what the job would do" in shown["previewed"]
    assert "by-hand" in shown["previewed"]
    job = client.job(seen["job"])
    assert job is not None
    assert (job["state"], job["source"], job["door"]) == ("succeeded", "team/by-hand.zip", "http")
    listed = client.call("GET", "jobs?endpoint=by-hand").json()["jobs"]
    assert [it["job"] for it in listed] == [seen["job"]], "one drop is one job"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_a_person_tries_an_endpoint_and_sees_answer_and_error(
    client: Client, modules: Path, samples: Path
) -> None:
    tried = zipped(samples / "hello", count__py=PICKY)
    assert client.deploy("tried.zip", tried)["outcome"] == "succeeded"
    shown = _drive(client, modules, "ask", endpoint="tried")["shown"]
    assert "answered 200" in shown["answered"]
    assert '"words": 5' in shown["answered"]
    assert "the flow itself 500" in shown["failing"] or "error 4" in shown["failing"]
    assert "this word fails" in shown["failing"]
    assert "Retirement" in shown["answered"]
    assert "days left" in shown["endpoints"]
    keys = client.arm("POST", f"{client.workspace}/onlineEndpoints/tried/listKeys").json()
    assert keys["primaryKey"] not in json.dumps(shown)


def test_a_person_chats_and_the_second_turn_knows_the_first(
    client: Client, modules: Path, tmp_path: Path
) -> None:
    (tmp_path / "flow.dag.yaml").write_text(CHAT)
    (tmp_path / "reply.py").write_text(REPLY)
    assert client.deploy("chatted.zip", zipped(tmp_path))["outcome"] == "succeeded"
    shown = _drive(client, modules, "chat", endpoint="chatted")["shown"]["chatted"]
    assert "'Hello' came first" in shown
    assert "'And again' after 'Hello', told ''Hello' came first'" in shown


def test_a_tab_that_nobody_sees_asks_nothing(client: Client, modules: Path) -> None:
    assert _drive(client, modules, "hidden")["whileHidden"] == 0
