"""The content of the fake workspace."""

from dataclasses import dataclass, field

from shared.domain.azure.data_collection import DataAsset
from shared.domain.azure.endpoint import (
    DeploymentSpec,
    DeploymentState,
    EndpointState,
    Identity,
    WorkspaceFacts,
)
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment

_GROUP = "/subscriptions/5a1d0c9e-0000-4000-8000-000000000001/resourceGroups/sluice-rg/providers"
FACTS = WorkspaceFacts(
    id=f"{_GROUP}/Microsoft.MachineLearningServices/workspaces/sluice-ws",
    location="westeurope",
    storage_account_id=f"{_GROUP}/Microsoft.Storage/storageAccounts/sluicemlstore",
    container_registry_id=f"{_GROUP}/Microsoft.ContainerRegistry/registries/sluiceacr",
)
OPENAI = ConnectionShape("OpenAI")


@dataclass
class Inventory:
    """Deployments, their specs and logs by endpoint and name; versions by name and version."""

    facts: WorkspaceFacts = FACTS
    connections: frozenset[str] = frozenset()
    abac: bool = False
    shapes: dict[str, ConnectionShape] = field(default_factory=dict)
    keyless: dict[str, str] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    models: set[tuple[str, str]] = field(default_factory=set)
    codes: set[tuple[str, str]] = field(default_factory=set)
    mlflow_models: set[tuple[str, str]] = field(default_factory=set)
    environments: set[tuple[str, str]] = field(default_factory=set)
    endpoints: dict[str, EndpointState] = field(default_factory=dict)
    deployments: dict[tuple[str, str], DeploymentState] = field(default_factory=dict)
    specs: dict[tuple[str, str], DeploymentSpec] = field(default_factory=dict)
    logs: dict[tuple[str, str], str] = field(default_factory=dict)
    data: dict[tuple[str, str], DataAsset] = field(default_factory=dict)
    registered: dict[tuple[str, str], RegisteredEnvironment] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=lambda: {"standardDSv2Family": 1000})
    usages_denied: bool = False

    def scored_at(self, key: tuple[str, str]) -> str:
        """Return the path at which a deployment answers."""
        name, _, version = (
            self.specs[key].environment.rpartition("/environments/")[2].partition("/versions/")
        )
        known = self.registered.get((name, version))
        return (known.scoring_path if known else None) or "/score"

    def of(self, endpoint: str) -> tuple[DeploymentState, ...]:
        """Return an endpoint's deployments."""
        return tuple(state for (owner, _), state in self.deployments.items() if owner == endpoint)
