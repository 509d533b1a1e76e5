"""Steps on deployments: that one is there as asked, and that one is gone."""

from shared.domain.diagnosis import Signal, diagnose
from shared.domain.endpoint import DeploymentState
from shared.domain.release import ATTEMPT_TAG, JOB_TAG, deployment_spec
from shared.domain.report import Report, ok, unhealthy, waiting
from shared.ports import Ports
from shared.steps.call import Call, release_of
from shared.steps.planning import kept_plan


def ensure_deployment(ports: Ports, call: Call) -> Report:
    """The release's deployment is there, ready, with as many instances as asked.

    A deployment that an earlier try left failed is deleted first. Job and attempt stand in its
    tags, so that a call that runs twice finds its own work and does not begin it again.
    """
    release = release_of(ports, call.job)
    count = call.arguments.get("instance_count")
    state = _find(ports, call.endpoint, release.deployment_name)
    if state is not None and state.busy:
        return waiting(_PATIENCE, operation=state.operation_url)
    if state is not None and state.provisioning_state == "Succeeded":
        if count in {None, state.instance_count}:
            return ok(deployment=state.name, instance_count=state.instance_count)
    elif state is not None:
        return _failed(ports, call, state)
    spec = deployment_spec(
        release,
        workspace_id=ports.workspace.facts().id,
        client_id=_client_id(ports, call.job),
        attempt=call.attempt,
        count=count or (state.instance_count if state is not None else 1),
    )
    return waiting(_PATIENCE, operation=ports.workspace.put_deployment(call.endpoint, spec))


def delete_deployment(ports: Ports, call: Call) -> Report:
    """The deployment is gone."""
    name = str(call.arguments["name"])
    state = _find(ports, call.endpoint, name)
    if state is None:
        return ok(deployment=name, removed=[{"kind": "deployment", "name": name}])
    if state.busy:
        return waiting(f"Azure is working on {name}", operation=state.operation_url)
    operation = ports.workspace.delete_deployment(call.endpoint, name)
    return waiting(f"Azure ML deletes {name}, which can take 20 minutes", operation=operation)


_PATIENCE = "Azure ML builds the image and starts the container, usually 5 to 15 minutes"


def _failed(ports: Ports, call: Call, state: DeploymentState) -> Report:
    mine = (state.tags.get(JOB_TAG), state.tags.get(ATTEMPT_TAG)) == (call.job, str(call.attempt))
    if not mine:
        operation = ports.workspace.delete_deployment(call.endpoint, state.name)
        return waiting("What an earlier try left failed is deleted first", operation=operation)
    if state.operation_url is not None:
        return waiting("The deployment has failed; asking why", operation=state.operation_url)
    log = ports.workspace.deployment_log(call.endpoint, state.name)
    return unhealthy(diagnose(Signal("", f"{state.name} is {state.provisioning_state}", log)))


def _find(ports: Ports, endpoint: str, name: str) -> DeploymentState | None:
    return next((it for it in ports.workspace.deployments(endpoint) if it.name == name), None)


def _client_id(ports: Ports, job: str) -> str | None:
    made = kept_plan(ports, job)
    return made.client_id if made is not None else None
