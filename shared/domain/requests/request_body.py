"""What comes in at the doors: the JSON body that messages and calls share."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.domain.errors import Finding, Rejected
from shared.domain.identifiers.ids import Revision, RunName
from shared.domain.identifiers.names import EndpointName
from shared.domain.identifiers.paths import BlobPath, FolderPath
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape
from shared.domain.parsing.strict_json import read_request

_SHAPE = (
    'Send {"source": {"blob": "team/name.zip"}}, {"source": {"folder": "team/name/"}}, '
    '{"source": {"run": "name"}} or {"source": {"endpoint": "name", "revision": "current"}}'
)
_REDEPLOY_SHAPE = 'Send {"revision": "previous"}, with "manifest" where it shall differ, or nothing'

MOST_BYTES = 256 * 1024
"""What a message of Service Bus's standard tier holds: more by HTTP would mean nothing else."""


class TooLarge(Rejected):
    """A request that is not even read."""

    def __init__(self, size: int) -> None:
        cause = f"It has {size:,} bytes, and {MOST_BYTES:,} is the most"
        super().__init__([Finding("request", None, cause, "Put what is large into the flow")])


class AskedSource(BaseModel):
    """Exactly one of blob, folder, run and endpoint. Paths are inside the flows container."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    blob: Annotated[str, AfterValidator(BlobPath)] | None = None
    folder: Annotated[str, AfterValidator(FolderPath)] | None = None
    run: Annotated[str, AfterValidator(RunName)] | None = None
    endpoint: Annotated[str, AfterValidator(EndpointName)] | None = None
    revision: Annotated[str, AfterValidator(Revision)] = "current"

    @model_validator(mode="after")
    def _one(self) -> Self:
        named = [it for it in (self.blob, self.folder, self.run, self.endpoint) if it is not None]
        if len(named) != 1:
            raise ValueError("exactly one of blob, folder, run and endpoint is needed")
        return self


class Asked(BaseModel):
    """A request as a person or a program writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: AskedSource
    manifest: dict[str, Any] = Field(default_factory=dict)


class Redeploy(BaseModel):
    """The body of a redeploy, which may be empty: the endpoint stands in the URL."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    revision: Annotated[str, AfterValidator(Revision)] = "current"
    manifest: dict[str, Any] = Field(default_factory=dict)


def parse_asked(body: bytes) -> Asked:
    """Read the body of a message or a call. Raises Rejected with every fault in it."""
    return _parse(Asked, body, _SHAPE)


def parse_redeploy(body: bytes) -> Redeploy:
    return _parse(Redeploy, body or b"{}", _REDEPLOY_SHAPE)


def _parse[M: BaseModel](model: type[M], body: bytes, remedy: str) -> M:
    if len(body) > MOST_BYTES:
        raise TooLarge(len(body))
    try:
        value = read_request(body)
    except ValueError as error:
        raise Rejected([Finding("request", None, f"It cannot be read: {error}", remedy)]) from error
    asked, wrong = shape(model, value, Document("request", value), remedy=remedy)
    if asked is None:
        raise Rejected(wrong)
    return asked
