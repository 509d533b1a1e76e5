"""A package is read by a child process that ends, whatever the content."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from shared.domain.errors import Rejected
from shared.domain.failure import Unavailable
from shared.package import preparing, read
from shared.package.bounded import BoundedPackages
from shared.package.forks import Forks, environment
from shared.package.transport import from_json, to_json
from tests.fakes.world import package

SAMPLES = Path("samples")


@pytest.mark.parametrize("name", ["hello", "chat", "flex", "evaluate", "broken"])
def test_a_reading_survives_serialisation(name: str) -> None:
    reading = read(SAMPLES / name)
    copy = from_json(to_json(reading))
    assert (copy.content, copy.digest) == (reading.content, reading.digest)
    assert copy.findings == reading.findings
    assert copy.manifest.model_dump(exclude_unset=True) == reading.manifest.model_dump(
        exclude_unset=True
    )


def test_the_child_process_reads_the_same_as_its_code_in_this_process(tmp_path: Path) -> None:
    zipped = tmp_path / "package.zip"
    zipped.write_bytes(package(deploy__yaml="smoke_test: {expect: {equals: null}}"))
    copy = BoundedPackages().open_and_read(zipped, tmp_path / "there")
    here = preparing.open_and_read(zipped, tmp_path / "here")
    assert copy.root == tmp_path / "there" / "opened"
    assert (copy.reading.content, copy.reading.digest) == (
        here.reading.content,
        here.reading.digest,
    )
    assert copy.reading.manifest == here.reading.manifest
    assert sorted(path.name for path in copy.root.iterdir()) == sorted(
        ["flow.dag.yaml", "say.py", "deploy.yaml"]
    )


def test_findings_of_the_child_process_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(b"no zip")
    with pytest.raises(Rejected, match="not a zip archive"):
        BoundedPackages().open_and_read(tmp_path / "package.zip", tmp_path / "into")


def test_a_package_over_the_memory_limit_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package())
    with pytest.raises(Rejected, match="took more than 1 MB of memory"):
        BoundedPackages(memory=1024**2).open_and_read(tmp_path / "package.zip", tmp_path / "into")


def test_a_child_process_over_its_cpu_limit_is_killed() -> None:
    endless = "from shared.package.child import bound_processor\nbound_processor(1)\nwhile 1: pass"
    ended = subprocess.run([sys.executable, "-c", endless], check=False, timeout=300)
    assert ended.returncode == -signal.SIGXCPU


@pytest.mark.parametrize(
    ("ended", "expected", "said"),
    [
        (signal.SIGXCPU, Rejected, "took more than 5 s of processor time"),
        (signal.SIGABRT, Rejected, "took more than 128 MB of memory"),
        (signal.SIGSEGV, Rejected, "ended in SIGSEGV"),
        (signal.SIGKILL, Unavailable, "was killed"),
        (signal.SIGALRM, Unavailable, "did not end within 120 s"),
    ],
)
def test_the_exit_status_decides_between_rejection_and_failure(
    monkeypatch: pytest.MonkeyPatch, ended: int, expected: type[Exception], said: str
) -> None:
    monkeypatch.setattr(Forks, "run", lambda *_: (-ended, ""))
    with pytest.raises(expected, match=said):
        BoundedPackages().copy_part(Path("package.zip"), Path("into"), ".", "flow")


def test_the_child_process_gets_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=secret")
    given = environment()
    assert "AzureWebJobsStorage" not in given
    assert given["PYTHONPATH"]


def test_each_call_has_a_process_of_its_own_and_leaves_none(tmp_path: Path) -> None:
    """One that is over its limit takes neither the next with it nor the one that forks."""
    (tmp_path / "package.zip").write_bytes(package())
    forks = Forks()
    small, packages = BoundedPackages(memory=1024**2), BoundedPackages()
    for each in (small, packages):
        each._forks = forks
    with pytest.raises(Rejected, match="of memory"):
        small.open_and_read(tmp_path / "package.zip", tmp_path / "small")
    assert packages.open_and_read(tmp_path / "package.zip", tmp_path / "into").reading.content
    assert forks._process is not None
    server = psutil.Process(forks._process.pid)
    _until(lambda: not server.children())


def test_the_process_that_forks_is_started_again_if_it_was_killed(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package())
    packages = BoundedPackages()
    for number in range(2):
        into = tmp_path / str(number)
        assert packages.open_and_read(tmp_path / "package.zip", into).reading.content
        first = packages._forks._process
        assert first is not None
        first.kill()
        first.wait(300)


def test_a_call_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package())
    with pytest.raises(Unavailable, match="did not end within"):
        BoundedPackages(patience=1e-6).open_and_read(tmp_path / "package.zip", tmp_path / "into")


def test_a_defect_is_told_with_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="FileNotFoundError"):
        BoundedPackages().build_digest(tmp_path / "nothing", "x")


def test_the_process_that_forks_ends_with_the_app() -> None:
    packages = BoundedPackages()
    with pytest.raises(RuntimeError):
        packages.build_digest(Path("nothing"), "x")
    server = packages._forks._process
    assert server is not None
    packages._forks._end()
    assert server.wait(300) == 0


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    assert done()


def test_the_number_of_child_processes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, both = [0], [0], threading.Barrier(2)

    def run(*_: Any) -> tuple[int, str]:
        running[0] += 1
        most[0] = max(most[0], running[0])
        both.wait(timeout=300)
        running[0] -= 1
        return 0, '{"digest": "d"}'

    monkeypatch.setattr(Forks, "run", run)
    packages = BoundedPackages(at_once=2)
    threads = [threading.Thread(target=packages.build_digest, args=[Path(), "x"]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_the_flow_files_are_put_alone_into_a_folder_with_a_fixed_name(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package(deploy__yaml="retain: 1"))
    flow = BoundedPackages().copy_part(tmp_path / "package.zip", tmp_path, ".", "flow")
    assert flow == tmp_path / "flow"
    assert sorted(path.name for path in flow.iterdir()) == ["flow.dag.yaml", "say.py"]
