"""The body of a deployment's PUT, from the release and the observed state."""

import json

from shared.domain.azure.data_collection import CollectionSpec, DataCollectorSpec
from shared.domain.azure.endpoint import DeploymentSpec
from shared.domain.release.release import ASKED_TAG, ATTEMPT_TAG, DIGEST_TAG, JOB_TAG, Release

SET_BY_SLUICE = frozenset(
    {
        "PROMPTFLOW_RUN_MODE",
        "PRT_CONFIG_OVERRIDE",
        "AZURE_CLIENT_ID",
        "PF_CONNECTION_PROVIDER",
        "PF_DISABLE_TRACING",
        "PF_SERVING_METRICS_COMMON_DIMENSIONS",
    }
)
"""The variables that Sluice adds to those of the manifest."""


def deployment_spec(
    release: Release, *, workspace_id: str, client_id: str | None, attempt: int, count: int | None
) -> DeploymentSpec:
    """Make the deployment to PUT.

    Args:
        release: the release.
        workspace_id: ARM id of the workspace.
        client_id: client id of a user-assigned identity, which the runtime needs.
        attempt: number of the attempt, from 1; kept in a tag for steps that run twice.
        count: instance count; None keeps the current one.
    """
    ask, name = release.deployment, release.deployment_name
    return DeploymentSpec(
        name=name,
        model=f"{workspace_id}/models/{release.model_name}/versions/{release.digest}",
        environment=release.environment.id(workspace_id),
        instance_type=ask.instance_type,
        instance_count=count,
        environment_variables={
            **_runtime_variables(release, workspace_id, name, client_id),
            **ask.environment_variables,
        },
        request_settings=ask.request_settings,
        liveness_probe=ask.liveness_probe,
        readiness_probe=ask.readiness_probe,
        app_insights_enabled=ask.app_insights_enabled,
        description=ask.description,
        properties=ask.properties,
        egress_public_network_access=ask.egress_public_network_access,
        private_network_connection=ask.private_network_connection,
        data_collector=_data_collector(release, workspace_id),
        tags={
            **ask.tags,
            DIGEST_TAG: release.digest,
            ASKED_TAG: release.asked,
            JOB_TAG: release.job,
            ATTEMPT_TAG: str(attempt),
        },
    )


def _data_collector(release: Release, workspace_id: str) -> DataCollectorSpec | None:
    ask = release.deployment.data_collector
    if ask is None:
        return None
    collections = {
        key: CollectionSpec(
            enabled=ask.collections[key].enabled,
            data_id=f"{workspace_id}/data/{asset.name}/versions/{asset.version}",
            client_id=ask.collections[key].client_id,
        )
        for key, asset in release.data_assets.items()
    }
    return DataCollectorSpec(collections, ask.rolling_rate, ask.sampling_rate, ask.capture_headers)


def _runtime_variables(
    release: Release, workspace_id: str, name: str, client_id: str | None
) -> dict[str, str]:
    """Make the prompt flow runtime's variables: run mode, workspace, endpoint, identity."""
    parts = workspace_id.strip("/").split("/")
    place = {
        "subscription_id": parts[1],
        "resource_group": parts[3],
        "workspace_name": parts[7],
        "endpoint_name": release.endpoint.name,
        "deployment_name": name,
    }
    variables = {
        "PROMPTFLOW_RUN_MODE": "serving",
        "PRT_CONFIG_OVERRIDE": ",".join(f"deployment.{key}={it}" for key, it in place.items()),
    }
    if client_id:
        variables["AZURE_CLIENT_ID"] = client_id
    if release.made_with_connections:
        # Otherwise connections of a flex flow's class are looked up in the container's own store.
        variables["PF_CONNECTION_PROVIDER"] = f"azureml://{workspace_id.strip('/')}"
    if release.deployment.app_insights_enabled:
        named = {"endpoint": release.endpoint.name, "deployment": name}
        # Since promptflow 1.17.1 the runtime otherwise counts neither tokens nor remote calls; with
        # a connection provider set, it also leaves out these two dimensions.
        variables["PF_DISABLE_TRACING"] = "false"
        variables["PF_SERVING_METRICS_COMMON_DIMENSIONS"] = json.dumps(named)
    return variables
