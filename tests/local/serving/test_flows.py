"""FlowServing with the real runtime: successful starts, failed starts, and logs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local import places
from local.serving.build import Builder
from local.serving.contract import Limits, MirroredCall, ScoringEndpoint, ServingError
from local.serving.overlay import Overlays
from local.serving.scoring import scoring_app
from tests.local.serving.containers import FIXTURES, RUNTIME, Serve, container

pytestmark = pytest.mark.timeout(120)


async def score(url: str | None, inputs: object) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.post(f"{url}/score", json=inputs)


@dataclass
class OneEndpoint:
    """All traffic to one deployment, which may take four seconds for an answer."""

    name: str

    def find(self, endpoint: str) -> ScoringEndpoint | None:
        limits = Limits(timeout_s=4, max_concurrent=1, queue=0, queue_wait_s=0)
        return ScoringEndpoint(
            endpoint, "Key", ("k",), lambda _: False, {"blue": 100}, {}, {"blue": limits}
        )

    def mirrored(self, copy: MirroredCall) -> None:
        raise NotImplementedError


def test_python_flow_answers_with_its_own_result(serve: Serve) -> None:
    async def run() -> None:
        async with serve() as serving:
            own = {**RUNTIME, "GREETING": "Good day"}
            await serving.start(container("greeting", environment_variables=own))
            front = httpx.ASGITransport(scoring_app(OneEndpoint("greeting"), serving))
            async with httpx.AsyncClient(
                transport=front,
                base_url="http://greeting.westeurope.inference.ml.azure.com",
                headers={"authorization": "Bearer k"},
            ) as client:
                answer = await client.post("/score", json={"name": "Ada"})
                failed = await client.post("/score", json={"name": "nobody"})
                missing = await client.post("/score", json={})
                slow = await client.post("/score", json={"name": "Ada", "seconds": 10})
                swagger = await client.get("/swagger.json")
            log = serving.log("greeting", "blue", "InferenceServer")
            loaded = serving.log("greeting", "blue", "StorageInitializer")

        assert answer.json() == {"greeting": "Good day, Ada!"}
        assert failed.status_code == missing.status_code == 424
        assert failed.headers["ms-azureml-model-error-statuscode"] == "400"
        assert "nobody is there to greet" in failed.json()["error"]["message"]
        assert "Required input fields ['name'] are missing" in missing.text
        assert slow.status_code == 408
        assert "/score" in swagger.json()["paths"]
        assert "UserContainerStart: Succeeded" in log
        assert "Promptflow executor initiated successfully" in log
        assert "Downloaded 2 files of greeting" in loaded

    asyncio.run(run())


def test_flex_flow_serves_only_with_run_mode_serving(serve: Serve) -> None:
    async def run() -> None:
        async with serve() as serving:
            await serving.start(container("counting"))
            answer = await score(serving.url("counting", "blue"), {"text": "one two three"})
            assert answer.json() == {"words": 3}
            assert not (FIXTURES / "counting" / ".promptflow").exists(), "it wrote into its source"

            unset = {"PRT_CONFIG_OVERRIDE": RUNTIME["PRT_CONFIG_OVERRIDE"]}
            with pytest.raises(ServingError) as raised:
                await serving.start(
                    container("counting", deployment="green", environment_variables=unset)
                )
            assert raised.value.code == "ResourceNotReady"
            log = serving.log("counting", "green", "InferenceServer")
            assert "PROMPTFLOW_RUN_MODE is not 'serving'" in log

    asyncio.run(run())


def test_flow_that_crashes_at_start_leaves_its_predecessor_serving(serve: Serve) -> None:
    async def run() -> None:
        async with serve() as serving:
            await serving.start(container("greeting", endpoint="e"))
            with pytest.raises(ServingError) as raised:
                await serving.start(container("crashing", endpoint="e"))
            assert raised.value.code == "ResourceNotReady"
            assert "exit code 1" in raised.value.message
            log = serving.log("e", "blue", "InferenceServer")
            assert "No module named 'no_such_package_anywhere'" in log
            assert "UserContainerStart: Failed" in log
            assert (await score(serving.url("e", "blue"), {"name": "Bob"})).status_code == 200

            await serving.stop("e", "blue")
            assert serving.url("e", "blue") is None
            assert serving.log("e", "blue", "InferenceServer") == ""

    asyncio.run(run())


def test_flow_without_probe_answer_fails_within_the_limit(serve: Serve) -> None:
    async def run() -> None:
        async with serve(ready_within_s=4) as serving:
            with pytest.raises(ServingError, match="within 4 s") as raised:
                await serving.start(container("greeting", readiness="/ready"))
            assert raised.value.code == "ResourceNotReady"
            with pytest.raises(ServingError, match="connection refused on port 5001"):
                await serving.start(container("greeting", port=5001))
            assert serving.url("greeting", "blue") is None

    asyncio.run(run())


DOCKERFILE = """\
FROM mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest
COPY ./requirements.txt /tmp/
RUN pip install --no-cache-dir \\
    -r /tmp/requirements.txt
ENV BUILT=here
"""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "requirements.txt").write_text((FIXTURES / "slugging/requirements.txt").read_text())
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


def without_index() -> dict[str, str]:
    """pip's environment on a machine that has no package index."""
    return {
        "PATH": os.environ["PATH"],
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    }


def test_requirements_are_installed_only_by_a_dockerfile(serve: Serve, context: Path) -> None:
    async def run() -> None:
        async with serve(environ=without_index()) as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(container("slugging"))
            assert raised.value.code == "ResourceNotReady"
            assert "No module named 'slugify'" in serving.log("slugging", "blue", "InferenceServer")

            built = container("slugging", build=context, dockerfile="Dockerfile")
            await serving.start(built)
            answer = await score(serving.url("slugging", "blue"), {"title": "Drop a Flow!"})
            assert answer.json() == {"slug": "drop-a-flow"}

    asyncio.run(run())


def test_same_requirements_are_installed_once(tmp_path: Path, context: Path) -> None:
    async def run() -> None:
        overlays = Overlays(
            tmp_path / "overlays", places.PROMPTFLOW, places.WHEELHOUSE, without_index()
        )
        builder, log = Builder(overlays), tmp_path / "build.log"
        asked = container("slugging", build=context, dockerfile="Dockerfile")
        first, second = await asyncio.gather(
            *(builder.image(asked, log, tmp_path / name) for name in ("a", "b"))
        )
        (context / "Dockerfile").write_text(DOCKERFILE.replace("here", "there"))
        third = await builder.image(asked, log, tmp_path / "c")
        assert first.python == second.python == third.python
        assert (first.variables, third.variables) == ({"BUILT": "here"}, {"BUILT": "there"})
        assert log.read_text().count("Successfully installed python-slugify") == 1
        assert " ---> already in the runtime: promptflow-tools==1.4.0" in log.read_text()

    asyncio.run(run())


def test_failed_build_reports_pips_error(serve: Serve, context: Path) -> None:
    (context / "requirements.txt").write_text("no-such-package-at-all-anywhere==1.0\n")

    async def run() -> None:
        async with serve(environ=without_index()) as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(container("slugging", build=context, dockerfile="Dockerfile"))
            assert raised.value.code == "ImageBuildFailure"
            assert "No matching distribution found for no-such-package" in raised.value.message
            log = serving.log("slugging", "blue", "InferenceServer")
            assert "UserContainerImagePull: Failed" in log

    asyncio.run(run())


KILLED = """
import asyncio
from pathlib import Path
from local.serving import FlowServing
from tests.local.serving.containers import container

async def run():
    serving = FlowServing(Path({venv!r}), Path({state!r}))
    await serving.start(container("greeting"))
    print(serving.url("greeting", "blue"), flush=True)
    await asyncio.sleep(60)

asyncio.run(run())
"""


def test_flows_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = KILLED.format(venv=str(places.PROMPTFLOW), state=str(tmp_path / "s"))
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=places.ROOT
    )
    assert process.stdout
    url = process.stdout.readline().strip()
    assert httpx.get(f"{url}/health").status_code == 200
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/health", timeout=60)
        except httpx.HTTPError:
            return
        time.sleep(0.05)
    pytest.fail("the flow still answers")
