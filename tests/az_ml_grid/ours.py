"""Sluice's reading of a file: the body that it would send, or its refusal."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.adapters.bodies import deployment_body
from shared.domain.azure.data_collection import CollectionSpec, DataCollectorSpec
from shared.domain.azure.endpoint import DeploymentSettings, DeploymentSpec
from shared.domain.manifest import Environment, Manifest
from shared.domain.manifest.environment_reference import read_reference
from shared.domain.release.desired_deployment import deployment_ask, environment_ask
from shared.domain.release.desired_endpoint import endpoint_ask
from shared.package import Reading, read
from tests.az_ml_grid.sent import Sent, flat


def sent_by_us(kind: str, root: Path) -> tuple[Sent | str, Reading]:
    """Return the body that Sluice sends for the folder, flat; or its refusal."""
    reading = read(root)
    if reading.errors:
        return "; ".join(f"{it.cause} -> {it.remedy}" for it in reading.errors), reading
    manifest = reading.manifest
    return (_endpoint(manifest) if kind == "endpoint" else _deployment(reading)), reading


def _endpoint(manifest: Manifest) -> Sent:
    ask = endpoint_ask(manifest.endpoint.name or "", manifest.endpoint)
    identity = ask.identity
    ids = [identity.resource_id.lower()] if identity and identity.resource_id else []
    return flat(
        {
            "name": ask.name,
            "tags": ask.tags,
            "identity": {"type": identity.kind.lower() if identity else None, "ids": ids},
            "authMode": ask.auth_mode.lower() if ask.auth_mode else None,
            "description": ask.description,
            "publicNetworkAccess": (ask.public_network_access or "").lower() or None,
            "properties": ask.properties,
        }
    )


def _deployment(reading: Reading) -> Sent:
    manifest = reading.manifest
    ask = deployment_ask(manifest)
    settings = {name: getattr(ask, name) for name in DeploymentSettings.__dataclass_fields__}
    spec = DeploymentSpec(
        name=ask.name or "", model="", environment="", instance_type=ask.instance_type, **settings
    )
    body = deployment_body(spec, "westeurope", 1)
    inner: dict[str, Any] = dict(body["properties"])
    for key in ("model", "environmentId", "scaleSettings", "endpointComputeType"):
        inner.pop(key, None)
    own = {str(key): str(value) for key, value in (inner.get("properties") or {}).items()}
    egress = (inner.pop("egressPublicNetworkAccess", None) or "enabled").lower()
    return flat(
        {
            **inner,
            "name": ask.name,
            "endpoint": manifest.endpoint.name,
            "count": ask.instance_count,
            "tags": body["tags"],
            "environment": _environment(reading),
            "collected": _collected(manifest),
            "properties": own,
            "egressPublicNetworkAccess": egress,
        }
    )


def _environment(reading: Reading) -> Any:
    environment = reading.manifest.deployment.environment
    if isinstance(environment, str):
        named = read_reference(environment)
        assert named is not None, environment
        return environment.removeprefix("azureml:")
    if not isinstance(environment, Environment) or not (environment.image or environment.build):
        return None if environment is None else f"{environment.name}:{environment.version}"
    assert reading.content is not None
    ask = environment_ask(reading.content, reading.manifest.deployment, None)
    assert ask is not None
    routes = (
        {
            f"{name}Route": {"port": route.port, "path": route.path}
            for name, route in vars(ask.routes).items()
        }
        if ask.routes
        else None
    )
    return {
        "image": ask.image or None,
        "build": {"path": ask.build.path, "dockerfile": ask.build.dockerfile}
        if ask.build
        else None,
        "routes": routes,
        "os": "linux",
        **(asdict(ask.described) if ask.described is not None else {}),
    }


def _collected(manifest: Manifest) -> Any:
    ask = deployment_ask(manifest).data_collector
    if ask is None:
        return None
    spec = DataCollectorSpec(
        {key: CollectionSpec(it.enabled, "", it.client_id) for key, it in ask.collections.items()},
        *(ask.rolling_rate, ask.sampling_rate, ask.capture_headers),
    )
    blank = DeploymentSpec(name="", model="", environment="", instance_type="", data_collector=spec)
    body: Mapping[str, Any] = deployment_body(blank, "", 1)["properties"]["dataCollector"]
    for each in body["collections"].values():
        each.pop("dataId")
    data = {
        key: {"name": it.name, "version": it.version, "path": it.path}
        for key, it in ask.collections.items()
    }
    return {**body, "data": data}
