"""What fails on Azure after a build of minutes, and is visible in the files of a container."""

import pytest

from tests.unit.kinds.custom_container.reader import APP, BARE, DEPLOYMENT, DOCKERFILE, read, told


def _with(before: str, after: str) -> dict[str, str]:
    assert before in DOCKERFILE
    return {**BARE, "Dockerfile": DOCKERFILE.replace(before, after)}


def test_a_container_without_fault() -> None:
    assert told(BARE) == []
    assert told(BARE, DEPLOYMENT) == []


def test_no_start_command_over_an_image_without_a_server() -> None:
    """The container ends at once: 'User container has crashed or terminated'."""
    start = DOCKERFILE.splitlines()[-1] + "\n"
    assert told(_with(start, "")) == [
        (
            "error: Dockerfile:1: the Dockerfile has neither CMD nor ENTRYPOINT, and 'python' "
            "starts no server: the container would end at once. Start the server: "
            'CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"]'
        )
    ]


def test_no_start_command_over_an_image_that_may_have_a_server() -> None:
    files = {"Dockerfile": "FROM tensorflow/serving:2.14.1\nEXPOSE 8501\n"}
    assert [it.partition(".")[0] for it in told(files)] == [
        (
            "warning: Dockerfile:1: the Dockerfile has neither CMD nor ENTRYPOINT: what 'serving' "
            "starts has to be the server"
        )
    ]


@pytest.mark.parametrize(
    ("start", "server"),
    [
        ('CMD ["uvicorn", "app:app", "--host", "127.0.0.1", "--port", "8000"]', "uvicorn"),
        ('CMD ["uvicorn", "app:app", "--port", "8000"]', "uvicorn"),
        ("CMD uvicorn app:app --host=localhost --port=8000", "uvicorn"),
        ("CMD gunicorn app:app", "gunicorn"),
        ('CMD ["python", "-m", "gunicorn", "-b", "127.0.0.1:8000", "app:app"]', "gunicorn"),
        ('ENTRYPOINT ["hypercorn"]\nCMD ["app:app"]', "hypercorn"),
        ('CMD ["fastapi", "dev", "app.py"]', "fastapi"),
        ('CMD ["sh", "-c", "cd /app && exec uvicorn app:app --port 8000"]', "uvicorn"),
    ],
)
def test_a_server_that_listens_on_loopback(start: str, server: str) -> None:
    """The probes come from outside of the container and are refused; defaults count, too."""
    (found,) = told(_with(DOCKERFILE.splitlines()[-1], start))
    assert f"{server} listens on" in found
    assert found.endswith(
        "alone, where Azure's probes do not reach it. Let it listen on every address: host 0.0.0.0"
    )


@pytest.mark.parametrize(
    "start",
    [
        "CMD gunicorn --bind :$PORT app:app",
        'CMD ["gunicorn", "-c", "settings.py", "app:app"]',
        "CMD gunicorn app:app",
        'CMD ["./start.sh"]',
        "CMD uvicorn app:app --host 0.0.0.0 --port ${PORT:-9}",
        'ENV UVICORN_HOST=0.0.0.0\nCMD ["uvicorn", "app:app", "--port", "8000"]',
    ],
)
def test_a_server_that_is_told_elsewhere_is_taken_at_its_word(start: str) -> None:
    start = f"ENV PORT=8000\n{start}"
    assert told(_with(DOCKERFILE.splitlines()[-1], start)) == []


def test_a_program_that_listens_on_loopback() -> None:
    files = _with(DOCKERFILE.splitlines()[-1], 'CMD ["python", "app.py"]')
    files["app.py"] = f"import uvicorn\n{APP}\nuvicorn.run(app, port=8000)\n"
    assert told(files) == [
        (
            "error: app.py:6: uvicorn.run listens on 127.0.0.1 alone, where Azure's probes do not "
            "reach it. Let it listen on every address: host 0.0.0.0"
        )
    ]


def test_a_port_that_the_start_command_does_not_have() -> None:
    files = _with("EXPOSE 8000\n", "")
    deployment = DEPLOYMENT.replace("port: 8000", "port: 5001")
    found = told(files, deployment)
    assert len(found) == 3
    assert found[0] == (
        "error: deployment.yaml:5: the port is 5001, and uvicorn listens on 8000. Write port: 8000"
    )


def test_routes_with_different_ports() -> None:
    deployment = DEPLOYMENT.replace("{port: 8000, path: /score}", "{port: 8001, path: /score}")
    (found,) = told(BARE, deployment)
    assert found == (
        "error: deployment.yaml:5: the routes name different ports (liveness_route 8000, "
        "readiness_route 8000, scoring_route 8001), and one server listens on one. Write the port "
        "of the server in all three"
    )


@pytest.mark.parametrize(
    ("start", "severity"), [("CMD ./start.sh", "error"), (DOCKERFILE.splitlines()[-1], "warning")]
)
def test_a_port_that_is_not_exposed(start: str, severity: str) -> None:
    text = DOCKERFILE.replace("EXPOSE 8000", "EXPOSE 8080").replace(
        DOCKERFILE.splitlines()[-1], start
    )
    found = told({**BARE, "Dockerfile": text}, DEPLOYMENT)
    cause = "the port is 8000, and the Dockerfile exposes 8080. Write the same port in both"
    assert found == [f"{severity}: deployment.yaml:{line}: {cause}" for line in (5, 6, 7)]


def test_an_exposed_port_where_nothing_listens() -> None:
    assert told(_with("EXPOSE 8000", "EXPOSE 8080")) == [
        "error: Dockerfile:6: EXPOSE names 8080, and uvicorn listens on 8000. Write EXPOSE 8000"
    ]


@pytest.mark.parametrize("image", ["python", "python:latest", "registry.io:5000/python"])
def test_the_newest_image_is_a_warning(image: str) -> None:
    (found,) = told(_with("FROM python:3.12-slim", f"FROM {image}"))
    assert found.startswith(f"warning: Dockerfile:1: '{image}' is the newest image at each build")


def test_the_newest_of_an_image_that_exists() -> None:
    deployment = DEPLOYMENT.replace("build: {path: .}", "image: docker.io/me/words:latest")
    (found,) = told({}, deployment)
    assert found.startswith("warning: deployment.yaml:3: 'docker.io/me/words:latest' is the newest")


@pytest.mark.parametrize(
    ("copy", "told_of"),
    [
        ("COPY src/ ./src/", "'src' is not in the package"),
        ("COPY *.toml .", "'*.toml' is not in the package"),
        ("COPY ../shared ./shared", "'../shared' is outside the package"),
        ('ADD ["data.csv", "/data/"]', "'data.csv' is not in the package"),
    ],
)
def test_a_copy_of_what_is_not_in_the_context(copy: str, told_of: str) -> None:
    (found,) = told(_with("COPY app.py .", f"COPY app.py .\n{copy}"))
    assert found.startswith("error: Dockerfile:6: ")
    assert told_of in found


@pytest.mark.parametrize(
    "copy",
    [
        "COPY . .",
        "COPY *.py ./",
        "COPY --from=ghcr.io/astral-sh/uv:1 /uv /bin/",
        "ADD --chown=1 app.py /",
        "ARG WHAT\nCOPY $WHAT .",
        "ADD https://example.com/a.txt /",
    ],
)
def test_a_copy_that_works_or_cannot_be_told(copy: str) -> None:
    assert told(_with("COPY app.py .", copy)) == []


def test_paths_of_a_context_below_the_package() -> None:
    files = {f"image/{name}": text for name, text in BARE.items()}
    deployment = DEPLOYMENT.replace("path: .}", "path: image}")
    assert told(files, deployment) == []
    del files["image/app.py"]
    (found,) = told({**files, "app.py": APP}, deployment)
    assert "COPY of what the build context 'image' has not: 'app.py'" in found


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("", None, "the Dockerfile begins with no FROM"),
        ("RUN pip install a\nFROM python:3.12\n", 1, "the Dockerfile begins with no FROM"),
        ("FROM python:3.12\nINSTALL flask\n", 2, "docker knows no instruction 'INSTALL'"),
        ("FROM python:3.12\n\nRUN\n", 3, "RUN has no argument"),
    ],
)
def test_a_dockerfile_that_cannot_be_read(text: str, line: int | None, cause: str) -> None:
    (found,) = read({"Dockerfile": text})[1]
    assert (found.line, found.cause, found.severity) == (line, cause, "error")


def test_a_dockerfile_with_stages_variables_and_documents() -> None:
    text = """\
# syntax=docker/dockerfile:1
ARG PYTHON=3.12
FROM python:${PYTHON} AS build
RUN <<EOF
INSTALL nothing
EOF
FROM build
ENV PORT=8123 \\
    # a comment between
    NAME="two words"
EXPOSE $PORT
CMD exec uvicorn app:app --host 0.0.0.0 --port $PORT
"""
    content, findings = read({**BARE, "Dockerfile": text})
    assert findings == ()
    assert content.image == "python:3.12"
    assert content.server is not None
    assert content.server.port == 8123


def test_variables_that_double_are_cut() -> None:
    """Forty lines would otherwise make a terabyte."""
    doubled = "".join(f"ENV A{it + 1}=$A{it}$A{it}\n" for it in range(60))
    text = f"FROM python:3.12\nENV A0=xx\n{doubled}EXPOSE 8000\nCMD ./start $A60\n"
    content, findings = read({"Dockerfile": text})
    assert findings == ()
    assert content.server is not None
    assert content.server.port == 8000


def test_a_call_of_run_that_starts_no_server_is_left_alone() -> None:
    files = _with(DOCKERFILE.splitlines()[-1], 'CMD ["python", "app.py"]')
    files["app.py"] = 'import jobs\n\njobs.run(host="localhost")\n'
    assert told(files) == []


_AGENT = "from azure.ai.agentserver.invocations import InvocationAgentServerHost"
_RUNS = 'FROM python:3.12\nCMD ["python", "main.py"]\n'


@pytest.mark.parametrize(
    ("files", "port", "probe", "scoring"),
    [
        (BARE, 8000, "/health", "/score"),
        (_with("EXPOSE 8000", "EXPOSE 8000/udp\nEXPOSE 8000/tcp"), 8000, "/health", "/score"),
        ({"Dockerfile": _RUNS, "main.py": "import os"}, 8000, "/health", "/score"),
        ({"Dockerfile": _RUNS, "main.py": _AGENT}, 8088, "/readiness", "/invocations"),
        (
            {
                "Dockerfile": _RUNS.replace("\nCMD", "\nENV PORT=80\nCMD"),
                "requirements.txt": "azure-ai-agentserver-invocations==1.2.0\n",
            },
            80,
            "/readiness",
            "/invocations",
        ),
    ],
)
def test_routes_that_the_files_tell(
    files: dict[str, str], port: int, probe: str, scoring: str
) -> None:
    server = read(files)[0].server
    assert server is not None
    assert (server.port, server.probe, server.scoring) == (port, probe, scoring)


def test_a_sample_in_a_file_of_its_own() -> None:
    content, _ = read({**BARE, "sample-request.json": '{"text": "Hi"}'})
    assert content.sample == {"text": "Hi"}
    assert read(BARE)[0].sample is None
