"""The Azure ML workspace: endpoints and deployments, versions, runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.domain.azure.data_collection import DataAsset
from shared.domain.azure.endpoint import (
    DeploymentSpec,
    DeploymentState,
    EndpointSpec,
    EndpointState,
    Identity,
    OperationState,
    WorkspaceFacts,
)
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.planning.quota import Usage
from shared.domain.release.desired_environment import Described, Routes
from shared.ports.document import Json


class Workspace(Protocol):
    """Azure ML through ARM. Writes give the operation's status URL, None where it was at once."""

    def facts(self) -> WorkspaceFacts: ...

    def connections(self) -> frozenset[str]:
        """The names of the workspace's connections."""

    def connection_shapes(self) -> Mapping[str, ConnectionShape]:
        """The workspace's connections by name, without their secrets."""

    def keyless_targets(self) -> Mapping[str, str]:
        """Of connections to Azure OpenAI without a key, by name: the ARM id of what they go to.

        Empty where the connection does not say.
        """

    def registry_in_abac_mode(self) -> bool:
        """Whether the registry honours repository roles alone. False where that cannot be seen."""

    def user_identity(self, resource_id: str) -> Identity | None:
        """A user-assigned identity with principal and client; None where there is none."""

    def endpoint(self, name: str) -> EndpointState | None: ...

    def endpoints(self) -> tuple[EndpointState, ...]:
        """All online endpoints of the workspace, sorted by name."""

    def deployments(self, endpoint: str) -> tuple[DeploymentState, ...]:
        """All deployments of an endpoint; none where there is no endpoint."""

    def put_endpoint(self, spec: EndpointSpec, *, new: bool = False) -> str | None:
        """Create or update; an endpoint that is not `new` keeps the traffic that it has."""

    def set_traffic(
        self, endpoint: str, traffic: Mapping[str, int], *, again: bool = False
    ) -> str | None:
        """Change the live traffic and nothing else; mirrored traffic to its receivers ends.

        Writes nothing where the traffic is so already (None), except with `again`, nor while an
        operation runs (then it is that one's URL): called again after it, it settles.
        """

    def put_deployment(self, endpoint: str, spec: DeploymentSpec) -> str | None: ...

    def kept_deployment(self, endpoint: str, name: str) -> Json | None:
        """All that `restore_deployment` needs to have it back; its `tags` among it; JSON."""

    def restore_deployment(self, endpoint: str, name: str, kept: Json) -> str | None:
        """Put a deployment as it was when it was kept."""

    def put_data(self, asset: DataAsset) -> None:
        """Register a folder as a version of a data asset; also where it was there already."""

    def environment(self, name: str, version: str | None) -> RegisteredEnvironment | None:
        """A registered environment, the latest where no version is given; None: there is none."""

    def usages(self) -> tuple[Usage, ...]:
        """What of the region's quota of cores is used, by family of sizes."""

    def delete_deployment(self, endpoint: str, name: str) -> str | None:
        """None also where it is not there."""

    def delete_endpoint(self, name: str) -> str | None:
        """With all its deployments and their traffic. None also where it is not there."""

    def operation(self, url: str) -> OperationState:
        """How an operation stands; `untold` where its URL is refused, gone or foreign."""

    def deployment_log(self, endpoint: str, name: str, *, lines: int = 100) -> str:
        """The last lines of the container's log, else of the storage initialiser's, else none."""

    def credential(self, endpoint: str, auth_mode: str) -> str:
        """A key or token for the scoring URI."""

    def has_model(self, name: str, version: str) -> bool: ...

    def has_environment(self, name: str, version: str) -> bool: ...


class Assets(Protocol):
    """Registering versions, with their uploads. Idempotent by version."""

    def register_model(
        self, name: str, version: str, folder: Path, properties: Mapping[str, str]
    ) -> str:
        """Upload the folder as a custom model; its ARM id."""

    def register_environment(  # noqa: PLR0913 - each is a field of the version
        self,
        name: str,
        version: str,
        *,
        image: str,
        requirements: str | None,
        build: Path | None = None,
        dockerfile: str | None = None,
        routes: Routes | None = None,
        described: Described | None = None,
    ) -> str:
        """Register an environment that serves flows; its ARM id.

        With requirements (the text of requirements.txt) it is a build context on the image, since
        an image alone installs nothing. With `build` it is that folder and its Dockerfile instead.
        Without routes it listens where prompt flow's image does, on port 8080.
        """


@dataclass(frozen=True)
class Run:
    """A prompt flow run of the workspace. `snapshot`: of its flow, None where it has none."""

    name: str
    snapshot: str | None


class Runs(Protocol):
    """The runs of the workspace: what was tried with a batch of inputs, and how its flow was."""

    def find(self, name: str) -> Run | None:
        """The run of that name, None where there is none."""

    def files(self, snapshot: str) -> Mapping[str, bytes]:
        """A snapshot's files by their path in the flow. Raises Rejected where they are too much."""
