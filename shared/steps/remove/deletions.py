"""The steps that delete an endpoint, and what it was granted."""

from shared.domain.jobs.phase import words
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok, waiting
from shared.ports import Ports
from shared.steps.visibility import not_shown_yet


def delete_endpoint(ports: Ports, call: StepCall) -> StepReport:
    """The endpoint is gone, with all that was behind it.

    What is not shown is deleted all the same at the first try: it may not be shown yet.
    """
    name = call.endpoint
    state = ports.workspace.endpoint(name)
    if state is None and (call.written or call.tries > 1):
        behind = [{"kind": "deployment", "name": it} for it in call.arguments["deployments"]]
        return ok(ending={"removed": [{"kind": "endpoint", "name": name}, *behind]})
    if state is not None and state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    if (wait := not_shown_yet(call, ports.now(), f"the end of {name}")) is not None:
        return wait
    operation = ports.workspace.delete_endpoint(name)
    return waiting(words(call.kind), operation=operation, own=True)


def delete_role_assignment(ports: Ports, call: StepCall) -> StepReport:
    """The role assignment is gone."""
    given = call.arguments
    ports.roles.remove_assignment(given["id"])
    told = {"kind": "role assignment", "name": given["role"]}
    return ok(ending={"removed": [{**told, "scope": given["scope"], "id": given["id"]}]})
