"""Containers of the flows beside this file, as the control plane would request them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from local.serving import FlowServing
from local.serving.contract import Container

type Serve = Callable[..., AbstractAsyncContextManager[FlowServing]]

FIXTURES = Path(__file__).parent / "fixtures"
RUNTIME = {
    "PROMPTFLOW_RUN_MODE": "serving",
    "PRT_CONFIG_OVERRIDE": "deployment.subscription_id=s,deployment.resource_group=g,"
    "deployment.workspace_name=w,deployment.endpoint_name=e,deployment.deployment_name=d",
}


def container(flow: str, **changes: Any) -> Container:
    wanted: dict[str, Any] = {
        "endpoint": flow,
        "deployment": "blue",
        "model": FIXTURES / flow,
        "image": "mcr.microsoft.com/azureml/promptflow/promptflow-runtime:latest",
        "build": None,
        "dockerfile": None,
        "environment_variables": RUNTIME,
        "platform": {},
        "port": 8080,
        "liveness": "/health",
        "readiness": "/health",
        "scoring": "/score",
        "request_timeout_s": 30,
        "max_concurrent": 4,
        "instances": 1,
    }
    return Container(**{**wanted, **changes})
