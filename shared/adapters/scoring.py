"""Call an endpoint as its users do, without retries."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from shared.adapters.deadline import within
from shared.domain.azure.consume import swagger_url
from shared.domain.failure import Refused, Unavailable
from shared.domain.parsing.strict_json import read_json
from shared.ports import Answer, Json
from shared.ports.telemetry import SILENT, Telemetry

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of an uncompressed answer: the limit of a managed online endpoint itself."""

_CONNECT_SECONDS = 5.0
# A front that sends its headers byte by byte is given up after that many seconds more.
_MARGIN = 5.0
_READ = 64 * 1024
_STATUS = "ms-azureml-model-error-statuscode"
_REASON = "ms-azureml-model-error-reason"
_MOST_CHARACTERS = 100_000
_STREAM = "text/event-stream"


class HttpScoring:
    """Calls with a key or token.

    Args:
        telemetry: is told of each call.
    """

    def __init__(self, telemetry: Telemetry = SILENT) -> None:
        self._telemetry = telemetry

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
        """One POST on a new connection, since a kept one may be dead."""
        # The answer is read piece by piece, so it should come uncompressed.
        headers = {"Authorization": f"Bearer {credential}", "Accept-Encoding": "identity"}
        headers["Content-Type"] = "application/json"
        if deployment is not None:
            headers["azureml-model-deployment"] = deployment
        if accept is not None:
            headers["Accept"] = accept
        content = _written(body)
        return self._call("POST", uri, content, headers, timeout)

    def swagger(self, uri: str, credential: str, *, deployment: str, timeout: float) -> Answer:
        """One GET, in the same way."""
        headers = {
            "Authorization": f"Bearer {credential}",
            "Accept-Encoding": "identity",
            "azureml-model-deployment": deployment,
        }
        return self._call("GET", swagger_url(uri), None, headers, timeout)

    def _call(
        self,
        method: str,
        uri: str,
        content: bytes | None,
        headers: dict[str, str],
        seconds: float,
    ) -> Answer:
        with self._telemetry.call("endpoint", method, urlsplit(uri).path) as call:
            answer = within(
                seconds + _MARGIN, lambda: _sent(method, uri, content, headers, seconds)
            )
            call.status = answer.status
            return answer


def _written(body: Json) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError as error:
        cause = f"The request cannot be written as JSON, so it was not sent: {error}"
        raise Refused("NotJson", cause) from error


def _sent(
    method: str, uri: str, content: bytes | None, headers: dict[str, str], seconds: float
) -> Answer:
    begun = time.monotonic()
    try:
        response = requests.request(
            method,
            uri,
            data=content,
            headers=headers,
            timeout=(min(_CONNECT_SECONDS, seconds), seconds),
            allow_redirects=False,
            stream=True,
        )
        with closing(response):
            return _answer(response, begun, begun + seconds)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        if time.monotonic() - begun >= seconds:  # requests raises no ReadTimeout for a stalled body
            raise Unavailable("Timeout", f"No complete answer within {seconds:g} s") from error
        raise Unavailable(type(error).__name__, str(error)) from error


def _answer(response: requests.Response, begun: float, end: float) -> Answer:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    streams = media_type == _STREAM
    read = _Read(_pieces(response, end), streams=streams)
    body, problem = (_text(response, read.content), "") if streams else _body(response, read)
    model_status = response.headers.get(_STATUS, "")
    return Answer(
        status=response.status_code,
        body=body,
        seconds=time.monotonic() - begun,
        reason=response.headers.get(_REASON) or response.reason or "",
        model_status=int(model_status) if model_status.isdigit() else None,
        media_type=media_type,
        complete=read.complete,
        problem=problem,
    )


class _Read:
    """Reads a body. `complete`: it came to its end.

    An event stream is read to its end, and only its beginning is kept. Any other body is not read
    beyond `MOST_BYTES`.
    """

    def __init__(self, pieces: Iterator[bytes], *, streams: bool) -> None:
        self.complete, self.too_large = False, False
        kept, size = list[bytes](), 0
        try:
            for piece in pieces:
                size += len(piece)
                if size > MOST_BYTES and not streams:
                    self.too_large = True
                    break
                if not streams or size <= _MOST_CHARACTERS:
                    kept.append(piece)
            else:
                self.complete = True
        except (urllib3.exceptions.ProtocolError, urllib3.exceptions.DecodeError):
            if not streams:
                raise
        self.content = b"".join(kept)


def _pieces(response: requests.Response, end: float) -> Iterator[bytes]:
    """Read the body in pieces, up to the end time; the connection's own limit is per read."""
    while piece := response.raw.read1(_READ, decode_content=True):
        yield piece
        if time.monotonic() > end:
            raise Unavailable("Timeout", "The answer was not complete in time")


def _body(response: requests.Response, read: _Read) -> tuple[Any, str]:
    """The body and its problem, if any. A body that does not claim to be JSON may be text."""
    text = _text(response, read.content)
    if read.too_large:
        return text, f"the answer is larger than {MOST_BYTES // 1024**2} MB"
    try:
        return read_json(read.content), ""
    except ValueError as error:
        says_json = "json" in response.headers.get("Content-Type", "").lower()
        return text, f"the answer is not valid JSON: {error}" if says_json and text else ""


def _text(response: requests.Response, content: bytes) -> str:
    """The beginning of the content as text."""
    beginning = content[: 4 * _MOST_CHARACTERS]
    try:
        text = beginning.decode(response.encoding or "utf-8", errors="replace")
    except LookupError:  # an encoding that Python does not have
        text = beginning.decode(errors="replace")
    return text[:_MOST_CHARACTERS]
