"""From a flow and its manifest to the release: every default that a person did not set is here."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

from shared.domain.endpoint import Probe, RequestSettings
from shared.domain.endpoint_asking import access_ask, endpoint_ask
from shared.domain.errors import Finding
from shared.domain.flow import Flow, sample_input
from shared.domain.job import DeployRequest
from shared.domain.manifest import Deployment, Environment, Manifest
from shared.domain.manifest import Probe as AskedProbe
from shared.domain.manifest import RequestSettings as AskedSettings
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.release import (
    DEFAULT_IMAGE,
    DEFAULT_INSTANCE_TYPE,
    DeploymentAsk,
    EnvironmentAsk,
    Limits,
    Release,
    SmokeTest,
)


def make_release(
    request: DeployRequest,
    flow: Flow,
    manifest: Manifest,
    *,
    name: str,
    digest: str,
    requirements: str | None,
    limits: Limits,
) -> Release:
    """The release of a flow that has no errors, at the endpoint of that name.

    Args:
        request: what was asked; its job and order are the release's.
        flow: what shall serve.
        manifest: how, overrides laid over it.
        name: the endpoint.
        digest: of the flow's files.
        requirements: the text of its requirements file, None where it says nothing.
        limits: the operator's.
    """
    return Release(
        job=request.job,
        order=request.order,
        path=str(getattr(request.source, "path", "")),
        digest=digest,
        endpoint=endpoint_ask(name, manifest.endpoint),
        deployment=_deployment(manifest.deployment, manifest.flow.outputs),
        environment=_environment(flow, manifest.deployment, requirements),
        smoke_test=SmokeTest(
            input={**sample_input(flow), **(manifest.smoke_test.input or {})},
            expect=(
                manifest.smoke_test.expect.model_dump(exclude_unset=True)
                if manifest.smoke_test.expect is not None
                else None
            ),
        ),
        retain=manifest.retain,
        ttl=ttl_seconds(manifest.ttl) if manifest.ttl is not None else None,
        model_properties=_model_properties(name, flow),
        connections=flow.connection_names,
        limits=limits,
        access=access_ask(flow, manifest),
    )


def not_yet(manifest: Manifest) -> Iterator[Finding]:
    """What a manifest may say, and this version of Sluice does not do."""
    if manifest.flow.connections:
        yield _refused("flow.connections", "Name the connection in the flow itself")
    environment = manifest.deployment.environment
    image_named = isinstance(environment, Environment) and environment.image
    if environment is not None and not image_named:
        yield _refused(
            "deployment.environment without an image",
            "Name the environment's image, there or as environment.image in the flow file",
        )


def _refused(what: str, remedy: str) -> Finding:
    return Finding("manifest", None, f"{what} is not supported yet", remedy)


def _deployment(asked: Deployment, outputs: list[str] | None) -> DeploymentAsk:
    variables = dict(asked.environment_variables or {})
    if outputs is not None:
        variables["PROMPTFLOW_RESPONSE_INCLUDED_FIELDS"] = json.dumps(outputs)
    return DeploymentAsk(
        instance_type=asked.instance_type or DEFAULT_INSTANCE_TYPE,
        instance_count=asked.instance_count,
        environment_variables=variables,
        request_settings=_request_settings(asked.request_settings),
        liveness_probe=_probe(asked.liveness_probe),
        readiness_probe=_probe(asked.readiness_probe),
        app_insights_enabled=bool(asked.app_insights_enabled),
        description=asked.description,
        tags=dict(asked.tags or {}),
    )


def _request_settings(asked: AskedSettings | None) -> RequestSettings:
    default = RequestSettings()
    if asked is None:
        return default
    timeout, wait = asked.request_timeout_ms, asked.max_queue_wait_ms
    concurrent = asked.max_concurrent_requests_per_instance
    return RequestSettings(
        request_timeout=timeout / 1000 if timeout is not None else default.request_timeout,
        max_concurrent_requests_per_instance=(
            concurrent or default.max_concurrent_requests_per_instance
        ),
        max_queue_wait=wait / 1000 if wait is not None else default.max_queue_wait,
    )


def _probe(asked: AskedProbe | None) -> Probe:
    said = {} if asked is None else asked.model_dump(exclude_none=True)
    return replace(Probe(), **{key: said[key] for key in asdict(Probe()) if key in said})


def _environment(flow: Flow, asked: Deployment, requirements: str | None) -> EnvironmentAsk:
    said = asked.environment.image if isinstance(asked.environment, Environment) else None
    image = said or flow.environment.image or DEFAULT_IMAGE
    return EnvironmentAsk(image=image, requirements=requirements)


def _model_properties(name: str, flow: Flow) -> dict[str, str]:
    """What Azure ML wants to know of a flow: 300 s of time, the Test tab, and the chat's roles."""
    properties = {"azureml.promptflow.source_flow_id": name}
    if flow.is_chat:
        properties |= {
            "azureml.promptflow.mode": "chat",
            "azureml.promptflow.chat_input": str(flow.chat_input),
            "azureml.promptflow.chat_output": str(flow.chat_output),
        }
    return properties
