"""Plan the steps from the current state to the release. Pure: no I/O, no clock."""

from collections.abc import Iterator, Mapping

from shared.domain.errors import Finding, Rejected
from shared.domain.planning.approval import with_approval
from shared.domain.planning.comparison import comparison_steps, comparison_warnings
from shared.domain.planning.deployment_plan import (
    deletions,
    deployment_steps,
    deployment_warnings,
    quota_findings,
)
from shared.domain.planning.endpoint_spec import (
    endpoint_as_asked,
    endpoint_warnings,
    enforces_secrets,
    unchangeable,
)
from shared.domain.planning.image_registry import registry_warnings
from shared.domain.planning.role_grants import access_warnings, grant_steps, newest_grant
from shared.domain.planning.rollout import traffic_steps
from shared.domain.planning.scoring_path import path_findings, path_warnings
from shared.domain.planning.step import Observed, Plan, Prior, Step, live
from shared.domain.release.release import DIGEST_TAG, Release


def plan(release: Release, observed: Observed) -> Plan:
    """Plan the steps to the release. Raises Rejected if there is no way."""
    _refuse_the_impossible(release, observed)
    name = release.deployment_name
    steps = [
        *_endpoint(release, observed),
        *grant_steps(release, observed),
        *deployment_steps(release, observed),
    ]
    serves = observed.endpoint is not None and live(observed.endpoint.traffic) == {name: 100}
    if steps or not serves:
        steps += _traffic(release, observed, moves=not serves)
        steps += deletions(release, observed)
    return Plan(
        name,
        with_approval(release, observed, steps),
        _prior(observed),
        granted_at=newest_grant(release, observed),
        client_id=observed.identity.client_id,
        warnings=(
            *_warnings(release, observed),
            *comparison_warnings(release, observed, moves=not serves),
        ),
    )


def _warnings(release: Release, observed: Observed) -> Iterator[str]:
    """Yield warnings that depend on the current state in Azure."""
    yield from endpoint_warnings(release, observed)
    yield from access_warnings(release, observed)
    yield from registry_warnings(release, observed)
    yield from path_warnings(release, observed)
    yield from deployment_warnings(release, observed)


def _prior(observed: Observed) -> Prior:
    if observed.endpoint is None:
        return Prior(existed=False)
    return Prior(
        existed=True,
        traffic=proven_traffic(observed.endpoint.traffic, observed),
        instances={
            state.name: state.instance_count
            for state in observed.deployments
            if state.provisioning_state == "Succeeded"
        },
        replaced=observed.replaced,
    )


def proven_traffic(traffic: Mapping[str, int], observed: Observed) -> dict[str, int]:
    """Return the traffic without what a dead job has left of an unfinished rollout.

    A deployment of Sluice that was never released has not proved itself: its share belongs to the
    released one that has most. Without a released one the traffic stays as it is.
    """
    made = {it.name for it in observed.deployments if DIGEST_TAG in it.tags}
    unproven = {name for name in live(traffic) if name in made - observed.released}
    released = [name for name in live(traffic) if name in observed.released]
    proven = {name: share for name, share in traffic.items() if name not in unproven}
    if not released or not unproven:
        return dict(traffic)
    most = max(released, key=lambda name: traffic[name])
    return {**proven, most: proven[most] + sum(traffic[name] for name in unproven)}


def _refuse_the_impossible(release: Release, observed: Observed) -> None:
    findings = [
        *unchangeable(release, observed),
        *quota_findings(release, observed),
        *path_findings(release, observed),
    ]
    asked = release.endpoint.identity
    if asked is not None and asked.kind == "UserAssigned" and not observed.identity.principal_id:
        cause = f"There is no user-assigned identity {asked.resource_id}"
        remedy = "Create it (az identity create) or correct the resource id"
        findings.append(Finding("manifest", None, cause, remedy))
    if findings:
        raise Rejected(findings)


def _endpoint(release: Release, observed: Observed) -> list[Step]:
    existing, name = observed.endpoint, release.endpoint.name
    if existing is None:
        arguments = {"enforce_secrets": enforces_secrets(release, observed)}
        create = Step("ensure_endpoint", f"Create endpoint {name}", arguments)
        if not observed.failed_endpoint:
            return [create]
        title = f"Delete endpoint {name}, which failed when it was made"
        return [Step("delete_endpoint", title, {"deployments": []}), create]
    if endpoint_as_asked(release.endpoint, existing):
        return []
    return [Step("ensure_endpoint", f"Update endpoint {name}")]


def _traffic(release: Release, observed: Observed, *, moves: bool) -> list[Step]:
    name = release.deployment_name
    test = Step("smoke_test", f"Test {name} alone")
    check = Step("verify", "Check that what runs is what was asked for")
    if not moves:
        return [test, check]
    compared = comparison_steps(release, observed)
    return [test, *compared, *traffic_steps(release, observed), check]
