"""Azure ML in memory: the reads. The writes are in `endpoints`."""

from collections.abc import Iterable, Mapping

from shared.domain.azure.endpoint import (
    DeploymentState,
    EndpointState,
    Identity,
    OperationState,
    WorkspaceFacts,
)
from shared.domain.azure.vm_sizes import size_of
from shared.domain.failure import Denied
from shared.domain.kinds.model_type import CUSTOM_TYPE, MLFLOW_TYPE
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.planning.quota import Usage
from tests.fakes import rules
from tests.fakes.endpoints import FakeEndpoints
from tests.fakes.faults import breakable
from tests.fakes.inventory import FACTS, OPENAI, Inventory
from tests.fakes.operations import FakeOperations
from tests.fakes.roles import FakeRoles


class FakeWorkspace(FakeEndpoints):
    """Endpoints, deployments and their operations; `writes` lists every accepted change.

    Args:
        polls: how often a new operation reports that it runs; 0 ends it at once.
        connections: names of the workspace's connections.
        identities: user-assigned identities, with principal and client.
        roles: if given, a user-assigned identity cannot deploy until its roles are in force.
    """

    def __init__(
        self,
        *,
        polls: int = 0,
        connections: Iterable[str] = (),
        identities: Iterable[Identity] = (),
        roles: FakeRoles | None = None,
        facts: WorkspaceFacts = FACTS,
    ) -> None:
        there = Inventory(
            facts=facts,
            connections=frozenset(connections),
            identities={str(known.resource_id): known for known in identities},
        )
        super().__init__(there, FakeOperations(polls), roles)

    def settle(self) -> None:
        """Let all operations end, as time would."""
        self.operations.settle()

    @breakable
    def facts(self, *, newest: bool = False) -> WorkspaceFacts:
        del newest
        return self.there.facts

    @breakable
    def connections(self) -> frozenset[str]:
        return self.there.connections

    @breakable
    def connection_shapes(self) -> Mapping[str, ConnectionShape]:
        return {name: self.there.shapes.get(name, OPENAI) for name in self.there.connections}

    @breakable
    def keyless_targets(self) -> Mapping[str, str]:
        return dict(self.there.keyless)

    @breakable
    def registry_in_abac_mode(self) -> bool:
        return self.there.abac

    @breakable
    def user_identity(self, resource_id: str) -> Identity | None:
        return self.there.identities.get(resource_id)

    @breakable
    def endpoint(self, name: str) -> EndpointState | None:
        return self.there.endpoints.get(name)

    @breakable
    def endpoints(self) -> tuple[EndpointState, ...]:
        return tuple(sorted(self.there.endpoints.values(), key=lambda it: it.name))

    @breakable
    def deployments(self, endpoint: str) -> tuple[DeploymentState, ...]:
        return self.there.of(endpoint)

    @breakable
    def environment(self, name: str, version: str | None) -> RegisteredEnvironment | None:
        found = [it for key, it in self.there.registered.items() if key[0] == name]
        latest = found[-1] if found else None
        return latest if version is None else self.there.registered.get((name, version))

    @breakable
    def usage(self, family: str) -> Usage | None:
        """Return the quota as set, with the usage of the deployments."""
        if self.there.usages_denied:
            raise Denied("AuthorizationFailed", "usages/read", status=403)
        held = dict.fromkeys(self.there.quota, 0)
        for state in self.there.deployments.values():
            size = size_of(state.instance_type)
            if size is not None and size.family in held:
                held[size.family] += size.cores_needed(state.instance_count)
        found = (Usage(name, held[name], limit) for name, limit in self.there.quota.items())
        return next((it for it in found if it.counts(family)), None)

    @breakable
    def operation(self, url: str) -> OperationState:
        return self.operations.poll(url)

    @breakable
    def deployment_log(self, endpoint: str, name: str, *, lines: int = 100) -> str:
        return "\n".join(self.there.logs.get((endpoint, name), "").splitlines()[-lines:])

    @breakable
    def credential(self, endpoint: str, auth_mode: str, *, fresh: bool = False) -> str:
        del fresh
        if endpoint not in self.there.endpoints:
            raise rules.missing(f"endpoint {endpoint}")
        return f"{auth_mode}-of-{endpoint}"

    @breakable
    def has_model(self, name: str, version: str) -> bool:
        return (name, version) in self.there.models

    @breakable
    def model_type(self, name: str, version: str) -> str | None:
        if (name, version) not in self.there.models:
            return None
        return MLFLOW_TYPE if (name, version) in self.there.mlflow_models else CUSTOM_TYPE

    @breakable
    def has_code(self, name: str, version: str) -> bool:
        return (name, version) in self.there.codes

    @breakable
    def has_environment(self, name: str, version: str) -> bool:
        return (name, version) in self.there.environments
