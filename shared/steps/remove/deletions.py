"""Steps that delete an endpoint and its role assignments."""

from shared.domain.jobs.ending import Ending
from shared.domain.jobs.phase import words
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, waiting
from shared.ports import Ports
from shared.steps.deploy.visibility import wait_until_visible


def delete_endpoint(ports: Ports, call: StepCall) -> StepReport:
    """Delete the endpoint with all its deployments.

    The first try deletes also what Azure does not show, since it may not show it yet.
    """
    name = call.endpoint
    state = ports.workspace.endpoint(name)
    if state is None and (call.written or call.tries > 1):
        behind = [{"kind": "deployment", "name": it} for it in call.arguments["deployments"]]
        removed = ({"kind": "endpoint", "name": name}, *behind)
        return ok(facts=StepFacts(ending=Ending(removed=removed)))
    if state is not None and state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    if (wait := wait_until_visible(call, ports.now(), f"the end of {name}")) is not None:
        return wait
    operation = ports.workspace.delete_endpoint(name)
    return waiting(words(call.kind), operation=operation, own=True)


def delete_role_assignment(ports: Ports, call: StepCall) -> StepReport:
    """Delete the role assignment."""
    given = call.arguments
    ports.roles.remove_assignment(given["id"])
    named = {"kind": "role assignment", "name": given["role"]}
    removed = {**named, "scope": given["scope"], "id": given["id"]}
    return ok(facts=StepFacts(ending=Ending(removed=(removed,))))
