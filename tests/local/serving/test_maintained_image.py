"""Flows in the image that Sluice builds on a maintained one: its Dockerfile is followed."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.serving.contract import Container, ServingError
from local.serving.image_command import has_no_runtime
from local.serving.loopback import Loopback
from local.serving.openai import openai_app
from local.serving.pins import MODULE, module_text
from shared.domain.kinds.known import kind_named
from shared.domain.kinds.prompt_flow.server import BASE_IMAGE
from shared.domain.release.desired_deployment import environment_ask
from shared.package.reading import read
from tests.local.serving.containers import RUNTIME, Serve, container

pytestmark = pytest.mark.timeout(600)

SAMPLES = Path(__file__).parents[3] / "samples"
DOCKERFILE = """\
FROM {base}
COPY server /opt/server
RUN {pip}
CMD ["gunicorn", "--config", "/opt/server/gunicorn.conf.py"]
"""


def built(sample: str, tmp_path: Path, **changes: Any) -> tuple[Container, dict[str, Any]]:
    """The container of a sample flow, as the app has its environment built; and its sample."""
    reading = read(SAMPLES / sample)
    content = reading.content
    assert content is not None
    file = content.requirements_file
    text = (SAMPLES / sample / file).read_text() if file else None
    ask = environment_ask(content, reading.manifest.deployment, text, base_image=BASE_IMAGE)
    assert ask is not None
    context = tmp_path / f"context-{sample}"
    for path, written in ask.context_files.items():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(written)
    of = container(sample, model=SAMPLES / sample, image="", build=context, **changes)
    return of, kind_named(content.kind_name).sample(content)


@pytest.mark.parametrize("engine", ["fastapi", "flask"])
@pytest.mark.parametrize("sample", ["flex", "hello"])
def test_sample_flows_answer_under_gunicorn(
    serve: Serve, tmp_path: Path, sample: str, engine: str
) -> None:
    of, inputs = built(
        sample,
        tmp_path,
        environment_variables={**RUNTIME, "PROMPTFLOW_SERVING_ENGINE": engine},
    )

    async def run() -> None:
        async with serve() as serving, httpx.AsyncClient(timeout=60) as client:
            await serving.start(of)
            url = serving.url(sample, "blue")
            answer = await client.post(f"{url}/score", json=inputs)
            log = serving.log(sample, "blue", "InferenceServer")
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == set(read(SAMPLES / sample).content.output_names)  # type: ignore[union-attr]
        assert "Starting gunicorn" in log
        assert ("UvicornWorker" if engine == "fastapi" else "gthread") in log

    asyncio.run(run())


def test_the_sample_chat_answers_and_streams_under_gunicorn(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        openai = await Loopback.start(openai_app("sk-right"))
        properties = {
            "authType": "ApiKey",
            "category": "OpenAI",
            "target": f"{openai.url}/v1",
            "credentials": {"key": "sk-right"},
            "metadata": {},
        }
        connection = {"open_ai_connection": json.dumps({"properties": properties})}
        async with serve() as serving, httpx.AsyncClient(timeout=60) as client:
            of, _ = built("chat", tmp_path, environment_variables={**RUNTIME, **connection})
            await serving.start(of)
            url = f"{serving.url('chat', 'blue')}/score"
            asked = {"question": "Who is Ada?", "chat_history": []}
            answer = await client.post(url, json=asked)
            streamed = await client.post(url, json=asked, headers={"accept": "text/event-stream"})
        await openai.close()
        assert answer.json() == {"answer": "Turn 1. You said: Who is Ada?"}
        assert streamed.headers["content-type"].startswith("text/event-stream")

    asyncio.run(run())


def made(tmp_path: Path, dockerfile: str) -> Container:
    of, _ = built("flex", tmp_path)
    assert of.build is not None
    (of.build / "Dockerfile").write_text(dockerfile)
    return of


def test_the_dockerfile_of_the_how_to_serves(serve: Serve, tmp_path: Path) -> None:
    page = (SAMPLES.parent / "docs" / "how-to" / "bring-your-own-image.md").read_text()
    of = made(tmp_path, page.partition("```dockerfile\n")[2].partition("```")[0])
    inputs = {"text": "one two"}

    async def run() -> None:
        async with serve() as serving, httpx.AsyncClient(timeout=60) as client:
            await serving.start(of)
            answer = await client.post(f"{serving.url('flex', 'blue')}/score", json=inputs)
        assert answer.json()["words"] == 2

    asyncio.run(run())


@pytest.mark.parametrize(
    ("pip", "told"),
    [
        ("echo nothing", "gunicorn"),
        ("python3 -m pip install promptflow==1.18.5", "gunicorn"),
    ],
)
def test_a_plain_image_has_only_what_its_dockerfile_installs(
    serve: Serve, tmp_path: Path, pip: str, told: str
) -> None:
    of = made(tmp_path, DOCKERFILE.format(base=BASE_IMAGE, pip=pip))

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(of)
            log = serving.log("flex", "blue", "InferenceServer")
        assert raised.value.code == "ResourceNotReady"
        assert "exit code 127" in raised.value.message
        assert told in log
        assert "No such file" in log

    asyncio.run(run())


def test_a_plain_image_without_a_command_serves_nothing(serve: Serve, tmp_path: Path) -> None:
    of = made(tmp_path, f"FROM {BASE_IMAGE}\nRUN pip install promptflow==1.18.5\n")

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError, match="exit code 0"):
                await serving.start(of)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("image", "plain"),
    [
        (BASE_IMAGE, True),
        ("python:3.13-slim", True),
        ("docker/whatever", True),
        ("mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest", False),
        ("mcr.microsoft.com/azureml/promptflow/promptflow-runtime-stable:20240101", False),
        ("ours.azurecr.io/flows:1", False),
        ("localhost/flows:1", False),
    ],
)
def test_what_is_in_a_private_image_is_not_known(image: str, plain: bool) -> None:
    assert has_no_runtime(image) is plain


def test_flows_run_in_azure_with_the_packages_that_serve_them_here() -> None:
    assert MODULE.read_text() == module_text()
