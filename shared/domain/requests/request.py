"""The request of a job, and how requests are identified and ordered."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.domain.access.caller import Caller
from shared.domain.identifiers.names import DeploymentName, EndpointName

Door = Literal["blob", "bus", "http", "sweep"]
JobKind = Literal["deployment", "removal"]
FLOW_FILES = ("flow.dag.yaml", "flow.dag.yml", "flow.flex.yaml", "flow.flex.yml")


class FileVersion(BaseModel):
    """One version of a blob: `etag` without quotes, `modified` ISO 8601 in UTC, size in bytes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    path: str
    etag: str
    modified: str = ""
    size: int = 0


class BlobSource(BaseModel):
    """A zip in the flows container, at one ETag."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["blob"] = "blob"
    path: str
    etag: str


class FolderSource(BaseModel):
    """A folder in the flows container (its path ends with a slash), each file at one ETag."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["folder"] = "folder"
    path: str
    files: tuple[FileVersion, ...]


class RevisionSource(BaseModel):
    """An earlier revision of an endpoint: the package that a job kept."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["revision"] = "revision"
    endpoint: Annotated[str, AfterValidator(EndpointName)]
    digest: str
    path: str = Field(description="Where the package was dropped; the policy is applied to it.")
    package: str = Field(description="The job that kept the package.")
    key: str = Field(description="Makes each redeploy of the same revision a job of its own.")
    restores: str = Field(
        default="", description="For a rollback: the job whose release is restored as it was."
    )


class RemovalSource(BaseModel):
    """The endpoint to be deleted, with its deployments, or one deployment."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["removal"] = "removal"
    endpoint: Annotated[str, AfterValidator(EndpointName)]
    deployment: Annotated[str, AfterValidator(DeploymentName)] | None = Field(
        default=None, description="None for the whole endpoint."
    )
    force: bool = Field(default=False, description="Also deletes what Sluice did not make.")
    why: str = Field(default="", description="Why the sweep asked for it; empty for other doors.")
    key: str = Field(description="Makes each removal of the same thing a job of its own.")


class RunSource(BaseModel):
    """The flow of an Azure ML prompt flow run, from its snapshot, which never changes."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["run"] = "run"
    name: str
    snapshot: str

    @property
    def path(self) -> str:
        """The path that the policy is applied to."""
        return f"runs/{self.name}"


class NoSource(BaseModel):
    """The source of a request without anything to deploy: it ends as rejected."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["none"] = "none"
    text: str = ""


class MessageName(BaseModel):
    """The sender's ids of a message; the result repeats both."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    correlation: str = Field(default="", description="Empty if the sender gave none.")


Source = BlobSource | FolderSource | RevisionSource | RemovalSource | RunSource | NoSource


class DeployRequest(BaseModel):
    """A request from any door, as the ledger keeps it. Written once, never changed.

    `order` is the output of `make_order`: it says which of two requests for an endpoint is newer.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    source: Source = Field(discriminator="kind")
    overrides: dict[str, Any] = Field(default_factory=dict)
    door: Door
    order: str
    accepted: str
    by: str = Field(default="", description="The caller's name, if the door knows it.")
    roles: tuple[str, ...] = Field(
        default=(), description="The caller's roles, from the app's sign-in."
    )
    findings: tuple[dict[str, Any], ...] = Field(
        default=(), description="Reasons to reject the request without reading the source."
    )
    message: MessageName | None = Field(
        default=None, description="The Service Bus message with the request; the result repeats it."
    )
    force: bool = Field(
        default=False, description="Deploy also content that failed a rollout's gate before."
    )

    retry_of: str = Field(
        default="", description="The job that this one tries again: the first, if that was a retry."
    )

    @property
    def package(self) -> str:
        """The job that kept the package: a retry deploys what the first job kept."""
        kept = self.source.package if isinstance(self.source, RevisionSource) else ""
        return kept or self.retry_of or self.job

    @property
    def kind(self) -> JobKind:
        """Whether the job deploys or deletes."""
        return "removal" if isinstance(self.source, RemovalSource) else "deployment"

    @property
    def is_rollback(self) -> bool:
        """Whether a person asked for an earlier release back: the job gives way to no other."""
        return isinstance(self.source, RevisionSource) and bool(self.source.restores)

    @property
    def passes_hold(self) -> bool:
        """Whether a hold does not stop it: a deletion, or a rollback."""
        return self.kind == "removal" or self.is_rollback

    @property
    def caller(self) -> Caller | None:
        """The caller over HTTP; None for every other door."""
        return Caller(self.by, self.roles) if self.door == "http" else None


class JobSummary(BaseModel):
    """A job in a list. `state` is `running`, `waiting` or the result's outcome."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    state: str
    endpoint: str = ""
    source: str = ""
    accepted: str = ""


def summary(request: DeployRequest, state: str = "running") -> JobSummary:
    """Make the list entry of a job that was just accepted."""
    return JobSummary(
        job=request.job, state=state, source=_name_source(request.source), accepted=request.accepted
    )


def _name_source(source: Source) -> str:
    if isinstance(source, RevisionSource):
        back = "back to " if source.restores else ""
        return f"{back}{source.endpoint}@{source.digest}"
    if isinstance(source, RemovalSource):
        return f"delete {source.endpoint}" + (f"/{source.deployment}" if source.deployment else "")
    return "" if isinstance(source, NoSource) else source.path


def make_order(asked: str, within: str) -> str:
    """Return the sort key of a request, as kept in the ledger: `{second}/{within}`.

    The second comes from Azure's clock (a blob's last modification, a message's enqueued time, the
    date of the ledger's first write), never from the app's. Blob times have a resolution of 1 s;
    ties are broken by `within`: the sending time of a message, else the acceptance time.
    """
    return f"{stamp(datetime.fromisoformat(asked).replace(microsecond=0))}/{within}"


def order_key(order: str) -> str:
    """Turn an ISO 8601 time, or the output of `make_order`, into text that sorts by time.

    The doors' clocks write times differently (`Z` or `+00:00`, with a fraction or without); the
    result is in UTC, in microseconds.
    """
    times = (datetime.fromisoformat(it).astimezone(UTC) for it in order.split("/"))
    return "-".join(it.strftime("%Y%m%dT%H%M%S%fZ") for it in times)


def job_id(
    source: Source, overrides: Mapping[str, Any], again: int = 0, *, force: bool = False
) -> str:
    """Derive the job's id from source and overrides, so that duplicates of a request get one job.

    `again`: how often the same request was made anew after its job had ended.
    """
    identity = source.model_dump(mode="json")
    if isinstance(source, FolderSource):
        identity["files"] = [[it.path, it.etag] for it in source.files]
    if isinstance(source, RevisionSource) and not source.restores:
        del identity["restores"]  # so that a redeploy has the id that older versions gave it
    more = [*([again] if again else []), *(["force"] if force else [])]
    return content_hash([identity, dict(overrides), *more])[:20]


def content_hash(value: Any) -> str:
    """Return the SHA-256, in hex, of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(when: datetime) -> str:
    """Write a time for the ledger: ISO 8601 in UTC, of fixed length, so that text sorts by time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    """Read an ISO 8601 time, in UTC if it has no zone; None for an empty text."""
    if not text:
        return None
    when = datetime.fromisoformat(text)
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def is_lone_prompty(folder: str, path: str) -> bool:
    """Return whether a blob is a prompty directly in the folder (its path ends with a slash)."""
    name = path.removeprefix(folder)
    return path.startswith(folder) and "/" not in name and name.endswith(".prompty")


def is_prompty_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a folder has one prompty and no flow file: the runtime serves it as a flow."""
    inside = [it for it in files if it.path.startswith(folder)]
    alone = sum(is_lone_prompty(folder, it.path) for it in inside) == 1
    return alone and not is_flow_folder(folder, inside)


def is_flow_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Return whether a flow file is directly in the folder (its path ends with a slash)."""
    wanted = {f"{folder}{name}" for name in FLOW_FILES}
    return any(it.path in wanted for it in files)
