"""The desired deployment, from the manifest and the defaults."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from shared.domain.azure.data_collection import CollectionAsk, DataCollectorAsk
from shared.domain.azure.endpoint import Probe, RequestSettings
from shared.domain.kinds.content import Content
from shared.domain.kinds.kind import OwnServer
from shared.domain.kinds.known import kind_named
from shared.domain.kinds.server import Server
from shared.domain.manifest import DataCollector, Deployment, Environment, Manifest, build_place
from shared.domain.manifest import Probe as AskedProbe
from shared.domain.manifest import RequestSettings as AskedSettings
from shared.domain.manifest.connection_override import override_variables
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.release.desired_environment import (
    BuildAsk,
    Described,
    EnvironmentAsk,
    RequirementsAsk,
    Route,
    Routes,
    has_prompt_flow,
)
from shared.domain.release.release import DEFAULT_INSTANCE_TYPE, DeploymentAsk


def deployment_ask(
    manifest: Manifest, requests: RequestSettings | None = None, *, mounts: bool = False
) -> DeploymentAsk:
    """Make the desired deployment; served outputs and connections become environment variables.

    `requests`: the limits that hold where the manifest sets none. `mounts`: the model may be
    mounted at a path of its own.
    """
    asked = manifest.deployment
    return DeploymentAsk(
        name=asked.name.lower() if asked.name is not None else None,
        instance_type=asked.instance_type or DEFAULT_INSTANCE_TYPE,
        instance_count=asked.instance_count,
        environment_variables=_variables(manifest),
        request_settings=_request_settings(asked.request_settings, requests or RequestSettings()),
        liveness_probe=_probe(asked.liveness_probe),
        readiness_probe=_probe(asked.readiness_probe),
        app_insights_enabled=bool(asked.app_insights_enabled),
        description=asked.description,
        tags=dict(asked.tags or {}),
        properties=dict(asked.properties) if asked.properties else None,
        egress_public_network_access=_egress(asked),
        private_network_connection=asked.private_network_connection or None,
        data_collector=_data_collector(asked.data_collector),
        model_mount_path=(asked.model_mount_path or None) if mounts else None,
    )


def environment_ask(
    content: Content,
    asked: Deployment,
    requirements: str | None,
    *,
    registered: RegisteredEnvironment | None = None,
    build_digest: str = "",
    requirements_digest: str = "",
    base_image: str = "",
) -> EnvironmentAsk | None:
    """Make the desired environment of the deployment; None if Azure makes it from the model.

    An image or build context in the manifest is used unchanged, as az ml does; requirements.txt is
    installed only over the image of the flow file or the default image.

    Args:
        content: the content of the package.
        asked: the manifest's deployment.
        requirements: the text of the flow's requirements file.
        registered: the environment that the manifest names, as Azure ML reports it.
        build_digest: of the files of the build context.
        requirements_digest: of the files that pip needs to install the requirements.
        base_image: what a package that names no image is built on, if its kind has a server for
            that; empty for the kind's own image.
    """
    environment = asked.environment
    container = kind_named(content.kind_name).container(content)
    runs_code = True if content.code is not None else None
    if registered is not None:
        elsewhere = registered.scoring_path not in {None, Routes().scoring.path}
        return EnvironmentAsk(
            image=registered.image,
            registered=registered.id,
            scoring_path=registered.scoring_path if elsewhere else None,
        )
    if isinstance(environment, Environment) and environment.build is not None:
        folder, dockerfile = build_place(environment.build)
        build = BuildAsk(folder, dockerfile, build_digest)
        return EnvironmentAsk(
            image="",
            build=build,
            routes=_routes(environment) or _own_routes(container),
            described=_described(environment),
            runs_code=runs_code,
        )
    if isinstance(environment, Environment) and environment.image is not None:
        return EnvironmentAsk(
            environment.image,
            routes=_routes(environment),
            described=_described(environment),
            conda=content.conda if environment.conda_file is not None else None,
            runs_code=runs_code,
        )
    if environment is None and container is not None:
        build = BuildAsk(container.path, container.dockerfile, build_digest)
        return EnvironmentAsk(image="", build=build, routes=_own_routes(container))
    if content.image is None:
        return None
    needs = _needs(content, requirements_digest) if requirements is not None else None
    server = _server(content, asked) if base_image else None
    image = content.image if server is None else base_image
    return EnvironmentAsk(
        image,
        requirements,
        needs=needs,
        conda=content.conda,
        runs_code=runs_code,
        server=None if has_prompt_flow(image) else server,
    )


def _server(content: Content, asked: Deployment) -> Server | None:
    return kind_named(content.kind_name).server(content, asked.data_collector is not None)


def _own_routes(server: OwnServer | None) -> Routes | None:
    """The routes of a server that the package builds."""
    if server is None:
        return None
    probe = Route(server.port, server.probe)
    return Routes(probe, probe, Route(server.port, server.scoring))


def _needs(content: Content, digest: str) -> RequirementsAsk | None:
    """Return None if the requirements need no other file of the package."""
    path = content.requirements_file
    if path is None or set(content.requirement_files) <= {path}:
        return None
    return RequirementsAsk(path, content.requirement_files, digest)


def model_properties(name: str, content: Content, manifest: Manifest) -> dict[str, str]:
    """Make the model's properties: those of its kind, and the manifest's over them."""
    properties = kind_named(content.kind_name).model_properties(content, name)
    inline = manifest.deployment.model
    own = inline.get("properties") if isinstance(inline, Mapping) else None
    if isinstance(own, Mapping):
        properties |= {str(key): str(value) for key, value in own.items()}
    return {**properties, **(manifest.model.properties or {})}


def _variables(manifest: Manifest) -> dict[str, str]:
    variables = dict(manifest.deployment.environment_variables or {})
    if "<" in variables.get("PRT_CONFIG_OVERRIDE", ""):
        del variables[
            "PRT_CONFIG_OVERRIDE"
        ]  # an unfilled template from the docs; Sluice sets the real values
    variables |= override_variables(manifest.flow.connections or {})
    if manifest.flow.outputs is not None:
        variables["PROMPTFLOW_RESPONSE_INCLUDED_FIELDS"] = json.dumps(manifest.flow.outputs)
    return variables


def _egress(asked: Deployment) -> str | None:
    """Return the API's value. `enabled` is its default, so setting it changes nothing."""
    return "Disabled" if asked.egress_public_network_access == "disabled" else None


def _request_settings(asked: AskedSettings | None, default: RequestSettings) -> RequestSettings:
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
    values = {} if asked is None else asked.model_dump(exclude_none=True)
    return replace(Probe(), **{key: values[key] for key in asdict(Probe()) if key in values})


def _data_collector(asked: DataCollector | None) -> DataCollectorAsk | None:
    if asked is None:
        return None
    logging = asked.request_logging
    headers = logging.capture_headers if logging is not None else None
    return DataCollectorAsk(
        collections={
            key: CollectionAsk(
                enabled=each.enabled == "true",
                name=each.data.name if each.data else None,
                version=each.data.version if each.data else None,
                path=each.data.path if each.data else None,
                client_id=each.client_id,
            )
            for key, each in asked.collections.items()
        },
        rolling_rate=asked.rolling_rate,
        sampling_rate=asked.sampling_rate,
        capture_headers=tuple(headers) if headers is not None else None,
    )


def _described(asked: Environment) -> Described | None:
    described = Described(asked.description or None, asked.tags or None, asked.properties or None)
    return described if described != Described() else None


def _routes(environment: Environment) -> Routes | None:
    config = environment.inference_config
    if config is None:
        return None
    asked = (config.liveness_route, config.readiness_route, config.scoring_route)
    return Routes(*(Route(each.port, each.path) for each in asked))
