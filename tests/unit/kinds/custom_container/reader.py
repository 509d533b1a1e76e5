"""Read a custom container from texts."""

from collections.abc import Mapping

from shared.domain.errors import Finding
from shared.domain.kinds.custom_container.model import CustomContainer
from shared.domain.kinds.custom_container.reading import read_container
from shared.domain.kinds.files import Files
from shared.domain.kinds.scoring_script.asked import Asked
from shared.package import parse

DOCKERFILE = """\
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY app.py .
EXPOSE 8000
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "8000"]
"""
APP = "from starlette.applications import Starlette\n\napp = Starlette()\n"
BARE = {"Dockerfile": DOCKERFILE, "app.py": APP, "requirements.txt": "starlette\nuvicorn\n"}
DEPLOYMENT = """\
endpoint_name: words
environment:
  build: {path: .}
  inference_config:
    liveness_route: {port: 8000, path: /health}
    readiness_route: {port: 8000, path: /health}
    scoring_route: {port: 8000, path: /score}
"""


def read(
    files: Mapping[str, str], deployment: str | None = None
) -> tuple[CustomContainer, tuple[Finding, ...]]:
    """Read a package of these files; without a deployment, the Dockerfile at its top."""
    asked = Asked() if deployment is None else Asked(parse(deployment, "deployment.yaml"))
    return read_container(asked, Files(frozenset(files), {}, files))


def told(files: Mapping[str, str], deployment: str | None = None) -> list[str]:
    """Return the findings as people see them."""
    return [f"{it.severity}: {it}" for it in read(files, deployment)[1]]
