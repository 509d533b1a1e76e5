import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from local.places import ROOT


class Up:
    """`python -m local up` as a person starts it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.command = [sys.executable, "-m", "local", "up", "--state", str(state)]
        self.process = subprocess.Popen(
            [*self.command, "--serve", "echo"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        self.told = b""

    def wait_for(self, text: str, seconds: float = 300) -> None:
        """Read its output until it has a text."""
        assert self.process.stdout
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while text.encode() not in self.told:
                assert selector.select(end - time.monotonic()), self.told.decode()
                read = self.process.stdout.read(4096)
                assert read, self.told.decode()
                self.told += read

    def facts(self) -> Any:
        return json.loads((self.state / "stack.json").read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie does not run.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_up_restarts_killed_parts_and_leaves_no_process_when_killed(
    tmp_path: Path,
) -> None:
    with Up(tmp_path) as up:
        up.wait_for("ready after")
        first = up.facts()
        os.kill(first["processes"]["durable"], signal.SIGKILL)
        up.wait_for("durable ended with code -9; restarting in 0.5 s")
        up.wait_for("durable is running again")
        second = up.facts()
        assert second["processes"]["durable"] != first["processes"]["durable"]
        refused = subprocess.run(up.command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert refused.stderr.startswith("up: a stack already runs on ")
        assert refused.stderr.count("\n") == 1
        up.process.kill()
        assert within(180, lambda: not any(runs(pid) for pid in second["processes"].values()))
    with Up(tmp_path) as again:
        again.wait_for("ready after")
        assert again.facts()["functions_url"] == first["functions_url"]
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(180) == 0
        assert not (tmp_path / "stack.json").exists()
