"""Scoring scripts under the real inference server, in the environment of their conda file."""

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from local import places
from local.serving.contract import Container, ServingError
from local.serving.flows import INHERITED
from local.serving.inside import environ, mount
from local.serving.runtime import launch
from local.serving.scripts.conda import CondaFileError, requirement_lines
from local.serving.scripts.images import ScriptImages
from local.serving.scripts.server import asks_for_server
from tests.local.serving.containers import FIXTURES, Serve, container

pytestmark = pytest.mark.timeout(600)

CONDA = """
name: words
channels: [conda-forge]
dependencies:
  - python=3.12
  - pip
  - pip:
      - azureml-inference-server-http
      - python-slugify==8.0.4
"""


def script(tmp_path: Path, **changes: Any) -> Container:
    empty = tmp_path / "none"
    empty.mkdir(exist_ok=True)
    wanted: dict[str, Any] = {
        "model": empty,
        "environment_variables": {},
        "image": "mcr.microsoft.com/azureml/minimal-py312-inference:latest",
        "port": 5001,
        "liveness": "/",
        "readiness": "/",
        "code": FIXTURES / "script",
        "script": "score.py",
        "conda": CONDA,
    }
    return container("script", **{**wanted, **changes})


async def _ask(url: str | None, body: object) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.post(f"{url}/score", json=body)


def test_a_script_answers_on_loopback_alone(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        async with serve() as serving:
            await serving.start(script(tmp_path))
            url = serving.url("script", "blue")
            answer = await _ask(url, {"question": "how does a lock work"})
            failed = await _ask(url, {"question": "fail"})
            async with httpx.AsyncClient() as client:
                swagger = await client.get(f"{url}/swagger.json")
            (pid,) = serving.pids("script", "blue")
            inside = psutil.Process(pid).children(recursive=True)
            listening = {
                it.laddr.ip
                for one in inside
                for it in one.net_connections()
                if it.status == "LISTEN"
            }
            log = serving.log("script", "blue", "InferenceServer")

        assert answer.json() == {"words": 5}
        assert answer.headers["x-ms-server-version"].startswith("azmlinfsrv/")
        assert failed.status_code == 500
        assert failed.headers["x-ms-run-function-failed"] == "True"
        assert swagger.json()["paths"].keys() == {"/", "/score", "/swagger.json"}
        assert listening == {"127.0.0.1"}
        assert "reads its model from" in log
        _, alive = psutil.wait_procs(inside, timeout=120)
        assert not alive

    asyncio.run(run())


def test_a_script_ends_with_its_parents_stdin(tmp_path: Path) -> None:
    wanted = script(tmp_path)
    images = ScriptImages(
        places.INFERENCE_SERVER,
        places.MLFLOW,
        tmp_path / "overlays",
        places.WHEELHOUSE,
        dict(os.environ),
    )
    folder = tmp_path / "inside"
    folder.mkdir()

    async def run() -> None:
        image = await images.image(wanted, tmp_path / "build.log", tmp_path / "image")
        mount(wanted, folder)
        assert image.command is not None
        command: list[str | Path] = [image.python, "-I", "-S", INHERITED, *image.command]
        runtime = await launch(
            command, environ(wanted, image, folder), folder, tmp_path / "output.log"
        )
        await runtime.ready(("/",), 120)
        inside = psutil.Process(runtime.process.pid).children(recursive=True)
        assert inside
        assert runtime.process.stdin
        runtime.process.stdin.close()
        await asyncio.wait_for(runtime.process.wait(), 120)
        _, alive = psutil.wait_procs(inside, timeout=120)
        assert not alive

    asyncio.run(run())


def test_without_the_server_in_its_conda_file_a_script_does_not_start(
    serve: Serve, tmp_path: Path
) -> None:
    conda = "dependencies:\n  - python=3.12\n  - pip:\n    - python-slugify==8.0.4\n"

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(script(tmp_path, conda=conda))
            log = serving.log("script", "blue", "InferenceServer")
        assert raised.value.code == "ResourceNotReady"
        assert "No module named azureml_inference_server_http" in log

    asyncio.run(run())


def test_a_script_that_is_not_there_ends_its_container(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(script(tmp_path, script="there/is/none.py"))
            log = serving.log("script", "blue", "InferenceServer")
        assert raised.value.code == "ResourceNotReady"
        assert "Worker failed to boot" in log
        assert "there/is/none.py" in log

    asyncio.run(run())


def test_what_cannot_be_installed_fails_the_build(serve: Serve, tmp_path: Path) -> None:
    conda = "dependencies:\n  - pip:\n    - azureml-inference-server-http\n    - no-such-thing==0\n"

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(script(tmp_path, conda=conda))
        assert raised.value.code == "ImageBuildFailure"
        assert "no-such-thing" in raised.value.message

    asyncio.run(run())


def test_packages_of_a_conda_file_become_requirements() -> None:
    text = """
dependencies:
  - python=3.12
  - python>=3.10
  - pip=24.0
  - conda-forge::numpy=1.26
  - scipy==1.14.1
  - pandas>=2.2
  - joblib
  - pip:
      - azureml-defaults
"""
    assert requirement_lines(text) == [
        *("numpy==1.26.*", "scipy==1.14.1", "pandas>=2.2", "joblib", "azureml-defaults")
    ]


@pytest.mark.parametrize("text", ["- a", "dependencies: 3", "a: [", "dependencies: [{poetry: []}]"])
def test_what_is_no_conda_file_is_refused(text: str) -> None:
    with pytest.raises(CondaFileError):
        requirement_lines(text)


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("azureml_inference_server_http==1.5.1", True),
        ("azureml-defaults>=1.58", True),
        ("azureml-inference-server-http-extras", False),
        ("azureml-core", False),
    ],
)
def test_which_requirement_brings_the_server(line: str, asks: bool) -> None:
    assert asks_for_server([line]) is asks
