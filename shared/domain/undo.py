"""The way back: from what was kept of before and what there is now. Pure, as the plan is."""

from shared.domain.step import Observed, Plan, Step, live


def undo(made: Plan, observed: Observed) -> tuple[Step, ...]:
    """The way back, from what was kept of before and what there is now."""
    if observed.endpoint is None:
        return ()
    prior, steps = made.prior, list[Step]()
    if live(observed.endpoint.traffic) != live(prior.traffic):
        steps.append(Step("set_traffic", "Put the traffic back", {"traffic": live(prior.traffic)}))
    for state in observed.deployments:
        before = prior.instances.get(state.name)
        if state.name == made.deployment and before is None:
            steps.append(
                Step("delete_deployment", "Delete the new deployment", {"name": state.name})
            )
        elif state.name == made.deployment and before != state.instance_count:
            steps.append(
                Step("ensure_deployment", "Put the instance count back", {"instance_count": before})
            )
    return tuple(steps)


def moves_traffic(steps: tuple[Step, ...]) -> bool:
    return any(step.kind == "set_traffic" for step in steps)
