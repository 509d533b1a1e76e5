"""Calling an endpoint as its users do: once, without trying again."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import requests

from shared.domain.failure import Unavailable
from shared.ports import Answer, Json

_CONNECT_SECONDS = 5.0
_STATUS = "ms-azureml-model-error-statuscode"
_REASON = "ms-azureml-model-error-reason"
_MOST_CHARACTERS = 100_000
_STREAM = "text/event-stream"


class HttpScoring:
    """POSTs JSON with a key or token."""

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
        """One POST on a connection of its own: a kept one may have died unseen."""
        headers = {"Authorization": f"Bearer {credential}"}
        if deployment is not None:
            headers["azureml-model-deployment"] = deployment
        if accept is not None:
            headers["Accept"] = accept
        begun = time.monotonic()
        try:
            response = requests.post(
                uri,
                json=body,
                headers=headers,
                timeout=(min(_CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            )
            with closing(response):
                return _answer(response, begun, begun + seconds)
        except requests.RequestException as error:
            if time.monotonic() - begun >= seconds:  # a body that stalls is no ReadTimeout to it
                raise Unavailable("Timeout", f"No whole answer within {seconds:g} s") from error
            raise Unavailable(type(error).__name__, str(error)) from error


def _answer(response: requests.Response, begun: float, end: float) -> Answer:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    streams = media_type == _STREAM
    read = _Read(_stream(response, end) if streams else iter([response.content]))
    text = read.content.decode(response.encoding or "utf-8", errors="replace")
    said = response.headers.get(_STATUS, "")
    return Answer(
        status=response.status_code,
        body=text[:_MOST_CHARACTERS] if streams else _body(response, text),
        seconds=time.monotonic() - begun,
        reason=response.headers.get(_REASON) or response.reason or "",
        model_status=int(said) if said.isdigit() else None,
        media_type=media_type,
        ended=read.ended,
    )


class _Read:
    """What came of a body, and whether it came to its end; as much of it as is looked at."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.content, self.ended = b"", False
        try:
            for chunk in chunks:
                if len(self.content) < _MOST_CHARACTERS:
                    self.content += chunk
        except requests.exceptions.ChunkedEncodingError:
            return
        self.ended = True


def _stream(response: requests.Response, end: float) -> Iterator[bytes]:
    """The chunks as they come. A read's own time limit starts anew with each of them."""
    for chunk in response.iter_content(None):
        yield chunk
        if time.monotonic() > end:
            raise Unavailable("Timeout", "The stream did not come to its end in time")


def _body(response: requests.Response, text: str) -> Any:
    try:
        return response.json()
    except ValueError:
        return text[:_MOST_CHARACTERS]
