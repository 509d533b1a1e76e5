"""The desired release, from the request, the flow, the manifest and the defaults."""

from collections.abc import Mapping, Sequence

from shared.domain.access.approval import Approval, stricter
from shared.domain.comparison.settings import ComparisonFloor, Recorded
from shared.domain.kinds.content import Content
from shared.domain.kinds.known import kind_named
from shared.domain.manifest import Manifest
from shared.domain.manifest.lifetime import ttl_seconds
from shared.domain.release.desired_comparison import make_comparison
from shared.domain.release.desired_deployment import deployment_ask, model_properties
from shared.domain.release.desired_endpoint import access_ask, endpoint_ask
from shared.domain.release.desired_environment import EnvironmentAsk
from shared.domain.release.desired_rollout import make_rollout
from shared.domain.release.desired_smoke_test import make_smoke_test
from shared.domain.release.registered import code_ask, model_ask
from shared.domain.release.release import Limits, Release
from shared.domain.requests.request import DeployRequest
from shared.domain.rollout.strategy import Floor


def make_release(  # noqa: PLR0913 - each is a part of the release
    request: DeployRequest,
    content: Content,
    manifest: Manifest,
    *,
    name: str,
    digest: str,
    part_digests: Mapping[str, str],
    environment: EnvironmentAsk | None,
    limits: Limits,
    floor: Floor | None = None,
    approval: Approval = "none",
    compared: ComparisonFloor | None = None,
    recorded: Sequence[Recorded] = (),
) -> Release:
    """Make the release of a flow without errors, at the endpoint of that name.

    Args:
        request: the request; job and order are taken from it.
        content: the content of the package.
        manifest: the manifest, with the request's overrides.
        name: the endpoint's name.
        digest: hash of the package's files.
        part_digests: by path, hashes of the parts that are registered by themselves.
        environment: the desired environment; None if Azure makes it.
        limits: the operator's time limits.
        floor: the least rollout that the operator demands.
        approval: the least approval that the operator demands.
        compared: the least comparison that the operator demands.
        recorded: the requests of the package to compare with.
    """
    kind = kind_named(content.kind_name)
    return Release(
        job=request.job,
        order=request.order,
        path=str(getattr(request.source, "path", "")),
        digest=digest,
        endpoint=endpoint_ask(name, manifest.endpoint),
        deployment=deployment_ask(manifest, kind.requests, mounts=kind.mounts),
        environment=environment,
        smoke_test=make_smoke_test(content, manifest),
        retain=manifest.retain,
        ttl=ttl_seconds(manifest.ttl) if manifest.ttl is not None else None,
        model_properties=model_properties(name, content, manifest),
        connections=content.connection_names,
        limits=limits,
        access=access_ask(content, manifest),
        caller=request.caller,
        made_with_connections=content.made_with_connections,
        kind=content.kind_name,
        model=model_ask(content, part_digests),
        code=code_ask(content, part_digests),
        rollout=make_rollout(manifest, floor),
        approval=stricter(manifest.approval, approval),
        comparison=make_comparison(manifest, recorded, compared),
    )
