"""Set-up of the prompt flow environment, and echo serving, which needs none."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from local import places
from local.serving import EchoServing
from tests.local.serving.containers import container

pytestmark = pytest.mark.timeout(120)


def set_up(venv: Path, wheelhouse: Path) -> subprocess.CompletedProcess[str]:
    flags = ["--venv", str(venv), "--wheelhouse", str(wheelhouse)]
    command = [sys.executable, "-m", "local.serving.venv", *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=places.ROOT)


def test_set_up_does_nothing_if_the_environment_is_up_to_date() -> None:
    ended = set_up(places.PROMPTFLOW, places.WHEELHOUSE)
    assert (ended.returncode, ended.stdout) == (0, "The prompt flow environment is up to date\n")


def test_failed_set_up_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = set_up(tmp_path / "file" / "venv", tmp_path / "wheelhouse")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The prompt flow environment could not be created: ")
    assert ended.stderr.count("\n") == 1


def test_echo_is_ready_at_once_and_answers_with_its_inputs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(asyncio, "create_subprocess_exec")  # it starts no process

    async def run() -> None:
        serving = EchoServing()
        for number in range(20):
            await serving.start(container("greeting", endpoint=f"e{number}"))
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{serving.url('e7', 'blue')}/score", json={"a": [1]})
        assert answer.json() == {"a": [1]}
        await serving.stop("e7", "blue")
        assert serving.url("e7", "blue") is None
        assert serving.url("e8", "blue") is not None
        await serving.close()

    asyncio.run(run())
