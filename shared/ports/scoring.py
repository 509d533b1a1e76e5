"""Calling an endpoint."""

from dataclasses import dataclass
from typing import Any, Protocol

from shared.ports.document import Json


@dataclass(frozen=True)
class Answer:
    """The answer of a scoring URI.

    Args:
        status: the HTTP status.
        body: parsed JSON if it is JSON, else text.
        seconds: time until the last byte.
        reason: the reason that the endpoint's front gives for an error.
        model_status: the flow's own status, if the front turned it into 424.
        media_type: of the body, without parameters.
        complete: False if a stream broke off.
        problem: why the body cannot be used, else empty; `body` is then its beginning as text.
    """

    status: int
    body: Any
    seconds: float
    reason: str = ""
    model_status: int | None = None
    media_type: str = "application/json"
    complete: bool = True
    problem: str = ""


class Scoring(Protocol):
    """Calls an endpoint as its users do."""

    def score(
        self,
        uri: str,
        credential: str,
        body: Json,
        *,
        deployment: str | None,
        timeout: float,
        accept: str | None = None,
    ) -> Answer:
        """POST JSON to a scoring URI, or to one deployment behind it if one is named.

        Any HTTP status is an answer. An event stream is read to its end. A body that claims to be
        JSON and is not, or that is too large, is an answer with a `problem`.

        Args:
            uri: the scoring URI.
            credential: a key or a token.
            body: the request.
            deployment: send to this deployment, whatever its traffic.
            timeout: seconds until the answer must be complete.
            accept: the media type to ask for.

        Raises:
            Refused: the body cannot be written as JSON; nothing was sent.
            Unavailable: no answer, or with code `Timeout` no complete one in time.
        """

    def swagger(self, uri: str, credential: str, *, deployment: str, timeout: float) -> Answer:
        """GET the OpenAPI document of one deployment behind a scoring URI, as `score` POSTs.

        Any HTTP status is an answer: not every container has a document.

        Raises:
            Unavailable: as `score`.
        """
