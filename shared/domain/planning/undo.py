"""Plan the rollback to the state before the plan. Pure."""

from typing import Any

from shared.domain.azure.endpoint import EndpointState
from shared.domain.planning.endpoint_spec import endpoint_as_asked
from shared.domain.planning.step import Observed, Plan, Step, live
from shared.domain.release.release import JOB_TAG, Release


def undo(
    made: Plan,
    observed: Observed,
    *,
    moved: bool = False,
    deployed: bool = False,
    keep: bool = False,
) -> tuple[Step, ...]:
    """Plan the steps back to the state before the plan.

    Args:
        made: the plan, with the state before it.
        observed: the current state, which may lack the job's latest writes.
        moved: the job has moved the traffic.
        deployed: the job has written the deployment.
        keep: a new deployment stays, without traffic, for inspection.
    """
    if observed.endpoint is None and not (moved or deployed):
        return ()
    prior, steps = made.prior, list[Step]()
    traffic = observed.endpoint.traffic if observed.endpoint is not None else prior.traffic
    if moved or live(traffic) != live(prior.traffic):
        arguments: dict[str, Any] = {"traffic": live(prior.traffic), "again": moved}
        if _mirrors(made):
            arguments["mirror"] = {}
        steps.append(Step("set_traffic", "Put the traffic back", arguments))
    state = next((it for it in observed.deployments if it.name == made.deployment), None)
    before = prior.instances.get(made.deployment)
    if prior.replaced is not None:
        kept = dict(prior.replaced.get("tags") or {})
        if deployed or state is None or dict(state.tags) != kept:
            title = f"Put {made.deployment} back as it was"
            arguments = {"name": made.deployment, "again": deployed}
            steps.append(Step("restore_deployment", title, arguments))
    elif keep:
        return tuple(steps)
    elif before is None and (state is not None or deployed):
        arguments = {"name": made.deployment}
        steps.append(Step("delete_deployment", "Delete the new deployment", arguments))
    elif state is not None and (deployed or before != state.instance_count):
        arguments = {"instance_count": before, "again": deployed}
        steps.append(Step("ensure_deployment", "Put the instance count back", arguments))
    return tuple(steps)


def makes_endpoint(made: Plan) -> bool:
    """True if the plan creates the endpoint."""
    return not made.prior.existed and _writes_endpoint(made)


def stays(made: Plan, release: Release, shown: EndpointState | None) -> str:
    """Name what the job has written to the endpoint itself and no step takes back; see `Ending`.

    Azure tells it, since a write whose host died is recorded nowhere: a new endpoint has the job's
    tag, and an older one is as the job asked.
    """
    if shown is None or not _writes_endpoint(made):
        return ""
    if makes_endpoint(made):
        return "endpoint" if shown.tags.get(JOB_TAG) == release.job else ""
    return "settings" if endpoint_as_asked(release.endpoint, shown) else ""


def _writes_endpoint(made: Plan) -> bool:
    return any(step.kind == "ensure_endpoint" for step in made.steps)


def _mirrors(made: Plan) -> bool:
    return any("mirror" in step.arguments for step in made.steps)


def moves_traffic(steps: tuple[Step, ...]) -> bool:
    return any(step.kind in {"set_traffic", "restore_deployment"} for step in steps)
