"""Polls the operation that a step began: by its status URL, else by the resource's state.

A status URL may be refused (its signature has expired, or Azure wants a permission for it), gone,
or foreign. The operation goes on all the same, and the resource itself shows how it ended.
"""

from shared.domain.azure.endpoint import DeploymentState, EndpointState, OperationState
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport, ok, settled, waiting
from shared.ports import Ports
from shared.steps.deploy.deployment import removed
from shared.steps.deploy.endpoint import made_as_asked, moved
from shared.steps.deploy.visibility import may_be_stale

_DELETES = frozenset({"delete_deployment", "delete_endpoint"})
_UNDOES = _DELETES | {"restore_deployment"}
_SHOWN = "Azure does not tell how the operation ended; looking at what it shows"
_ON_ENDPOINT = frozenset({"ensure_endpoint", "set_traffic", "delete_endpoint"})


def poll(ports: Ports, call: StepCall) -> StepReport:
    """Report the operation's state.

    After `ok` that is not `settled`, the step itself runs again and looks at what it ensures.
    """
    state = ports.workspace.operation(str(call.operation))
    told = state.status != "unknown"
    if not told:
        state = _by_resource(ports, call)
    if state.status == "running":
        return waiting(call.said, operation=call.operation, own=call.own)
    if state.status == "succeeded" and call.own and not told:
        return waiting(_SHOWN, own=True, retry_after=0)
    if state.status == "succeeded":
        return _settled(ports, call)
    if _waits_for_what_it_undoes(call):
        return waiting(call.said)
    log = ""
    if call.kind == "ensure_deployment":
        log = ports.workspace.deployment_log(call.endpoint, _deployment(ports, call))
    found = diagnose(Signal(state.code, state.message, log, call.title))
    return StepReport("denied" if found.permission else "unhealthy", found.cause, diagnosis=found)


def _settled(ports: Ports, call: StepCall) -> StepReport:
    """Report success as told by the operation: a step's own write is done, except on the way back.

    What is shown counts there; and a new endpoint shows what later steps need of it.
    """
    if not call.own or not call.key.startswith("step-"):
        return ok()
    if call.kind == "delete_deployment":
        return settled(removed(call))
    if call.kind == "ensure_deployment":
        return settled()
    if call.kind == "set_traffic":
        return settled(moved(call))
    shown = ports.workspace.endpoint(call.endpoint) if call.kind == "ensure_endpoint" else None
    facts = made_as_asked(ports, call, shown) if shown is not None else None
    return settled(facts) if facts is not None else ok()


def _by_resource(ports: Ports, call: StepCall) -> OperationState:
    """Infer the operation's state from the resource, which may still show the state before it."""
    found = _resource(ports, call)
    if found is None and call.kind not in _DELETES and may_be_stale(call, ports.now()):
        return OperationState("running")
    if found is None or found.provisioning_state == "Succeeded":
        return OperationState("succeeded")
    if found.busy or (may_be_stale(call, ports.now()) and not _waits_for_what_it_undoes(call)):
        return OperationState("running")
    kept = found.operation_url
    if kept is not None and kept != call.operation:
        state = ports.workspace.operation(kept)
        if state.status == "failed":
            return state
    return OperationState("failed", "", f"{found.name} is {found.provisioning_state}")


def _waits_for_what_it_undoes(call: StepCall) -> bool:
    """True if an undo waits for the operation that it undoes, which may fail."""
    return call.kind in _UNDOES and not call.own


def _resource(ports: Ports, call: StepCall) -> EndpointState | DeploymentState | None:
    if call.kind in _ON_ENDPOINT:
        return ports.workspace.endpoint(call.endpoint)
    name = str(call.arguments.get("name") or _deployment(ports, call))
    return next((it for it in ports.workspace.deployments(call.endpoint) if it.name == name), None)


def _deployment(ports: Ports, call: StepCall) -> str:
    plan = ports.ledger.read(call.job, "plan") or {}
    return str(plan.get("deployment", ""))
