"""The body of a deployment's PUT, from the release and the observed state."""

from shared.domain.azure.data_collection import CollectionSpec, DataCollectorSpec
from shared.domain.azure.endpoint import CodeSpec, DeploymentSpec
from shared.domain.kinds.kind import Place
from shared.domain.kinds.known import KINDS, kind_named
from shared.domain.release.release import ASKED_TAG, ATTEMPT_TAG, DIGEST_TAG, JOB_TAG, Release

SET_BY_SLUICE = frozenset().union(*(kind.variable_names for kind in KINDS.values()))
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
    place = Place(
        workspace_id,
        release.endpoint.name,
        name,
        client_id=client_id,
        metrics=ask.app_insights_enabled,
        made_with_connections=release.made_with_connections,
    )
    return DeploymentSpec(
        name=name,
        model=release.model_id(workspace_id),
        code=_code(release, workspace_id),
        environment=environment_id(release, workspace_id),
        instance_type=ask.instance_type,
        instance_count=count,
        environment_variables={
            **kind_named(release.kind).variables(place),
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
        model_mount_path=ask.model_mount_path if release.model_place else None,
        data_collector=_data_collector(release, workspace_id),
        tags={
            **ask.tags,
            DIGEST_TAG: release.digest,
            ASKED_TAG: release.asked,
            JOB_TAG: release.job,
            ATTEMPT_TAG: str(attempt),
        },
    )


def environment_id(release: Release, workspace_id: str) -> str:
    """Return the ARM id of the environment; empty if Azure makes it."""
    return release.environment.id(workspace_id) if release.environment is not None else ""


def _code(release: Release, workspace_id: str) -> CodeSpec | None:
    if release.code is None:
        return None
    return CodeSpec(f"{workspace_id}/{release.code_place}", release.code.script)


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
