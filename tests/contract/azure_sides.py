"""Both sides of the contracts on Azure ML and ARM: the fakes, and the adapters on the emulator."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from local import cloud
from local.azure_ml.testing import Facts
from shared.adapters.arm import Arm
from shared.adapters.azure_ml import AzureMlAssets
from shared.adapters.credential import AppCredential
from shared.adapters.kept_workspace import KeptWorkspace
from shared.adapters.roles import ArmRoles
from shared.adapters.scoring import HttpScoring
from shared.adapters.workspace import ML
from shared.domain.access.permission import Permission
from shared.domain.access.roles import CONNECTION_SECRETS_READER, READ_SECRETS
from shared.domain.azure.endpoint import DeploymentSpec, EndpointSpec, Identity, OperationState
from shared.ports import Assets, Roles, Scoring, Workspace
from tests.fakes import FakeAssets, FakeRoles, FakeScoring, FakeWorkspace

QUICK = 0.1
FLOW = {"azureml.promptflow.source_flow_id": "flow"}
USER = Identity(
    "UserAssigned",
    cloud.USER_IDENTITY_ID,
    cloud.USER_IDENTITY_PRINCIPAL,
    cloud.USER_IDENTITY_CLIENT,
)


@dataclass(frozen=True)
class Cloud:
    """The ports of one workspace, and controls for changing it from outside."""

    workspace: Workspace
    assets: Assets
    roles: Roles
    scoring: Scoring
    fail_next_deployment: Callable[[str, str], object]
    forbid_grants: Callable[[], object]
    data_path: Callable[[str, str], str]
    stall: Callable[[], object] = lambda: None
    mend: Callable[[], object] = lambda: None

    def ended(self, url: str | None) -> OperationState:
        """Poll an operation until it has ended."""
        state = OperationState("succeeded")
        for _ in range(1000):
            if url is None or (state := self.workspace.operation(url)).status != "running":
                return state
            time.sleep(0.05)
        raise AssertionError(f"the operation {url} did not end")

    def make_endpoint(self, name: str | None = None) -> str:
        """Create an endpoint and wait until it is ready."""
        name = name or f"t-{uuid.uuid4().hex[:10]}"
        assert self.ended(self.workspace.put_endpoint(EndpointSpec(name))).status == "succeeded"
        return name

    def spec(self, folder: Path, name: str = "blue", count: int | None = 1) -> DeploymentSpec:
        """Return the spec of a deployment whose model and environment are registered."""
        folder.mkdir(exist_ok=True)
        (folder / "flow.dag.yaml").write_text("nodes: []\n")
        return DeploymentSpec(
            name=name,
            model=self.assets.register_model("spec", "1", folder, FLOW),
            environment=self.assets.register_environment(
                "spec", "1", image="flows:1", requirements=None
            ),
            instance_type="Standard_DS3_v2",
            instance_count=count,
            environment_variables={"A": "b"},
            tags={"digest": "d"},
        )

    def deploy(self, endpoint: str, spec: DeploymentSpec) -> None:
        """Create a deployment and wait until it is ready."""
        assert self.ended(self.workspace.put_deployment(endpoint, spec)).status == "succeeded"


def fakes() -> Cloud:
    roles = FakeRoles(own=(Permission(actions=("Microsoft.MachineLearningServices/*",)),))
    roles.define(CONNECTION_SECRETS_READER, Permission(actions=(READ_SECRETS,)))
    workspace = FakeWorkspace(
        polls=1, connections=["open_ai_connection"], identities=[USER], roles=roles
    )
    scoring = FakeScoring(workspace)

    def forbid() -> None:
        roles.allowed = False

    return Cloud(
        workspace,
        FakeAssets(workspace),
        roles,
        scoring,
        workspace.fail_deployment,
        forbid,
        lambda name, version: workspace.there.data[name, version].path,
    )


def adapters(facts: Facts) -> Cloud:
    credential = AppCredential()
    arm = Arm(credential)
    faults = f"{facts.admin_url}/faults"

    def fail(code: str, message: str) -> None:
        error = {"code": code, "message": message}
        requests.post(faults, json={"operation": "deployment", "error": error}, timeout=60)

    def forbid() -> None:
        body = {"error": {"code": "AuthorizationFailed", "message": "does not have authorization"}}
        rule = {"method": "PUT", "path": "roleAssignments", "status": 403, "body": body}
        requests.post(faults, json=rule, timeout=60)

    def data_path(name: str, version: str) -> str:
        found = arm.get(f"{cloud.WORKSPACE_ID}/data/{name}/versions/{version}", ML)
        return str(found["properties"]["dataUri"])

    def operations_take(seconds: float) -> None:
        wanted = {"endpoint_seconds": seconds, "deployment_seconds": seconds}
        requests.post(f"{facts.admin_url}/settings", json=wanted, timeout=60)

    def mend() -> None:
        requests.delete(faults, timeout=60)
        operations_take(QUICK)

    return Cloud(
        KeptWorkspace(arm, cloud.WORKSPACE_ID),
        AzureMlAssets(arm, credential, cloud.WORKSPACE_ID),
        ArmRoles(arm),
        HttpScoring(),
        fail,
        forbid,
        data_path,
        lambda: operations_take(600),
        mend,
    )
