"""Prompt flow's serving app in an image that is maintained, instead of prompt flow's own image.

Prompt flow's images cannot be pulled after 2027-04-20; its packages stay on PyPI. Azure Linux is
on Microsoft's registry, so that a build pulls it without Docker Hub's limits; every package of
`PACKAGES` but one, which is Python alone, is a wheel for its Python.
"""

from shared.domain.kinds.prompt_flow.model import Flow
from shared.domain.kinds.prompt_flow.server_packages import PACKAGES
from shared.domain.kinds.server import Server

BASE_IMAGE = "mcr.microsoft.com/azurelinux/base/python:3.12"
"""The image that flows without an image of their own are built on, unless the operator says so."""

_CONFIG = """\
# How Sluice starts prompt flow's serving app. The variables are those of prompt flow's own image.
import os

fastapi = os.environ.get("PROMPTFLOW_SERVING_ENGINE", "").lower() == "fastapi"
engine = "fastapi" if fastapi else "flask"
wsgi_app = f"promptflow.core._serving.app:create_app(engine='{engine}', extension_type='azureml')"
worker_class = "uvicorn.workers.UvicornWorker" if fastapi else "gthread"
bind = "0.0.0.0:8080"
timeout = 300
workers = int(os.environ.get("PROMPTFLOW_WORKER_NUM") or 1)
threads = int(os.environ.get("PROMPTFLOW_WORKER_THREADS") or 32)
"""
_COLLECTOR = "azureml-ai-monitoring==1.0.0\n"


def flow_server(flow: Flow, collects: bool) -> Server | None:
    """Return what serves a flow in a plain Python image; None if the flow names its own image.

    `collects`: inputs and outputs are collected, which costs each start a second.
    """
    if flow.environment.image:
        return None
    return Server(PACKAGES + _COLLECTOR if collects else PACKAGES, _CONFIG)
