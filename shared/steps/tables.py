"""The steps of a job, by kind: one table for deployments, one for removals."""

from collections.abc import Callable, Mapping

from shared.domain.jobs.step_call import StepCall
from shared.domain.jobs.step_report import StepReport
from shared.domain.requests.request import JobKind
from shared.ports import Ports
from shared.steps.decisions.approval import approval
from shared.steps.deploy.assets import (
    ensure_code,
    ensure_data_assets,
    ensure_environment,
    ensure_model,
)
from shared.steps.deploy.bake import bake
from shared.steps.deploy.checks import smoke_test, verify
from shared.steps.deploy.compare import compare
from shared.steps.deploy.deployment import delete_deployment, ensure_deployment, restore_deployment
from shared.steps.deploy.endpoint import ensure_endpoint, set_traffic
from shared.steps.deploy.planning import make_plan, make_undo
from shared.steps.deploy.prepare import prepare
from shared.steps.deploy.role_assignment import ensure_role_assignment
from shared.steps.remove.deletions import delete_endpoint, delete_role_assignment
from shared.steps.remove.removal import plan_removal, prepare_removal, undo_nothing

StepFunction = Callable[[Ports, StepCall], StepReport]

DEPLOYMENT: Mapping[str, StepFunction] = {
    "prepare": prepare,
    "plan": make_plan,
    "ensure_endpoint": ensure_endpoint,
    "ensure_role_assignment": ensure_role_assignment,
    "ensure_model": ensure_model,
    "ensure_code": ensure_code,
    "ensure_environment": ensure_environment,
    "ensure_data_assets": ensure_data_assets,
    "ensure_deployment": ensure_deployment,
    "smoke_test": smoke_test,
    "compare": compare,
    "approval": approval,
    "set_traffic": set_traffic,
    "bake": bake,
    "verify": verify,
    "delete_deployment": delete_deployment,
    "delete_endpoint": delete_endpoint,  # one that failed when Sluice made it is made anew
    "undo": make_undo,
    "restore_deployment": restore_deployment,
}

REMOVAL: Mapping[str, StepFunction] = {
    "prepare": prepare_removal,
    "plan": plan_removal,
    "delete_deployment": delete_deployment,
    "delete_endpoint": delete_endpoint,
    "delete_role_assignment": delete_role_assignment,
    "undo": undo_nothing,
}

_TABLES: Mapping[JobKind, Mapping[str, StepFunction]] = {
    "deployment": DEPLOYMENT,
    "removal": REMOVAL,
}


def step_of(ports: Ports, call: StepCall) -> StepFunction:
    """The function of a step. `prepare` reads the job's kind from its request; others get it."""
    return _TABLES[call.job_kind or _job_kind(ports, call.job)][call.kind]


def _job_kind(ports: Ports, job: str) -> JobKind:
    request = ports.ledger.request(job)
    return request.kind if request is not None else "deployment"
