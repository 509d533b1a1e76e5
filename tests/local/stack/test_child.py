import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.child import Child, ChildFailedError, Part
from local.parts import _announced

READY = "from local.process import announce; announce(port=7)\n"
WAIT = "import sys; sys.stdin.read()\n"


def part(program: str) -> Part:
    return Part("part", (sys.executable, "-c", program), dict(os.environ), _announced)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_part_is_ready_after_its_ready_line_which_has_its_facts(tmp_path: Path) -> None:
    child = Child(part("print('noise')\n" + READY + WAIT), tmp_path / "log")
    assert child.wait_ready(180)["port"] == 7
    assert child.alive
    child.stop()
    assert not child.alive


def test_part_that_ends_early_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child(part("raise SystemExit('no room left')"), tmp_path / "log")
    with pytest.raises(ChildFailedError, match=r"ended with code 1(.|\n)*no room left"):
        child.wait_ready(180)


def test_waiting_for_a_silent_part_has_a_limit(tmp_path: Path) -> None:
    child = Child(part(WAIT), tmp_path / "log")
    with pytest.raises(ChildFailedError, match="was not ready within 0 s"):
        child.wait_ready(0.2)
    child.kill()


def test_part_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    child = Child(part(deaf + READY + WAIT), tmp_path / "log")
    child.wait_ready(180)
    child.stop(grace_s=0.2)
    assert child.exit_code == -9


def test_part_ends_with_a_killed_supervisor(tmp_path: Path) -> None:
    supervisor = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_child import READY, WAIT, part
from local.child import Child
child = Child(part(READY + WAIT), Path({str(tmp_path / "log")!r}))
child.wait_ready(180)
print(child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", supervisor], stdout=subprocess.PIPE) as running:
        assert running.stdout
        pid = int(running.stdout.readline())
        assert not gone(pid)
        running.kill()
    deadline = time.monotonic() + 180
    while not gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert gone(pid)
