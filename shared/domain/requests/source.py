"""Where a package comes from: each source names one version of it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.domain.identifiers.names import DeploymentName, EndpointName


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


class UploadSource(BaseModel):
    """A zip that came in the body of an HTTP call; `sha256` of its bytes, in hex.

    `path`: where it counts as dropped; the policy is applied to it. The flows container has no
    such blob because of it: the job keeps the zip.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    kind: Literal["upload"] = "upload"
    path: str
    sha256: str


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


Source = (
    BlobSource | UploadSource | FolderSource | RevisionSource | RemovalSource | RunSource | NoSource
)
