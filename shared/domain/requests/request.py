"""The request of a job, and how requests are identified and ordered."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.access.caller import Caller
from shared.domain.requests.source import (
    FolderSource,
    NoSource,
    RemovalSource,
    RevisionSource,
    Source,
)

Door = Literal["blob", "bus", "http", "sweep"]
JobKind = Literal["deployment", "removal"]


class MessageName(BaseModel):
    """The sender's ids of a message; the result repeats both."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    correlation: str = Field(default="", description="Empty if the sender gave none.")


@dataclass(frozen=True)
class Queued:
    """An endpoint's queue once a job is in it.

    Attributes:
        newest: its newest job.
        older: if that is this job, and it was not queued before: the jobs before it, ended or not.
    """

    newest: str
    older: tuple[str, ...] = ()


class Joined(BaseModel):
    """What else became this job: messages, and the order of the newest request that joined it."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    messages: tuple[MessageName, ...] = ()
    order: str = Field(default="", description="Empty if none joined.")


class Claim(BaseModel):
    """What an idempotency key is bound to.

    Attributes:
        job: the job that the first call with this key was to become.
        body: the hash of the request's body.
        order: the place of that call, as `make_order` writes it; empty if an older version bound
            the key.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    body: str
    order: str = ""


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


_INVERTED = str.maketrans("0123456789", "9876543210")


class JobSummary(BaseModel):
    """A job in a list. `state` is `running`, `waiting` or the result's outcome."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    job: str
    state: str
    endpoint: str = ""
    source: str = ""
    accepted: str = ""


class JobPage(BaseModel):
    """Some jobs, newest first. `more`: a token for the jobs before them; None if there are none."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    jobs: tuple[JobSummary, ...]
    more: str | None = None


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


def make_order(asked: str, accepted: str = "", number: int = 0) -> str:
    """Return the sort key of a request, as kept in the ledger: `{second}/{within}`.

    All of it comes from Azure, nothing from the app's clock. The second is that of a blob's last
    modification, of a message's enqueued time, or of the call as storage noted it. Within a second,
    messages go by `asked`, their sending time. All others come after them, by the time and the
    number that storage gave when they were accepted; it gives whole seconds, so its end counts.

    Args:
        asked: the time of the request, ISO 8601.
        accepted: the time when it was accepted, by storage's clock; empty for a message.
        number: the number that came with that time.
    """
    second = datetime.fromisoformat(asked).replace(microsecond=0)
    if not accepted:
        return f"{stamp(second)}/{asked}"
    end = datetime.fromisoformat(accepted).replace(microsecond=999_999)
    return f"{stamp(second)}/{stamp(end)}/{number:012}"


def order_key(order: str) -> str:
    """Turn an ISO 8601 time, or the output of `make_order`, into text that sorts by time.

    The doors' clocks write times differently (`Z` or `+00:00`, with a fraction or without); the
    result is in UTC, in microseconds.
    """
    return "-".join(it if it.isdecimal() else _sortable(it) for it in order.split("/"))


def _sortable(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def newest_first(order: str) -> str:
    """Turn the same into text of which the newest sorts first, for names of blobs."""
    return order_key(order).translate(_INVERTED)


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
