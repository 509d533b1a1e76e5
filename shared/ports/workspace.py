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
from shared.domain.kinds.model_type import CUSTOM_TYPE
from shared.domain.manifest.connection_variable import ConnectionShape
from shared.domain.manifest.environment_reference import RegisteredEnvironment
from shared.domain.planning.quota import Usage
from shared.domain.release.desired_environment import Described, Routes
from shared.ports.document import Json


class Workspace(Protocol):
    """Azure ML through ARM.

    Writes return the status URL of the operation, or None if they took effect at once.
    """

    def facts(self, *, newest: bool = False) -> WorkspaceFacts:
        """The workspace's own resources.

        `newest`: with a registry that Azure has created since the last look.
        """

    def connections(self) -> frozenset[str]:
        """The names of the workspace's connections."""

    def connection_shapes(self) -> Mapping[str, ConnectionShape]:
        """The workspace's connections by name, without their secrets."""

    def keyless_targets(self) -> Mapping[str, str]:
        """By name, the ARM ids that connections to Azure OpenAI without a key lead to.

        An id is empty if the connection does not state it.
        """

    def registry_in_abac_mode(self) -> bool:
        """Whether the container registry uses ABAC repository roles; False if it is not known."""

    def user_identity(self, resource_id: str) -> Identity | None:
        """A user-assigned identity with principal and client id, or None if there is none."""

    def endpoint(self, name: str) -> EndpointState | None: ...

    def endpoints(self) -> tuple[EndpointState, ...]:
        """All online endpoints of the workspace, sorted by name."""

    def deployments(self, endpoint: str) -> tuple[DeploymentState, ...]:
        """All deployments of an endpoint; empty if there is no such endpoint."""

    def put_endpoint(self, spec: EndpointSpec, *, new: bool = False) -> str | None:
        """Create or update an endpoint; unless it is `new`, its traffic is kept."""

    def set_traffic(
        self,
        endpoint: str,
        traffic: Mapping[str, int],
        *,
        mirror: Mapping[str, int] | None = None,
    ) -> str | None:
        """Change the live traffic only; deployments that get some lose their mirrored traffic.

        `mirror` replaces the mirrored traffic, which is otherwise kept. It is written even if all
        seems to be as wanted, since Azure may show an older state.
        """

    def put_deployment(self, endpoint: str, spec: DeploymentSpec) -> str | None: ...

    def backup_deployment(self, endpoint: str, name: str) -> Json | None:
        """The JSON that `restore_deployment` needs, with the deployment's `tags`."""

    def restore_deployment(self, endpoint: str, name: str, kept: Json) -> str | None:
        """Put a deployment back as `backup_deployment` saw it."""

    def put_data_asset(self, asset: DataAsset) -> None:
        """Register a folder as a version of a data asset. No error if the version exists."""

    def environment(self, name: str, version: str | None) -> RegisteredEnvironment | None:
        """A registered environment, by default its latest version; None if there is none."""

    def usage(self, family: str) -> Usage | None:
        """Used and allowed cores of a family of VM sizes in the region; None if not reported."""

    def delete_deployment(self, endpoint: str, name: str) -> str | None:
        """Delete a deployment. None also if it does not exist."""

    def delete_endpoint(self, name: str) -> str | None:
        """Delete an endpoint with all its deployments. None also if it does not exist."""

    def operation(self, url: str) -> OperationState:
        """The state of an operation; `unknown` if its URL is refused, gone or not ARM's."""

    def deployment_log(self, endpoint: str, name: str, *, lines: int = 100) -> str:
        """The last lines of the container's log, or of the storage initialiser's, or nothing."""

    def credential(self, endpoint: str, auth_mode: str, *, fresh: bool = False) -> str:
        """A key or a token for the scoring URI; unless `fresh`, it may be minutes old."""

    def has_model(self, name: str, version: str) -> bool: ...

    def model_type(self, name: str, version: str) -> str | None:
        """Azure's type of a registered model, such as `mlflow_model`; None if there is none."""

    def has_code(self, name: str, version: str) -> bool: ...

    def has_environment(self, name: str, version: str) -> bool: ...


class Assets(Protocol):
    """Registers versions of models, code and environments, with their uploads.

    Idempotent by version.
    """

    def register_model(
        self,
        name: str,
        version: str,
        part: Path,
        properties: Mapping[str, str],
        type_: str = CUSTOM_TYPE,
    ) -> str:
        """Upload a folder or file as a model of Azure's type `type_`; returns its ARM id."""

    def register_code(self, name: str, version: str, folder: Path) -> str:
        """Upload the folder as code; returns its ARM id."""

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
        conda: str | None = None,
        runs_code: bool = False,
    ) -> str:
        """Register an environment that serves; returns its ARM id.

        Args:
            name: the environment's name.
            version: its version.
            image: the base image.
            requirements: text of a requirements.txt; the version is then a build context that
                installs it on the image, since an image alone installs nothing.
            build: a folder to use as the build context instead.
            dockerfile: the Dockerfile's path in `build`.
            routes: ports and paths of the server; by default those of prompt flow's image, 8080.
            described: description, tags and properties.
            conda: text of a conda file, which Azure installs over the image.
            runs_code: Azure's inference server runs in it, which needs no routes.
        """


@dataclass(frozen=True)
class Run:
    """A prompt flow run of the workspace. `snapshot`: id of its flow's snapshot, if any."""

    name: str
    snapshot: str | None


class Runs(Protocol):
    """Reads the prompt flow runs of the workspace, and the flows that they ran."""

    def find(self, name: str) -> Run | None:
        """The run of that name, or None if there is none."""

    def files(self, snapshot: str) -> Mapping[str, bytes]:
        """A snapshot's files by their path in the flow. Raises Rejected if they are too large."""
