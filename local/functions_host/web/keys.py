"""The keys of the app, sent in `x-functions-key` or `code`."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from local.functions_host.web.exchange import Request


@dataclass(frozen=True)
class Keys:
    """Function key, master key, and the system keys of the Durable and blobs extensions."""

    function: str
    master: str
    durable: str
    blobs: str
    sign_in: str
    """Signs the tokens of people who have signed in; no key of the host."""

    @classmethod
    def derived(cls, function: str) -> Self:
        """Derive master and system key from the function key, so that they survive a restart."""
        return cls(
            function,
            _derive("master", function),
            _derive("durabletask", function),
            _derive("blobs", function),
            _derive("sign-in", function),
        )

    def may_call(self, request: Request, level: str) -> bool:
        """Return whether a request may call a function with this auth level."""
        match level.lower():
            case "anonymous":
                return True
            case "admin":
                return self.is_master(request)
            case _:
                return _has_key(request, self.function, self.master)

    def is_master(self, request: Request) -> bool:
        return _has_key(request, self.master)

    def is_durable(self, request: Request) -> bool:
        return _has_key(request, self.durable, self.master)

    def is_blobs(self, request: Request) -> bool:
        return _has_key(request, self.blobs, self.master)


def _has_key(request: Request, *keys: str) -> bool:
    sent = request.headers.get("x-functions-key") or request.query.get("code") or ""
    return any(hmac.compare_digest(sent.encode(), key.encode()) for key in keys)


def _derive(name: str, secret: str) -> str:
    return hashlib.sha256(f"{name}:{secret}".encode()).hexdigest()
