"""The caller of the HTTP API, as the app's sign-in identifies it."""

import base64
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from shared.domain.parsing.strict_json import read_json

type Act = Literal["look", "deploy", "delete"]
ACTS: frozenset[Act] = frozenset({"look", "deploy", "delete"})
_ROLE = "role:"


class NotAllowed(Exception):  # noqa: N818 - named as the caller sees it
    """A function key alone is not enough for this action."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            f"A function key alone may not {act}: FUNCTION_KEY_ALLOWS does not name it. "
            "Sign in to the app, or ask its operator"
        )


@dataclass(frozen=True)
class Caller:
    """A signed-in person or program; without a name, the caller has only a function key."""

    name: str = ""
    roles: tuple[str, ...] = ()

    def fits(self, pattern: str) -> bool:
        """Return whether a pattern (`*@example.org`, `role:Deployers`) matches this caller."""
        wanted = pattern.lower()
        if wanted.startswith(_ROLE):
            return any(fnmatchcase(f"{_ROLE}{it}".lower(), wanted) for it in self.roles)
        return bool(self.name) and fnmatchcase(self.name.lower(), wanted)


NOBODY = Caller()
KEY_HOLDER = "somebody with a function key"
"""A caller without a name, for people."""


def caller_of(name: str, principal: str) -> Caller:
    """Read the caller from the headers of App Service's sign-in.

    Args:
        name: `X-MS-CLIENT-PRINCIPAL-NAME`, or the `-ID` of a caller without one.
        principal: `X-MS-CLIENT-PRINCIPAL`, base64 of JSON: `claims` as `typ` and `val`, and in
            `role_typ` which of them are roles ('Work with user identities in Azure App Service
            authentication'). If it cannot be read, the caller has no role.
    """
    try:
        decoded = read_json(base64.b64decode(principal, validate=True))
        kinds = {decoded.get("role_typ"), "roles"}
        roles = tuple(str(it["val"]) for it in decoded["claims"] if it["typ"] in kinds)
    except (ValueError, KeyError, TypeError, AttributeError):
        roles = ()
    return Caller(name, roles if name else ())
