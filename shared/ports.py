"""What the steps need of the world. Adapters give it against Azure, fakes against memory.

Every call is bounded in time and retries, and fails only as `shared.domain.failure` says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from shared.domain.access import Role, RoleAssignment
from shared.domain.data_collection import DataAsset
from shared.domain.endpoint import (
    DeploymentSpec,
    DeploymentState,
    EndpointSpec,
    EndpointState,
    Identity,
    OperationState,
    WorkspaceFacts,
)
from shared.domain.environment_ask import Routes
from shared.domain.environment_reference import RegisteredEnvironment
from shared.domain.job import DeployRequest, FileVersion, JobSummary
from shared.domain.metrics import Component, Metric, Recorded, Series
from shared.domain.permission import Permission
from shared.domain.policy import Policy
from shared.domain.quota import Usage
from shared.domain.release import Limits

Json = Mapping[str, Any]


class Flows(Protocol):
    """The container where flows are dropped."""

    def stat(self, path: str) -> FileVersion | None:
        """The blob as it is now; None where there is none."""

    def list(self, prefix: str) -> tuple[FileVersion, ...]:
        """All blobs whose path starts with the prefix, sorted by path."""


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


class Ledger(Protocol):
    """The memory of record: requests, kept packages, plans, timelines, results, releases."""

    def open(self, job: str) -> None:
        """Mark the job as begun and not ended; the sweep looks after what is marked."""

    def close(self, job: str) -> None:
        """Take the mark away. No error where there is none."""

    def open_jobs(self) -> tuple[str, ...]:
        """The marked jobs, oldest mark first."""

    def keep_blob(self, job: str, path: str, etag: str) -> bool:
        """Copy a dropped zip, server-side, at its ETag, as the job's package.

        True also where the job's package is already kept; False where the blob is no longer there
        at that ETag.
        """

    def keep_folder(self, job: str, path: str, files: Sequence[FileVersion]) -> bool:
        """The same for a folder's files, under their paths relative to the folder."""

    def keep_package(self, job: str, content: bytes) -> None:
        """Keep a zip that was made from elsewhere as the job's package, unless one is kept."""

    def fetch_package(self, job: str, into: Path) -> Path:
        """Stream the job's package to disk: the path of `package.zip` or of the folder `package`.

        Raises LookupError where none is kept, `Rejected` where a file's name cannot be a path.
        """

    def record_request(self, request: DeployRequest) -> DeployRequest:
        """Write the request unless the job has one; the one that holds."""

    def request(self, job: str) -> DeployRequest | None: ...

    def requested(self) -> frozenset[str]:
        """The ids of all jobs that have a request."""

    def jobs(self, limit: int = 100) -> tuple[JobSummary, ...]:
        """The newest jobs first, from metadata alone."""

    def set_state(self, job: str, state: str, endpoint: str) -> None:
        """What `jobs` shows of the job."""

    def claimed(self, key: str) -> tuple[str, str] | None:
        """The (job, body hash) that an idempotency key is bound to, None while it is free."""

    def claim_key(self, key: str, job: str, body_hash: str) -> tuple[str, str]:
        """Bind an idempotency key to a job unless it is bound; the (job, body hash) that holds."""

    def write_once(self, job: str, name: str, document: Json) -> dict[str, Any]:
        """Write a document of the job (`release`, `plan`, `result`) unless it is there.

        The one that holds.
        """

    def read(self, job: str, name: str) -> dict[str, Any] | None:
        """A document of the job, None where there is none."""

    def note(self, job: str, event: Json) -> None:
        """Append one event to the job's timeline."""

    def timeline(self, job: str) -> tuple[dict[str, Any], ...]:
        """The job's events in the order they were noted, without a torn last line.

        The same event twice in a row is one: a note repeated after a lost answer.
        """

    def enlist(self, endpoint: str, job: str, order: str) -> None:
        """Put the job among those that want the endpoint. Idempotent."""

    def newest(self, endpoint: str) -> str | None:
        """The job of the newest request that was ever enlisted for the endpoint."""

    def record_release(self, endpoint: str, order: str, release: Json) -> None:
        """Remember what was released to the endpoint. Idempotent by order and `release["job"]`."""

    def releases(self, endpoint: str) -> tuple[dict[str, Any], ...]:
        """What was released to the endpoint, newest first."""


class Turns(Protocol):
    """The right to change an endpoint: a lease on one blob for each endpoint."""

    def take(self, endpoint: str, job: str) -> int | None:
        """Take or renew the turn: its fence number, which only grows; None where another has it.

        The same job gets the same fence again, also after a crash, unless another had the turn in
        between.
        """

    def release(self, endpoint: str, job: str) -> None:
        """Give the turn back. No error where the job has it no more."""


class Workspace(Protocol):
    """Azure ML through ARM. Writes give the operation's status URL, None where it was at once."""

    def facts(self) -> WorkspaceFacts: ...

    def connections(self) -> frozenset[str]:
        """The names of the workspace's connections."""

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

    def set_traffic(self, endpoint: str, traffic: Mapping[str, int]) -> str | None:
        """Change the live traffic and nothing else; mirrored traffic to its receivers ends.

        Writes nothing where the traffic is so already (None), nor while an operation runs (then it
        is that one's URL): called again after it, it settles.
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

    def operation(self, url: str) -> OperationState: ...

    def deployment_log(self, endpoint: str, name: str, *, lines: int = 100) -> str:
        """The last lines of the container's log, else of the storage initialiser's, else none."""

    def credential(self, endpoint: str, auth_mode: str) -> str:
        """A key or token for the scoring URI."""

    def has_model(self, name: str, version: str) -> bool: ...

    def has_environment(self, name: str, version: str) -> bool: ...


class Assets(Protocol):
    """Registering versions, with their uploads, through azure-ai-ml. Idempotent by version."""

    def register_model(
        self, name: str, version: str, folder: Path, properties: Mapping[str, str]
    ) -> str:
        """Upload the folder as a custom model; its ARM id."""

    def register_environment(
        self,
        name: str,
        version: str,
        *,
        image: str,
        requirements: str | None,
        build: Path | None = None,
        dockerfile: str | None = None,
        routes: Routes | None = None,
    ) -> str:
        """Register an environment that serves flows; its ARM id.

        With requirements (the text of requirements.txt) it is a build context on the image, since
        an image alone installs nothing. With `build` it is that folder and its Dockerfile instead.
        Without routes it listens where prompt flow's image does, on port 8080.
        """


class Roles(Protocol):
    """Role assignments through ARM."""

    def assignments(self, scope: str, principal_id: str) -> tuple[RoleAssignment, ...]:
        """What the principal holds at the scope or above it."""

    def role_permissions(self, scope: str, role_id: str) -> tuple[Permission, ...]:
        """What a role allows; nothing where its definition cannot be read."""

    def own_permissions(self, scope: str) -> tuple[Permission, ...]:
        """What Sluice itself may do at the scope; nothing where that cannot be read."""

    def find_role(self, scope: str, named: str) -> Role | None:
        """The role of that name or id (a GUID or an ARM id); None where there is none."""

    def assign(self, scope: str, role_id: str, principal_id: str) -> RoleAssignment:
        """Grant; also where it was there already. Raises `Denied` where Sluice may not."""

    def take_away(self, assignment_id: str) -> None:
        """End a role assignment, by its ARM id. No error where it is not there."""


@dataclass(frozen=True)
class Answer:
    """What a scoring URI answered.

    Args:
        status: HTTP's.
        body: parsed JSON where it was JSON, else text.
        seconds: until the last byte.
        reason: what the endpoint's front says of an error.
        model_status: the flow's own status, where the front made a 424 of it.
        media_type: of the body, without parameters.
        ended: False where a stream broke off.
    """

    status: int
    body: Any
    seconds: float
    reason: str = ""
    model_status: int | None = None
    media_type: str = "application/json"
    ended: bool = True


class Scoring(Protocol):
    """Calling an endpoint as its users do."""

    def score(
        self,
        uri: str,
        credential: str,
        body: Json,
        *,
        deployment: str | None,
        seconds: float,
        accept: str | None = None,
    ) -> Answer:
        """POST JSON to a scoring URI, to one deployment alone where one is named.

        Any HTTP status is an answer; no whole answer within the seconds is `Unavailable` with code
        `Timeout`. `accept` is the media type to ask for; a stream of events is read to its end.
        """


class Webhook(Protocol):
    """Where the operator wants results told, besides the queue."""

    def tell(self, event: Json) -> None:
        """POST a result, signed where there is a secret. Any answer but 2xx is a failure."""


class Bus(Protocol):
    """What Sluice sends."""

    def send_result(self, event: Json, *, message_id: str, correlation_id: str) -> None:
        """Put a result (a CloudEvent) on the results queue; sent twice, it is visible once."""

    def send_change(self, path: str, modified: str, *, delay: float) -> None:
        """Schedule the note that a blob changed, once for its folder and second of change."""


class Metrics(Protocol):
    """What Azure Monitor and Application Insights know of an endpoint; both lag some minutes."""

    def requests(self, endpoint_id: str, since: datetime) -> float | None:
        """How many requests the endpoint has had since then; None where it cannot be told."""

    def monitored(
        self, resource_id: str, metrics: Sequence[Metric], since: datetime, until: datetime
    ) -> tuple[Series, ...]:
        """Azure Monitor's minutes of an endpoint or a deployment; a metric without any is out."""

    def component(self, component_id: str) -> Component | None:
        """The Application Insights component; None where there is none."""

    def recorded(
        self, component_id: str, endpoint: str, since: datetime, until: datetime
    ) -> tuple[Recorded, ...]:
        """What the endpoint's flows recorded of `FLOW_METRICS`, by all their dimensions."""


@dataclass(frozen=True)
class Ports:
    """Everything a step may use, and what the operator has set. Built in `bootstrap` alone.

    Args:
        now: the time, UTC.
        workspace_name: the workspace that releases go to.
        workspace_id: the same as an ARM id.
        quiet_period: seconds without a change after which a folder is taken as complete.
        datastore_reader_role: name or id of the role for flows that look an index up; empty for
            AzureML Data Scientist.
        webhook: None where the operator named none.
    """

    flows: Flows
    ledger: Ledger
    turns: Turns
    workspace: Workspace
    assets: Assets
    roles: Roles
    scoring: Scoring
    bus: Bus
    runs: Runs
    metrics: Metrics
    now: Callable[[], datetime]
    policy: Policy = ()
    limits: Limits = Limits()
    workspace_name: str = ""
    workspace_id: str = ""
    quiet_period: float = 5.0
    datastore_reader_role: str = ""
    webhook: Webhook | None = None
