"""Who may call: the keys of the app, given in `x-functions-key` or `code`."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from local.functions_host.web.exchange import Request


@dataclass(frozen=True)
class Keys:
    """Function key, master key, and the system key of the Durable extension."""

    function: str
    master: str
    durable: str

    @classmethod
    def derived(cls, function: str) -> Self:
        """Master and system key made from the function key, so that a restart keeps them."""
        return cls(function, _derive("master", function), _derive("durabletask", function))

    def may_call(self, request: Request, level: str) -> bool:
        """Whether a request may call a function of this auth level (of the trigger)."""
        match level.lower():
            case "anonymous":
                return True
            case "admin":
                return self.is_master(request)
            case _:
                return _given(request, self.function, self.master)

    def is_master(self, request: Request) -> bool:
        return _given(request, self.master)

    def is_durable(self, request: Request) -> bool:
        return _given(request, self.durable, self.master)


def _given(request: Request, *keys: str) -> bool:
    told = request.headers.get("x-functions-key") or request.query.get("code") or ""
    return any(hmac.compare_digest(told.encode(), key.encode()) for key in keys)


def _derive(name: str, secret: str) -> str:
    return hashlib.sha256(f"{name}:{secret}".encode()).hexdigest()
