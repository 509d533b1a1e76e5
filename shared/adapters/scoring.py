"""Calling an endpoint as its users do: once, without trying again."""

import time
from typing import Any

import requests

from shared.domain.failure import Unavailable
from shared.ports import Answer, Json

_CONNECT_SECONDS = 5.0
_REASON = "ms-azureml-model-error-reason"
_MOST_CHARACTERS = 100_000


class HttpScoring:
    """POSTs JSON with a key or token."""

    def score(
        self, uri: str, credential: str, body: Json, *, deployment: str | None, seconds: float
    ) -> Answer:
        """One POST on a connection of its own: a kept one may have died unseen."""
        headers = {"Authorization": f"Bearer {credential}"}
        if deployment is not None:
            headers["azureml-model-deployment"] = deployment
        begun = time.monotonic()
        try:
            response = requests.post(
                uri,
                json=body,
                headers=headers,
                timeout=(min(_CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unavailable(type(error).__name__, str(error)) from error
        return Answer(
            status=response.status_code,
            body=_body(response),
            seconds=time.monotonic() - begun,
            reason=response.headers.get(_REASON) or response.reason or "",
        )


def _body(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text[:_MOST_CHARACTERS]
