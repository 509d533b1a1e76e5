"""`sluice check --run`: the real server of a package, without the stack."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.timeout(600)

COMMAND = (sys.executable, "-m", "cli", "check", "--run")


def check(path: Path, code: int) -> dict[str, Any]:
    ended = subprocess.run(
        [*COMMAND, "--json", str(path)], capture_output=True, text=True, check=False, timeout=500
    )
    assert ended.returncode == code, ended.stdout + ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


@pytest.mark.parametrize("sample", ["flex", "hello", "mlflow", "script"])
def test_a_sample_answers_as_expected(samples: Path, sample: str):
    run = check(samples / sample, 0)["run"]
    assert run["started"]
    assert [it["status"] for it in run["samples"]] == [200]
    assert run["samples"][0]["problem"] is None
    assert run["log"] is None


def test_an_answer_that_is_not_as_expected_fails_with_the_reason(samples: Path, tmp_path: Path):
    root = tmp_path / "flow"
    shutil.copytree(samples / "flex", root)
    (root / "deploy.yaml").write_text("smoke_test: {expect: {output: words, equals: 2}}\n")
    run = check(root, 1)["run"]
    assert run["samples"][0]["status"] == 200
    assert "the output 'words' is not 2 but 12" in run["samples"][0]["problem"]


def test_a_script_that_cannot_be_imported_fails_with_the_end_of_its_log(
    samples: Path, tmp_path: Path
):
    root = tmp_path / "script"
    shutil.copytree(samples / "script", root)
    script = root / "src" / "score.py"
    script.write_text(f"import no_such_thing\n{script.read_text()}")
    run = check(root, 1)["run"]
    assert not run["started"]
    assert run["code"] == "ResourceNotReady"
    assert "No module named 'no_such_thing'" in run["log"]


def test_what_only_azure_has_is_told_in_one_line(samples: Path):
    run = check(samples / "chat", 2)["run"]
    assert run["code"] == "NotHere"
    assert "'open_ai_connection' is in the workspace" in run["cause"]
    assert run["samples"] == []


def test_a_package_with_errors_is_not_run(samples: Path):
    told = check(samples / "broken", 2)
    assert not told["deployable"]
    assert "run" not in told


def test_ctrl_c_ends_the_server(samples: Path, tmp_path: Path):
    root = tmp_path / "flow"
    shutil.copytree(samples / "flex", root)
    source = next(root.glob("*.py"))
    begun = tmp_path / "begun"
    source.write_text(
        source.read_text().replace(
            "        words = ",
            f"        import pathlib, time\n        pathlib.Path({str(begun)!r}).touch()\n"
            "        time.sleep(900)\n        words = ",
        )
    )
    assert "time.sleep" in source.read_text()
    command = subprocess.Popen([*COMMAND, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        while not begun.exists():
            assert command.poll() is None, "the command ended before the server was asked"
            time.sleep(0.1)
        inside = psutil.Process(command.pid).children(recursive=True)
        assert inside
        command.send_signal(signal.SIGINT)
        assert command.wait(120) == 130
        _, alive = psutil.wait_procs(inside, timeout=120)
        assert not alive
    finally:
        command.kill()
        command.wait()
