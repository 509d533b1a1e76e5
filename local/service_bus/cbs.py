"""Claims-based security: a client proves that it knows a key by a token signed with it.

https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from local.service_bus.amqp.types import Int
from local.service_bus.requests import Request, Response


class Gate:
    """One connection's right to use the queues. Without keys it stands open."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self.is_open = not keys

    def answer(self, request: Request) -> Response:
        """`put-token`: 202 and the gate opens, or 401 and it shuts."""
        self.is_open = not self._keys or is_signed(str(request.body), self._keys, time.time())
        if self.is_open:
            return Response({"status-code": Int(202), "status-description": "Accepted"})
        why = "InvalidSignature: The token has an invalid signature."
        return Response({"status-code": Int(401), "status-description": why})


def is_signed(token: str, keys: Mapping[str, str], at: float) -> bool:
    """Whether a shared access signature is of one of the keys and not yet expired."""
    scheme, _, rest = token.partition(" ")
    # A '+' in the signature comes as %2B; a bare one is no space.
    said = dict(parse_qsl(rest.replace("+", "%2B")))
    key = keys.get(said.get("skn", ""))
    expiry = said.get("se", "")
    if scheme != "SharedAccessSignature" or key is None or not expiry.isdecimal():
        return False
    quoted = next((part[3:] for part in rest.split("&") if part.startswith("sr=")), "")
    digest = hmac.digest(key.encode(), f"{quoted}\n{expiry}".encode(), hashlib.sha256)
    signature = base64.b64encode(digest)
    return hmac.compare_digest(signature, said.get("sig", "").encode()) and int(expiry) > at
