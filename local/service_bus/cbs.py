"""Claims-based security: a client sends a token signed with a shared access key.

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
    """One connection's right to use the queues; always open if there are no keys."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self.is_open = not keys

    def answer(self, request: Request) -> Response:
        """Answer `put-token`: 202 opens the gate, 401 closes it."""
        self.is_open = not self._keys or is_signed(str(request.body), self._keys, time.time())
        if self.is_open:
            return Response({"status-code": Int(202), "status-description": "Accepted"})
        why = "InvalidSignature: The token has an invalid signature."
        return Response({"status-code": Int(401), "status-description": why})


def is_signed(token: str, keys: Mapping[str, str], at: float) -> bool:
    """Return whether a shared access signature matches a key and has not expired."""
    scheme, _, rest = token.partition(" ")
    # Clients encode '+' as %2B; an unencoded '+' is not a space.
    fields = dict(parse_qsl(rest.replace("+", "%2B")))
    key = keys.get(fields.get("skn", ""))
    expiry = fields.get("se", "")
    if scheme != "SharedAccessSignature" or key is None or not expiry.isdecimal():
        return False
    quoted = next((part[3:] for part in rest.split("&") if part.startswith("sr=")), "")
    digest = hmac.digest(key.encode(), f"{quoted}\n{expiry}".encode(), hashlib.sha256)
    signature = base64.b64encode(digest)
    return hmac.compare_digest(signature, fields.get("sig", "").encode()) and int(expiry) > at
