"""A package is read by a child process that ends, whatever the content."""

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Rejected
from shared.domain.failure import Unavailable
from shared.package import preparing, read
from shared.package.bounded import BoundedPackages
from shared.package.transport import from_json, to_json
from tests.fakes.world import package

SAMPLES = Path("samples")


@pytest.mark.parametrize("name", ["hello", "chat", "flex", "evaluate", "broken"])
def test_a_reading_survives_serialisation(name: str) -> None:
    reading = read(SAMPLES / name)
    copy = from_json(to_json(reading))
    assert (copy.flow, copy.digest) == (reading.flow, reading.digest)
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
    assert (copy.reading.flow, copy.reading.digest) == (here.reading.flow, here.reading.digest)
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
    ],
)
def test_the_exit_status_decides_between_rejection_and_failure(
    monkeypatch: pytest.MonkeyPatch, ended: int, expected: type[Exception], said: str
) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], -ended, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(expected, match=said):
        BoundedPackages().copy_flow_files(Path("package.zip"), Path("into"))


def test_the_child_process_gets_none_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def run(*_: Any, **options: Any) -> subprocess.CompletedProcess[str]:
        given.update(options["env"])
        return subprocess.CompletedProcess([], 0, '{"digest": "d"}', "")

    monkeypatch.setenv("AzureWebJobsStorage", "AccountKey=secret")
    monkeypatch.setattr(subprocess, "run", run)
    assert BoundedPackages().build_digest(Path(), "x") == "d"
    assert "AzureWebJobsStorage" not in given
    assert given["PYTHONPATH"]


def test_the_number_of_child_processes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, both = [0], [0], threading.Barrier(2)

    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        running[0] += 1
        most[0] = max(most[0], running[0])
        both.wait(timeout=300)
        running[0] -= 1
        return subprocess.CompletedProcess([], 0, '{"digest": "d"}', "")

    monkeypatch.setattr(subprocess, "run", run)
    packages = BoundedPackages(at_once=2)
    threads = [threading.Thread(target=packages.build_digest, args=[Path(), "x"]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_the_flow_files_are_put_alone_into_a_folder_with_a_fixed_name(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(package(deploy__yaml="retain: 1"))
    flow = BoundedPackages().copy_flow_files(tmp_path / "package.zip", tmp_path)
    assert flow == tmp_path / "flow"
    assert sorted(path.name for path in flow.iterdir()) == ["flow.dag.yaml", "say.py"]
