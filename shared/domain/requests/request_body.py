"""The JSON body of a request, the same for messages and HTTP calls."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, model_validator

from shared.domain.errors import Finding, Rejected
from shared.domain.identifiers.ids import Reason, Revision, RunName
from shared.domain.identifiers.names import EndpointName
from shared.domain.identifiers.paths import BlobPath, FolderPath
from shared.domain.parsing.document import Document
from shared.domain.parsing.pydantic_findings import shape
from shared.domain.parsing.strict_json import read_request

_SHAPE = (
    'Send {"source": {"blob": "team/name.zip"}}, {"source": {"folder": "team/name/"}}, '
    '{"source": {"run": "name"}} or {"source": {"endpoint": "name", "revision": "current"}}'
)
_REDEPLOY_SHAPE = (
    'Send {"revision": "previous"}, with "manifest" to override settings, or an empty body'
)

_QUESTION_SHAPE = 'Send the inputs of the endpoint as one object: {"question": "..."}'

_DECISION_SHAPE = 'Send {"reason": "why"}, or an empty body'

MOST_BYTES = 256 * 1024
"""The size of a Service Bus message in the Standard tier; HTTP has the same limit."""


MOST_ZIP_BYTES = 104_857_600
"""The largest body that the Functions host accepts ('Azure Functions HTTP trigger', Limits)."""


class TooLarge(Rejected):
    """The request is too large to be read."""

    def __init__(
        self, size: int, most: int = MOST_BYTES, remedy: str = "Put large values into the flow"
    ) -> None:
        cause = f"The request has {size:,} bytes, and at most {most:,} are allowed"
        super().__init__([Finding("request", None, cause, remedy)])


class AskedSource(BaseModel):
    """The requested source: exactly one of blob, folder, run and endpoint.

    Paths are inside the flows container.
    """

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
            raise ValueError("name exactly one of blob, folder, run and endpoint")
        return self


class Asked(BaseModel):
    """A request as a person or a program writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: AskedSource
    manifest: dict[str, Any] = Field(default_factory=dict)
    force: bool = False

    def identity(self) -> dict[str, Any]:
        """Return what makes two requests the same; `force` only counts where it is set."""
        return self.model_dump(mode="json", exclude=None if self.force else {"force"})


class Redeploy(BaseModel):
    """The body of a redeploy, which may be empty: the URL names the endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    revision: Annotated[str, AfterValidator(Revision)] = "current"
    manifest: dict[str, Any] = Field(default_factory=dict)
    force: bool = False


class Question(RootModel[dict[str, Any]]):
    """What an endpoint is asked: its inputs by name."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Decided(BaseModel):
    """The body of a decision or a rollback, which may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    reason: Annotated[str, AfterValidator(Reason)] = ""


def parse_asked(body: bytes) -> Asked:
    """Read the body of a message or a call. Raises Rejected with all faults in it."""
    return parse_body(Asked, body, _SHAPE)


def parse_redeploy(body: bytes) -> Redeploy:
    return parse_body(Redeploy, body or b"{}", _REDEPLOY_SHAPE)


def parse_decision(body: bytes) -> Decided:
    return parse_body(Decided, body or b"{}", _DECISION_SHAPE)


def parse_question(body: bytes) -> dict[str, Any]:
    return parse_body(Question, body, _QUESTION_SHAPE).root


def check_zip(body: bytes) -> bytes:
    """Return a body that is a zip. Raises TooLarge."""
    if len(body) > MOST_ZIP_BYTES:
        remedy = "Upload it to storage, and name it as the source instead"
        raise TooLarge(len(body), MOST_ZIP_BYTES, remedy)
    return body


def parse_body[M: BaseModel](model: type[M], body: bytes, remedy: str) -> M:
    """Read a body as the model. Raises Rejected with all faults in it, each with the remedy."""
    if len(body) > MOST_BYTES:
        raise TooLarge(len(body))
    try:
        value = read_request(body)
    except ValueError as error:
        raise Rejected(
            [Finding("request", None, f"The request cannot be read: {error}", remedy)]
        ) from error
    asked, wrong = shape(model, value, Document("request", value), remedy=remedy)
    if asked is None:
        raise Rejected(wrong)
    return asked
