"""The page in a real Chromium, by keyboard alone, with axe on each view.

Skipped where there is no Chromium (Debian: apt-get install chromium) or npm.
"""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.places import LOCAL, NODE_BINARY
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
    assert seen["checked"] == 4 * len(seen["shown"]), "axe ran on each view, width and scheme"
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


def test_a_tab_that_nobody_sees_asks_nothing(client: Client, modules: Path) -> None:
    assert _drive(client, modules, "hidden")["whileHidden"] == 0
