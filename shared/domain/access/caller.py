"""The caller of the HTTP API, as the app's sign-in identifies it."""

import base64
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from shared.domain.parsing.strict_json import read_json

type Act = Literal["look", "deploy", "upload", "delete"]
ACTS: frozenset[Act] = frozenset({"look", "deploy", "upload", "delete"})
_ROLE = "role:"
SIGN_IN_PATH = "/.auth/login/aad?post_login_redirect_uri=/api/ui"
"""Where App Service's sign-in begins, and then shows the page."""


class NotSignedIn(Exception):  # noqa: N818 - named as the caller sees it
    """The app takes no function keys, and nobody is signed in."""

    def __init__(self, audience: str) -> None:
        super().__init__(
            f"Nobody is signed in, and this app takes no function keys. In a browser, sign in at "
            f"{SIGN_IN_PATH}; a program sends a token for {audience} as a bearer"
        )


class NotAllowed(Exception):  # noqa: N818 - named as the caller sees it
    """Who calls may not do this."""


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


@dataclass(frozen=True)
class Callers:
    """What callers of the HTTP API may do.

    Attributes:
        key: what somebody with only a function key may do.
        readers, operators: patterns of signed-in callers. Operators may do everything, readers
            look.
        audience: of the tokens that callers sign in with; empty: they send a function key.
    """

    key: frozenset[Act] = ACTS
    readers: tuple[str, ...] = ("*",)
    operators: tuple[str, ...] = ("*",)
    audience: str = ""

    def require(self, who: Caller, act: Act) -> None:
        """Do nothing if the caller may do this.

        Raises:
            NotSignedIn: nobody is signed in, and a function key does not count.
            NotAllowed: who calls may not do this.
        """
        if who.name:
            self._require_role(who, act)
        elif self.audience:
            raise NotSignedIn(self.audience)
        elif act not in self.key:
            raise NotAllowed(
                f"A function key alone may not {act}: FUNCTION_KEY_ALLOWS does not name it. "
                "Sign in to the app, or ask its operator"
            )

    def _require_role(self, who: Caller, act: Act) -> None:
        looks = act == "look"
        allowed = (*self.operators, *self.readers) if looks else self.operators
        if any(map(who.fits, allowed)):
            return
        settings = "neither OPERATORS nor READERS names" if looks else "OPERATORS does not name"
        raise NotAllowed(
            f"{who.name} may not {act}: {settings} this account or a role of it. "
            "Ask the operator of this app"
        )


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
