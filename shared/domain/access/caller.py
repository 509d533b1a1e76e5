"""Who calls over HTTP, as the app's own sign-in knows them."""

import base64
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from shared.domain.parsing.strict_json import read_json

type Act = Literal["look", "deploy", "delete"]
ACTS: frozenset[Act] = frozenset({"look", "deploy", "delete"})
_ROLE = "role:"


class NotAllowed(Exception):  # noqa: N818 - named as the caller is told
    """A function key alone is not enough for this."""

    def __init__(self, act: Act) -> None:
        super().__init__(
            f"A function key alone may not {act}: FUNCTION_KEY_ALLOWS does not name it. "
            "Sign in to the app, or ask its operator"
        )


@dataclass(frozen=True)
class Caller:
    """A person or program that is signed in; without a name, one that has a function key alone."""

    name: str = ""
    roles: tuple[str, ...] = ()

    def fits(self, pattern: str) -> bool:
        """Whether `ada@example.org`, `*@example.org` or `role:Deployers` means this caller."""
        wanted = pattern.lower()
        if wanted.startswith(_ROLE):
            return any(fnmatchcase(f"{_ROLE}{it}".lower(), wanted) for it in self.roles)
        return bool(self.name) and fnmatchcase(self.name.lower(), wanted)


NOBODY = Caller()


def caller_of(name: str, principal: str) -> Caller:
    """The caller that App Service's sign-in tells.

    Args:
        name: `X-MS-CLIENT-PRINCIPAL-NAME`, or the `-ID` of who has no name.
        principal: `X-MS-CLIENT-PRINCIPAL`, base64 of JSON: `claims` as `typ` and `val`, and in
            `role_typ` which of them are roles ('Work with user identities in Azure App Service
            authentication'). Where it cannot be read, the caller has no role.
    """
    try:
        told = read_json(base64.b64decode(principal, validate=True))
        kinds = {told.get("role_typ"), "roles"}
        roles = tuple(str(it["val"]) for it in told["claims"] if it["typ"] in kinds)
    except (ValueError, KeyError, TypeError, AttributeError):
        roles = ()
    return Caller(name, roles if name else ())
