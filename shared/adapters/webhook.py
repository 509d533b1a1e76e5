"""Send results by HTTP to the operator's webhook."""

import hashlib
import hmac

import requests

from shared.adapters.deadline import Lane
from shared.domain.failure import Refused, Unavailable
from shared.domain.jobs.result_message import written
from shared.ports import Json

SIGNATURE = "X-Sluice-Signature"
_SECONDS = (5.0, 10.0)
_TRIES = 3


class HttpWebhook:
    """POSTs a result as JSON, up to three times, each for at most 15 seconds.

    Args:
        url: the webhook's address.
        secret: signs the body with HMAC-SHA256; empty for no signature.
    """

    def __init__(self, url: str, secret: str = "") -> None:
        self._url = url
        self._secret = secret
        self._lane = Lane()

    def send(self, event: Json) -> None:
        """One POST; more if there is no answer, or one of 429 or 5xx.

        Raises LaneTaken if another result is still being sent after a moment.
        """
        with self._lane.taken():
            self._send(written(event))

    def _send(self, body: bytes) -> None:
        failure: Unavailable | None = None
        for _ in range(_TRIES):
            try:
                return self._post(body)
            except Unavailable as unavailable:
                failure = unavailable
        assert failure is not None
        raise failure

    def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/cloudevents+json"}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, body)
        try:
            # A redirect would send the result to an address that the operator did not set.
            answer = requests.post(
                self._url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Unavailable(type(error).__name__, "The webhook does not answer.") from error
        status = answer.status_code
        if status == 429 or status >= 500:
            raise Unavailable("WebhookFailed", f"The webhook answers {status}.", status=status)
        if not 200 <= status < 300:
            raise Refused("WebhookRefused", f"The webhook answers {status}.", status=status)


def signature(secret: str, body: bytes) -> str:
    """The signature of a body; the receiver computes it over the raw body and compares."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
