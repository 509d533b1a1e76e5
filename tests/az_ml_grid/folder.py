"""The folder for both readers: a flow, and files that its deployment may name."""

from pathlib import Path

_FLOW = "nodes:\n- {name: a, type: prompt, source: {type: code, path: a.jinja2}}\n"
_ENVIRONMENT = """\
name: filed
image: mcr.microsoft.com/a:1
description: from a file
tags: {a: 1}
inference_config:
  liveness_route: {port: 8080, path: /health}
  readiness_route: {port: 8080, path: /health}
  scoring_route: {port: 8080, path: /score}
"""
FILES = {
    "flow.dag.yaml": _FLOW,
    "a.jinja2": "",
    "environment.yaml": _ENVIRONMENT,
    "deeper/environment.yaml": _ENVIRONMENT,
    "conda.yaml": "dependencies: [pip]\n",
    "image_build/Dockerfile": "FROM a:1\n",
    "model/a.py": "",
}
LEAST = {
    "endpoint": {"name": "chat"},
    "deployment": {
        "name": "blue",
        "endpoint_name": "chat",
        "model": "azureml:m:1",
        "instance_type": "Standard_DS3_v2",
        "environment": "azureml:e:1",
    },
}
"""The minimal files that az ml accepts, so that each case tests only its own field."""


def write_folder(root: Path) -> None:
    """Write the files that are the same in all cases."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def file_of(kind: str, line: str) -> str:
    """Return the minimal file with one field replaced by the line."""
    field = line.partition(":")[0]
    rest = (f"{key}: {value}\n" for key, value in LEAST[kind].items() if key != field)
    return "".join((*rest, line, "\n"))
