"""Containers with a server of their own: a Dockerfile's Python app as a process."""

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from local.serving.contract import Container, ServingError
from local.serving.custom.following import App, CannotBuildError, follow_app
from local.serving.custom.images import is_custom
from local.serving.dockerfile import DockerfileError
from tests.local.serving.containers import Serve, container

pytestmark = pytest.mark.timeout(600)

SAMPLE = Path(__file__).parents[3] / "samples" / "container"
SERVER = """\
import http.server
import os


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ['GREETING']} {os.getcwd()}".encode())


http.server.ThreadingHTTPServer(("HOST", PORT), Answer).serve_forever()
"""
DOCKERFILE = """\
FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
ENV GREETING=hello
CMD ["python", "/srv/app/server.py"]
"""


def custom(tmp_path: Path, context: Path, **changes: Any) -> Container:
    empty = tmp_path / "none"
    empty.mkdir(exist_ok=True)
    wanted: dict[str, Any] = {
        "model": empty,
        "environment_variables": {},
        "image": "",
        "build": context,
        "dockerfile": "Dockerfile",
        "port": 8000,
        "probe_ports": (8000, 8000),
    }
    return container("own", **{**wanted, **changes})


def written(tmp_path: Path, host: str = "0.0.0.0", port: int = 8000) -> Path:
    context = tmp_path / "context"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(DOCKERFILE)
    server = SERVER.replace("HOST", host).replace("PORT", str(port))
    (context / "server.py").write_text(server)
    return context


async def _get(url: str | None, path: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.get(f"{url}{path}")


def test_the_sample_answers_on_loopback_alone(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        async with serve() as serving:
            await serving.start(custom(tmp_path, SAMPLE))
            url = serving.url("own", "blue")
            async with httpx.AsyncClient(timeout=60) as client:
                answer = await client.post(f"{url}/score", json={"text": "one two three"})
                wrong = await client.post(f"{url}/score", json={})
                stream = await client.post(
                    f"{url}/score", json={"text": "a"}, headers={"accept": "text/event-stream"}
                )
            (pid,) = serving.pids("own", "blue")
            inside = psutil.Process(pid).children(recursive=True)
            ends = {it.laddr.ip for one in inside for it in one.net_connections() if it.laddr}
        assert answer.json() == {"words": 3, "longest": "three"}
        assert wrong.status_code == 400
        assert stream.text.startswith('data: {"words": 1}\n\n')
        assert ends == {"127.0.0.1"}
        _, alive = psutil.wait_procs(inside, timeout=120)
        assert not alive

    asyncio.run(run())


def test_a_program_runs_in_its_folder_with_its_variables(serve: Serve, tmp_path: Path) -> None:
    async def run() -> None:
        async with serve() as serving:
            await serving.start(custom(tmp_path, written(tmp_path)))
            answer = await _get(serving.url("own", "blue"), "/health")
            assert answer.text.startswith("hello ")
            assert answer.text.endswith("/image/srv/app")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("host", "port", "changes"),
    [
        ("127.0.0.1", 8000, {}),
        ("0.0.0.0", 8123, {}),
        ("0.0.0.0", 8000, {"probe_ports": (8000, 8001)}),
        ("0.0.0.0", 8000, {"environment_variables": {"GREETING": ""}, "readiness": "/", "port": 9}),
    ],
)
def test_a_server_where_the_routes_do_not_lead_is_not_ready(
    serve: Serve, tmp_path: Path, host: str, port: int, changes: dict[str, Any]
) -> None:
    """As on Azure, whose probes come from outside, to the port of the inference_config."""

    async def run() -> None:
        async with serve(ready_within_s=4) as serving:
            with pytest.raises(ServingError) as raised:
                await serving.start(custom(tmp_path, written(tmp_path, host, port), **changes))
        assert raised.value.code == "ResourceNotReady"
        assert not list((tmp_path / "state" / "containers").iterdir())

    asyncio.run(run())


def test_a_command_that_ends_shows_its_log(serve: Serve, tmp_path: Path) -> None:
    context = written(tmp_path)
    (context / "server.py").write_text("raise SystemExit('no settings')\n")

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError, match="ended with exit code 1"):
                await serving.start(custom(tmp_path, context))
            assert "no settings" in serving.log("own", "blue", "InferenceServer")

    asyncio.run(run())


def test_a_model_is_where_the_deployment_mounts_it(serve: Serve, tmp_path: Path) -> None:
    context, model = written(tmp_path), tmp_path / "fit"
    (context / "server.py").write_text(
        "import os\n\nprint(os.environ['AZUREML_MODEL_DIR'], os.listdir('/srv'), flush=True)\n"
    )
    (context / "server.py").write_text(
        "import os\n\nprint(os.listdir(os.environ['AZUREML_MODEL_DIR']), flush=True)\n"
        "print(os.environ['AZUREML_MODEL_DIR'].endswith('/models/fit/1'), flush=True)\n"
    )
    model.mkdir()
    wanted = custom(tmp_path, context, model=model, mount="/models/fit/1")

    async def run() -> None:
        async with serve() as serving:
            with pytest.raises(ServingError, match="ended with exit code 0"):
                await serving.start(wanted)
            log = serving.log("own", "blue", "InferenceServer")
        assert "['fit']" in log
        assert "True" in log

    asyncio.run(run())


def followed(tmp_path: Path, text: str) -> App:
    context = tmp_path / "context"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(text)
    (context / "main.py").write_text("")
    (context / "requirements.txt").write_text("emoji\n")
    return follow_app(context, "Dockerfile", tmp_path / "root")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("FROM ubuntu:24.04\nCMD ./start\n", "line 1: the base image ubuntu:24.04"),
        ("FROM evil.io/python:3\nCMD ./start\n", "line 1: the base image evil.io/python:3"),
        ("FROM python:3 AS a\nFROM python:3\nCMD ./start\n", "line 2: several build stages"),
        (
            "FROM python:3\nRUN apt-get update && apt-get install -y git\nCMD ./start\n",
            "line 2: RUN apt-get update",
        ),
        ("FROM python:3\nONBUILD COPY . .\nCMD ./start\n", "line 2: ONBUILD"),
        ("FROM python:3\nCOPY --from=other /a /b\nCMD ./start\n", "line 2: COPY --from"),
        ("FROM python:3\nCOPY . .\n", "there is neither CMD nor ENTRYPOINT"),
    ],
)
def test_what_cannot_be_built_here_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CannotBuildError, match=told.replace("(", r"\(")):
        followed(tmp_path, text)


def test_what_docker_refuses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DockerfileError, match=r"missing\.txt is not in the context"):
        followed(tmp_path, "FROM python:3\nCOPY missing.txt .\nCMD ./start\n")


def test_who_says_that_it_cannot_be_built(serve: Serve, tmp_path: Path) -> None:
    context = written(tmp_path)
    (context / "Dockerfile").write_text("FROM rocker/r-ver:4\nCMD R\n")

    async def run() -> None:
        async with serve() as serving:
            for wanted in (
                custom(tmp_path, context),
                custom(tmp_path, context, build=None, dockerfile=None, image="me/words:1"),
            ):
                with pytest.raises(ServingError) as raised:
                    await serving.start(wanted)
                assert raised.value.code == "ImageBuildFailure"
                assert "The local stack cannot build this here, Azure may" in raised.value.message

    asyncio.run(run())


def test_instructions_become_folder_variables_packages_and_words(tmp_path: Path) -> None:
    app = followed(
        tmp_path,
        "FROM mcr.microsoft.com/azureml/minimal-py312-inference:1\n"
        "LABEL a=b\nARG c\nENV HOME_DIR=/srv\nWORKDIR $HOME_DIR\nCOPY main.py requirements.txt ./\n"
        "RUN useradd app && mkdir -p logs && pip install --no-cache-dir -r requirements.txt\n"
        'USER app\nEXPOSE 80\nENTRYPOINT ["python3.12", "/srv/main.py"]\nCMD ["--port", "80"]\n',
    )
    root = tmp_path / "root"
    assert app.workdir == root / "srv"
    assert app.variables == {"HOME_DIR": str(root / "srv")}
    assert [it.arguments for it in app.installs] == [("-r", "requirements.txt")]
    assert app.command == ("python", str(root / "srv/main.py"), "--port", "80")
    assert (root / "srv/logs").is_dir()


def test_a_package_installed_in_place_is_installed_as_a_copy(tmp_path: Path) -> None:
    text = "FROM python:3\nWORKDIR /a\nRUN pip install -e . -r requirements.txt\nCMD run\n"
    (install,) = followed(tmp_path, text).installs
    assert install.arguments == (".", "-r", "requirements.txt")


def test_a_shell_form_of_entrypoint_takes_no_command(tmp_path: Path) -> None:
    text = 'FROM python:3\nWORKDIR /a\nCOPY . .\nENTRYPOINT python /a/main.py $X\nCMD ["no"]\n'
    command = followed(tmp_path, text).command
    assert command == ("/bin/sh", "-c", f"python {tmp_path}/root/a/main.py $X")


@pytest.mark.parametrize(
    ("text", "flow", "own"),
    [
        ("FROM python:3\nCMD ./start\n", False, True),
        ("FROM python:3\nCMD ./start\n", True, False),
        ("FROM mine:1\nCOPY . .\n", True, False),
        ("FROM mine:1\nCOPY . .\n", False, True),
        ("FROM mcr.microsoft.com/azureml/promptflow/promptflow-runtime:1\n", False, False),
    ],
)
def test_which_dockerfile_makes_a_server_of_its_own(
    tmp_path: Path, text: str, flow: bool, own: bool
) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "Dockerfile").write_text(text)
    variables = {"PROMPTFLOW_RUN_MODE": "serving"} if flow else {}
    assert is_custom(custom(tmp_path, context, environment_variables=variables)) is own


def test_an_environment_of_set_up_is_used_only_if_all_of_it_is_asked_for(
    serve: Serve, tmp_path: Path
) -> None:
    """Otherwise a container would find packages that its image on Azure has not."""
    context = written(tmp_path)
    (context / "Dockerfile").write_text(
        DOCKERFILE.replace("ENV", "RUN pip install -r requirements.txt\nENV")
    )
    (context / "requirements.txt").write_text("python-slugify==8.0.4\n")
    (context / "server.py").write_text("import agent_framework\n")
    offline = {"PATH": os.environ["PATH"], "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}

    async def run() -> None:
        async with serve(environ=offline) as serving:
            with pytest.raises(ServingError):
                await serving.start(custom(tmp_path, context))
            log = serving.log("own", "blue", "InferenceServer")
        assert "No module named 'agent_framework'" in log

    asyncio.run(run())


def test_the_agent_sample_answers_several_at_once(serve: Serve, tmp_path: Path) -> None:
    context = SAMPLE.parent / "agent-container"
    wanted = custom(
        tmp_path,
        context,
        port=8088,
        probe_ports=(8088, 8088),
        liveness="/readiness",
        readiness="/readiness",
    )

    async def run() -> None:
        async with serve() as serving:
            await serving.start(wanted)
            url = serving.url("own", "blue")
            async with httpx.AsyncClient(timeout=60) as client:
                questions = [{"question": "a " * number} for number in range(1, 9)]
                asked = [client.post(f"{url}/score", json=it) for it in questions]
                answers = await asyncio.gather(*asked)
                agents = await client.post(f"{url}/invocations", json={"question": "a b"})
        assert [it.json()["words"] for it in answers] == list(range(1, 9))
        assert agents.json()["words"] == 2

    asyncio.run(run())
