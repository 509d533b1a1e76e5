"""The job: the durable record of one release, from request to result."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.domain.access.caller import Caller
from shared.domain.identifiers.names import DeploymentName, EndpointName

Door = Literal["blob", "bus", "http", "sweep"]
FLOW_FILES = ("flow.dag.yaml", "flow.dag.yml", "flow.flex.yaml", "flow.flex.yml")


class FileVersion(BaseModel):
    """One blob at one version: `etag` without quotes, `modified` ISO 8601 in UTC, size in bytes."""

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
    """What an endpoint had: the package that an earlier job kept."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["revision"] = "revision"
    endpoint: Annotated[str, AfterValidator(EndpointName)]
    digest: str
    path: str = Field(description="Where the package was dropped: the policy goes by it.")
    package: str = Field(description="The job that kept the package.")
    key: str = Field(description="Tells one redeploy of the same revision from the next.")


class RemovalSource(BaseModel):
    """What is to be deleted: an endpoint with all that is behind it, or one deployment."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["removal"] = "removal"
    endpoint: Annotated[str, AfterValidator(EndpointName)]
    deployment: Annotated[str, AfterValidator(DeploymentName)] | None = Field(
        default=None, description="None for the whole endpoint."
    )
    force: bool = Field(default=False, description="Also what Sluice did not make.")
    why: str = Field(default="", description="Where nobody asked: why the sweep did.")
    key: str = Field(description="Tells one removal of the same thing from the next.")


class RunSource(BaseModel):
    """The flow of an Azure ML prompt flow run, as its snapshot has it. Snapshots never change."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["run"] = "run"
    name: str
    snapshot: str

    @property
    def path(self) -> str:
        """What the policy goes by."""
        return f"runs/{self.name}"


class NoSource(BaseModel):
    """A request that named nothing that can be deployed: it ends as rejected."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["none"] = "none"
    text: str = ""


class MessageName(BaseModel):
    """How the sender of a request knows it; the result that answers it names both."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    correlation: str = Field(default="", description="Empty where the sender gave none.")


Source = BlobSource | FolderSource | RevisionSource | RemovalSource | RunSource | NoSource


class DeployRequest(BaseModel):
    """What every door makes and the ledger keeps. Written once, never changed.

    `order` says which of two requests for one endpoint is newer, as `ordered` writes it.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    source: Source = Field(discriminator="kind")
    overrides: dict[str, Any] = Field(default_factory=dict)
    door: Door
    order: str
    accepted: str
    by: str = Field(default="", description="Who asked, where the door knows.")
    roles: tuple[str, ...] = Field(default=(), description="What the app's sign-in says they are.")
    findings: tuple[dict[str, Any], ...] = Field(
        default=(), description="Why the request is rejected without looking further."
    )
    message: MessageName | None = Field(
        default=None, description="The message that asked, where one did: the result names it."
    )

    @property
    def caller(self) -> Caller | None:
        """Who asked over HTTP; None of any other door."""
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
    """How a job that was just accepted is listed."""
    return JobSummary(
        job=request.job, state=state, source=_named(request.source), accepted=request.accepted
    )


def _named(source: Source) -> str:
    if isinstance(source, RevisionSource):
        return f"{source.endpoint}@{source.digest}"
    if isinstance(source, RemovalSource):
        return f"delete {source.endpoint}" + (f"/{source.deployment}" if source.deployment else "")
    return "" if isinstance(source, NoSource) else source.path


def ordered(asked: str, within: str) -> str:
    """When something was asked, as requests are ordered: `{second}/{within}`.

    The second is Azure's (a blob's last modification, a message's enqueued time, the date of the
    ledger's first write), never the app's. Storage tells whole seconds: what was asked in the same
    one is ordered by `within`, the time at which the door had it, to the microsecond.
    """
    return f"{stamp(datetime.fromisoformat(asked).replace(microsecond=0))}/{within}"


def order_key(order: str) -> str:
    """ISO 8601 times as text that sorts as time does, in UTC, to the microsecond.

    The doors' clocks write a time in different ways (`Z` or `+00:00`, with a fraction or without).
    A time alone, and two as `ordered` joins them.
    """
    times = (datetime.fromisoformat(it).astimezone(UTC) for it in order.split("/"))
    return "-".join(it.strftime("%Y%m%dT%H%M%S%fZ") for it in times)


def job_id(source: Source, overrides: Mapping[str, Any], again: int = 0) -> str:
    """The job of a resolved source and its overrides: two doors, a hundred duplicates, one job.

    `again`: how often the same was asked anew after its job had ended.
    """
    identity = source.model_dump(mode="json")
    if isinstance(source, FolderSource):
        identity["files"] = [[it.path, it.etag] for it in source.files]
    return content_hash([identity, dict(overrides), *([again] if again else [])])[:20]


def content_hash(value: Any) -> str:
    """SHA-256, in hex, of a JSON value; the order of keys does not count."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def stamp(when: datetime) -> str:
    """A time as the ledger writes it: ISO 8601 in UTC, fixed length, so that text sorts as time."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    """The time that an ISO 8601 text says, in UTC where it names no zone; None of no text."""
    if not text:
        return None
    when = datetime.fromisoformat(text)
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def is_lone_prompty(folder: str, path: str) -> bool:
    """Whether a blob is a prompty directly in the folder (its path ends with a slash)."""
    name = path.removeprefix(folder)
    return path.startswith(folder) and "/" not in name and name.endswith(".prompty")


def is_prompty_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Whether the folder holds one prompty and no flow file: the runtime serves it like a flow."""
    inside = [it for it in files if it.path.startswith(folder)]
    alone = sum(is_lone_prompty(folder, it.path) for it in inside) == 1
    return alone and not is_flow_folder(folder, inside)


def is_flow_folder(folder: str, files: Iterable[FileVersion]) -> bool:
    """Whether a flow file lies directly in the folder (its path ends with a slash)."""
    wanted = {f"{folder}{name}" for name in FLOW_FILES}
    return any(it.path in wanted for it in files)
