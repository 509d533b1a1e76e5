"""Calling an endpoint."""

from dataclasses import dataclass
from typing import Any, Protocol

from shared.ports.document import Json


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
        problem: why the body is of no use, empty where it is; then `body` is its beginning as text.
    """

    status: int
    body: Any
    seconds: float
    reason: str = ""
    model_status: int | None = None
    media_type: str = "application/json"
    ended: bool = True
    problem: str = ""


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
        What is not JSON though it says so, or too large, is an answer with a `problem`.

        Raises:
            Refused: the body cannot be written as JSON, so nothing was sent.
            Unavailable: there was no answer, or no whole one in time.
        """
