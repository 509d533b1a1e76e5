"""The way back: from what was kept of before and what there is now. Pure, as the plan is."""

from typing import Any

from shared.domain.step import Observed, Plan, Step, live


def undo(made: Plan, observed: Observed) -> tuple[Step, ...]:
    """The way back, from what was kept of before and what there is now."""
    if observed.endpoint is None:
        return ()
    prior, steps = made.prior, list[Step]()
    if live(observed.endpoint.traffic) != live(prior.traffic):
        steps.append(Step("set_traffic", "Put the traffic back", {"traffic": live(prior.traffic)}))
    state = next((it for it in observed.deployments if it.name == made.deployment), None)
    before = prior.instances.get(made.deployment)
    if prior.replaced is not None:
        if state is None or dict(state.tags) != dict(prior.replaced.get("tags") or {}):
            title = f"Put {made.deployment} back as it was"
            steps.append(Step("restore_deployment", title, {"name": made.deployment}))
    elif state is not None and before is None:
        arguments: dict[str, Any] = {"name": state.name}
        steps.append(Step("delete_deployment", "Delete the new deployment", arguments))
    elif state is not None and before != state.instance_count:
        arguments = {"instance_count": before}
        steps.append(Step("ensure_deployment", "Put the instance count back", arguments))
    return tuple(steps)


def moves_traffic(steps: tuple[Step, ...]) -> bool:
    return any(step.kind in {"set_traffic", "restore_deployment"} for step in steps)
