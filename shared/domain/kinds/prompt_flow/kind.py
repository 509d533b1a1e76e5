"""Prompt flow as a kind of package: its name, its runtime's variables, its streams."""

import json

from shared.domain.azure.endpoint import RequestSettings
from shared.domain.kinds.kind import Kind, Place
from shared.domain.kinds.prompt_flow.model import PROMPT_FLOW_NAME, Flow
from shared.domain.kinds.prompt_flow.sample import sample_input
from shared.domain.kinds.prompt_flow.server import flow_server
from shared.domain.kinds.prompt_flow.unfit import unfit

_NAMES = frozenset(
    {
        "PROMPTFLOW_RUN_MODE",
        "PRT_CONFIG_OVERRIDE",
        "AZURE_CLIENT_ID",
        "PF_CONNECTION_PROVIDER",
        "PF_DISABLE_TRACING",
        "PF_SERVING_METRICS_COMMON_DIMENSIONS",
    }
)


def runtime_variables(place: Place) -> dict[str, str]:
    """Make the prompt flow runtime's variables: run mode, workspace, endpoint, identity."""
    parts = place.workspace_id.strip("/").split("/")
    where = {
        "subscription_id": parts[1],
        "resource_group": parts[3],
        "workspace_name": parts[7],
        "endpoint_name": place.endpoint,
        "deployment_name": place.deployment,
    }
    variables = {
        "PROMPTFLOW_RUN_MODE": "serving",
        "PRT_CONFIG_OVERRIDE": ",".join(f"deployment.{key}={it}" for key, it in where.items()),
    }
    if place.client_id:
        variables["AZURE_CLIENT_ID"] = place.client_id
    if place.made_with_connections:
        # Otherwise connections of a flex flow's class are looked up in the container's own store.
        variables["PF_CONNECTION_PROVIDER"] = f"azureml://{place.workspace_id.strip('/')}"
    if place.metrics:
        named = {"endpoint": place.endpoint, "deployment": place.deployment}
        # Since promptflow 1.17.1 the runtime otherwise counts neither tokens nor remote calls; with
        # a connection provider set, it also leaves out these two dimensions.
        variables["PF_DISABLE_TRACING"] = "false"
        variables["PF_SERVING_METRICS_COMMON_DIMENSIONS"] = json.dumps(named)
    return variables


def model_properties(flow: Flow, endpoint: str) -> dict[str, str]:
    """Make the model's properties, from which studio knows a flow and its chat input and output."""
    properties = {"azureml.promptflow.source_flow_id": endpoint}
    if flow.chat is not None:
        properties |= {
            "azureml.promptflow.mode": "chat",
            "azureml.promptflow.chat_input": flow.chat.input,
            "azureml.promptflow.chat_output": flow.chat.output,
        }
    return properties


PROMPT_FLOW = Kind(
    name=PROMPT_FLOW_NAME,
    content=Flow,
    sample=sample_input,
    model_properties=model_properties,
    unfit=unfit,
    variables=runtime_variables,
    variable_names=_NAMES,
    stream="text/event-stream",
    requests=RequestSettings(),
    retires=True,
    server=flow_server,
)
