"""The deployment's part of the plan: made, replaced or scaled; what goes first; its quota."""

from collections.abc import Iterator

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.azure.vm_sizes import size_of
from shared.domain.errors import Finding
from shared.domain.planning.quota import Room, room
from shared.domain.planning.step import Observed, Step
from shared.domain.release.release import ASKED_TAG, DIGEST_TAG, Release


def current(release: Release, observed: Observed) -> DeploymentState | None:
    """The deployment of the release's name, as it is."""
    name = release.deployment_name
    return next((it for it in observed.deployments if it.name == name), None)


def as_asked(release: Release, state: DeploymentState) -> bool:
    """Whether a deployment is what the release asks for, instances aside.

    A derived name says all of it; behind a fixed one may be anything.
    """
    if state.provisioning_state != "Succeeded":
        return False
    return release.deployment.name is None or state.tags.get(ASKED_TAG) == release.asked


def replaces(release: Release, observed: Observed) -> bool:
    """Whether a deployment of a fixed name is to become another, in place."""
    state = current(release, observed)
    fixed = release.deployment.name is not None
    return fixed and state is not None and not as_asked(release, state)


def deployment_steps(release: Release, observed: Observed) -> list[Step]:
    """What brings the deployment to what is asked; nothing where it is so."""
    name, count = release.deployment_name, release.deployment.instance_count
    existing = current(release, observed)
    if existing is not None and as_asked(release, existing):
        if count in {None, existing.instance_count}:
            return []
        arguments = {"instance_count": count}
        return [Step("ensure_deployment", f"Scale {name} to {count} instances", arguments)]
    steps = [Step("ensure_model", f"Register model {release.model_name}:{release.digest[:12]}")]
    if release.environment.registered is None:
        title = f"Register environment {release.environment.version}"
        steps.append(Step("ensure_environment", title))
    if release.data_assets:
        names = ", ".join(asset.name for asset in release.data_assets.values())
        steps.append(Step("ensure_data_assets", f"Register data assets {names}"))
    steps += room_making(release, observed)
    title = f"Create deployment {name}"
    if replaces(release, observed):
        title = f"Replace deployment {name} in place" + _whose(existing)
    return [*steps, Step("ensure_deployment", title, {"instance_count": count})]


def deletions(release: Release, observed: Observed) -> list[Step]:
    """Old deployments that Sluice made, beyond those that `retain` keeps. Others' are left alone.

    What served is kept first, the most recent of it; what never served holds quota for nothing.
    Those that go first, for the sake of quota, are not named again.
    """
    gone = {str(step.arguments["name"]) for step in room_making(release, observed)}
    return [_deletion(it) for it in _outdated(release, observed) if it.name not in gone]


def room_making(release: Release, observed: Observed) -> list[Step]:
    """Deletions that come before the new deployment: without traffic, where quota is short."""
    alone = _room(release, observed, ())
    if alone is None or alone.suffices:
        return []
    return [_deletion(it) for it in _idle(release, observed)]


def quota_findings(release: Release, observed: Observed) -> Iterator[Finding]:
    """Why the quota does not suffice, even once all that may go first is gone."""
    if not _takes_cores(release, observed):
        return
    found = _room(release, observed, _idle(release, observed))
    if found is not None and not found.suffices:
        yield found.finding()


def deployment_warnings(release: Release, observed: Observed) -> Iterator[str]:
    """What a person should know of this deployment before it is made."""
    if _takes_cores(release, observed) and _room(release, observed, ()) is None:
        size = size_of(release.deployment.instance_type)
        why = "Azure tells of no quota for its family"
        if size is None:
            why = "its family is not known"
        elif observed.usages is None:
            why = "Sluice may not read the region's usages"
        yield f"The quota of {release.deployment.instance_type} was not checked: {why}"
    state = current(release, observed)
    if replaces(release, observed) and observed.replaced is None and state is not None:
        yield (
            f"Deployment {state.name} is {state.provisioning_state}: if its replacement fails, "
            "there is nothing to put back"
        )


def _takes_cores(release: Release, observed: Observed) -> bool:
    existing, count = current(release, observed), release.deployment.instance_count
    if existing is None or not as_asked(release, existing):
        return True
    return count is not None and count > existing.instance_count


def _room(release: Release, observed: Observed, gone: tuple[DeploymentState, ...]) -> Room | None:
    existing = current(release, observed)
    count = release.deployment.instance_count or (existing.instance_count if existing else 1)
    freed = (*gone, *((existing,) if existing is not None else ()))
    return room(release.deployment.instance_type, count, observed.usages or (), freed)


def _outdated(release: Release, observed: Observed) -> list[DeploymentState]:
    traffic = observed.endpoint.traffic if observed.endpoint else {}
    ours = [
        state
        for state in observed.deployments
        if DIGEST_TAG in state.tags and state.name != release.deployment_name
    ]
    served = [
        it
        for it in ours
        if it.provisioning_state == "Succeeded"
        and (traffic.get(it.name) or it.name in observed.released)
    ]
    served.sort(key=lambda it: (traffic.get(it.name, 0), it.created_at), reverse=True)
    kept = {it.name for it in served[: release.retain]}
    return [it for it in ours if it.name not in kept]


def _idle(release: Release, observed: Observed) -> tuple[DeploymentState, ...]:
    traffic = observed.endpoint.traffic if observed.endpoint else {}
    return tuple(it for it in _outdated(release, observed) if not traffic.get(it.name))


def _deletion(state: DeploymentState) -> Step:
    return Step("delete_deployment", f"Delete {state.name}", {"name": state.name}, optional=True)


def _whose(state: DeploymentState | None) -> str:
    made = state is not None and DIGEST_TAG in state.tags
    return "" if made else ", which Sluice did not make"
