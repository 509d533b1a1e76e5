"""Steps on deployments: create or update, restore, delete."""

from shared.domain.azure.endpoint import DeploymentState
from shared.domain.diagnosis.diagnosis import Signal, diagnose
from shared.domain.jobs.ending import Ending
from shared.domain.jobs.phase import words
from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepFacts, StepReport, ok, unhealthy, waiting
from shared.domain.planning.deployment_plan import as_asked
from shared.domain.planning.deployment_spec import deployment_spec
from shared.domain.release.release import ATTEMPT_TAG, JOB_TAG
from shared.ports import Ports
from shared.steps.deploy.kept_release import release_of
from shared.steps.deploy.planning import kept_plan
from shared.steps.deploy.visibility import is_told, must_write, wait_until_visible


def ensure_deployment(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the release's deployment exists and is ready, with the requested instances.

    A deployment of a fixed name with another content is replaced in place. One that an earlier
    attempt left failed is deleted first. The tags hold job and attempt, so that a call that runs
    twice recognises its own work and does not start it again.
    """
    if is_told(call):
        return ok()
    release, seen = release_of(ports, call.job), ports.seen.take(call, ports.now())
    count = call.arguments.get("instance_count")
    shown = seen.deployments if seen else ports.workspace.deployments(call.endpoint)
    state = next((it for it in shown if it.name == release.deployment_name), None)
    if state is not None and state.busy:
        return waiting(words(call.kind), operation=state.operation_url)
    if (
        state is not None
        and as_asked(release, state)
        and count in {None, state.instance_count}
        and not must_write(call)
    ):
        return ok()
    if (wait := wait_until_visible(call, ports.now(), "the deployment")) is not None:
        return wait
    failed = state if state is not None and state.provisioning_state != "Succeeded" else None
    if failed is not None and (report := _failed(ports, call, failed)) is not None:
        return report
    spec = deployment_spec(
        release,
        workspace_id=ports.workspace.facts().id,
        client_id=_client_id(ports, call.job),
        attempt=call.attempt,
        count=count or (state.instance_count if state is not None else 1),
    )
    operation = ports.workspace.put_deployment(call.endpoint, spec)
    return waiting(words(call.kind), operation=operation, own=True)


def restore_deployment(ports: Ports, call: StepCall) -> StepReport:
    """Put the deployment that was replaced in place back as it was before the plan."""
    name, made = str(call.arguments["name"]), kept_plan(ports, call.job)
    kept = made.prior.replaced if made is not None else None
    if kept is None:
        return ok("there is no backup of it")
    state = _find(ports, call.endpoint, name)
    if state is not None and state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    if state is None or dict(state.tags) != dict(kept.get("tags") or {}) or must_write(call):
        if (wait := wait_until_visible(call, ports.now(), name)) is not None:
            return wait
        operation = ports.workspace.restore_deployment(call.endpoint, name, kept)
        return waiting(f"Azure ML puts {name} back as it was", operation=operation, own=True)
    if state.provisioning_state == "Succeeded":
        return ok()
    log = ports.workspace.deployment_log(call.endpoint, name)
    return unhealthy(diagnose(Signal("", f"{name} is {state.provisioning_state}", log)))


def delete_deployment(ports: Ports, call: StepCall) -> StepReport:
    """Ensure that the deployment is gone. Delete it even if Azure does not show it yet."""
    name, seen = str(call.arguments["name"]), ports.seen.take(call, ports.now())
    shown = seen.deployments if seen else ports.workspace.deployments(call.endpoint)
    state = next((it for it in shown if it.name == name), None)
    if state is None and (call.written or call.tries > 1):
        return ok(facts=removed(call))
    if state is not None and state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    if (wait := wait_until_visible(call, ports.now(), f"the end of {name}")) is not None:
        return wait
    operation = ports.workspace.delete_deployment(call.endpoint, name)
    return waiting(words(call.kind), operation=operation, own=True)


def removed(call: StepCall) -> StepFacts:
    """What the step reports once the deployment is gone."""
    gone = {"kind": "deployment", "name": str(call.arguments["name"])}
    return StepFacts(ending=Ending(removed=(gone,)))


def _failed(ports: Ports, call: StepCall, state: DeploymentState) -> StepReport | None:
    """Report on a failed deployment; None if a new PUT is to replace it."""
    mine = (state.tags.get(JOB_TAG), state.tags.get(ATTEMPT_TAG)) == (call.job, str(call.attempt))
    if not mine and _serves(ports, call, state):
        return None
    if not mine:
        operation = ports.workspace.delete_deployment(call.endpoint, state.name)
        return waiting("Deleting the failed deployment of an earlier attempt", operation=operation)
    if state.operation_url is not None:
        return waiting("The deployment has failed; asking why", operation=state.operation_url)
    log = ports.workspace.deployment_log(call.endpoint, state.name)
    return unhealthy(diagnose(Signal("", f"{state.name} is {state.provisioning_state}", log)))


def _serves(ports: Ports, call: StepCall, state: DeploymentState) -> bool:
    """Return whether the failed deployment must stay: it has traffic, or is being replaced.

    Azure deletes no deployment with traffic, and a replaced one may have to serve again.
    """
    made, endpoint = kept_plan(ports, call.job), ports.workspace.endpoint(call.endpoint)
    replaced = made is not None and made.prior.replaced is not None
    return replaced or (endpoint is not None and bool(endpoint.traffic.get(state.name)))


def _find(ports: Ports, endpoint: str, name: str) -> DeploymentState | None:
    return next((it for it in ports.workspace.deployments(endpoint) if it.name == name), None)


def _client_id(ports: Ports, job: str) -> str | None:
    made = kept_plan(ports, job)
    return made.client_id if made is not None else None
