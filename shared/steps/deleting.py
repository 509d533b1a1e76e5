"""The steps that delete an endpoint, and what it was granted."""

from shared.domain.phase import words
from shared.domain.report import Report, ok, waiting
from shared.ports import Ports
from shared.steps.call import Call


def delete_endpoint(ports: Ports, call: Call) -> Report:
    """The endpoint is gone, with all that was behind it."""
    name = call.endpoint
    state = ports.workspace.endpoint(name)
    if state is None:
        behind = [{"kind": "deployment", "name": it} for it in call.arguments["deployments"]]
        return ok(ending={"removed": [{"kind": "endpoint", "name": name}, *behind]})
    if state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    operation = ports.workspace.delete_endpoint(name)
    return waiting(words(call.kind), operation=operation)


def delete_role_assignment(ports: Ports, call: Call) -> Report:
    """The role assignment is gone."""
    given = call.arguments
    ports.roles.take_away(given["id"])
    told = {"kind": "role assignment", "name": given["role"]}
    return ok(ending={"removed": [{**told, "scope": given["scope"], "id": given["id"]}]})
