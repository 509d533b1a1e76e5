"""App Service's own sign-in, which stands before an app if `WEBSITE_AUTH_ENABLED` is `True`.

Source: 'Work with user identities in Azure App Service authentication', 'Manage OAuth tokens'. Who
has signed in is told to the app in headers that nobody else can set. Nobody has to sign in, as with
`AllowAnonymous`; but a token that is not known is refused.
"""

import base64
import hashlib
import hmac
import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from local.functions_host.web.exchange import Request, Response

SETTING: Final = "WEBSITE_AUTH_ENABLED"
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "olga@example.org": ("Sluice.Operator",),
    "rafi@example.org": ("Sluice.Reader",),
    "gast@example.org": (),
}
"""Who can sign in here, with their roles in the app's registration."""

PREFIX: Final = "/.auth/"
_LOGIN: Final = "/.auth/login/aad"
_COOKIE: Final = "AppServiceAuthSession"
_HEADER: Final = "x-ms-client-principal"


@dataclass(frozen=True)
class SignIn:
    """Identifies callers by a cookie or a bearer token. `secret` signs both."""

    secret: str

    def identify(self, request: Request) -> Request | Response:
        """Return the request as the app gets it; 401 for a token that is not known."""
        kept = {k: v for k, v in request.headers.items() if not k.startswith(_HEADER)}
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        bears = scheme.lower() == "bearer"
        who = self._person(token if bears else _cookie(request.headers.get("cookie", "")))
        if bears and who is None:
            return Response(401)
        return replace(request, headers=kept | (_principal(who) if who is not None else {}))

    def answer(self, request: Request) -> Response:
        """Answer `/.auth/`: choose a person, who they are, and sign out."""
        path = request.path.rstrip("/").lower()
        back = request.query.get("post_login_redirect_uri", "/")
        back = back if back.startswith("/") and not back.startswith("//") else "/"
        if path == _LOGIN:
            return _choices(back)
        if path.startswith(f"{_LOGIN}/") and (person := path.rpartition("/")[2]) in PEOPLE:
            cookie = f"{_COOKIE}={self.token(person)}; Path=/; HttpOnly; SameSite=Lax"
            return Response(302, headers=(("location", back), ("set-cookie", cookie)))
        if path == "/.auth/logout":
            gone = f"{_COOKIE}=; Path=/; Max-Age=0"
            back = request.query.get("post_logout_redirect_uri", "/")
            return Response(302, headers=(("location", back), ("set-cookie", gone)))
        return Response(404)

    def token(self, person: str) -> str:
        """The token of a person, for a program."""
        signed = hmac.new(self.secret.encode(), person.encode(), hashlib.sha256).hexdigest()
        return f"{base64.urlsafe_b64encode(person.encode()).decode()}.{signed}"

    def _person(self, token: str) -> str | None:
        return next((it for it in PEOPLE if hmac.compare_digest(self.token(it), token)), None)


def is_on() -> bool:
    """True if the app's settings turn the sign-in on."""
    return os.environ.get(SETTING) == "True"


def _principal(person: str) -> dict[str, str]:
    claims = [{"typ": "preferred_username", "val": person}]
    claims += [{"typ": "roles", "val": role} for role in PEOPLE[person]]
    told = {"auth_typ": "aad", "name_typ": "preferred_username", "role_typ": "roles"}
    encoded = base64.b64encode(json.dumps(told | {"claims": claims}).encode()).decode()
    return {
        _HEADER: encoded,
        f"{_HEADER}-name": person,
        f"{_HEADER}-id": person,
        f"{_HEADER}-idp": "aad",
    }


def _cookie(header: str) -> str:
    pairs = (it.strip().partition("=") for it in header.split(";"))
    return next((value for name, _, value in pairs if name == _COOKIE), "")


def _choices(back: str) -> Response:
    """The page that Microsoft Entra would show: who signs in."""
    links = "".join(
        f'<li><a href="{_LOGIN}/{person}?post_login_redirect_uri={quote(back)}">{person}</a> '
        f"{html.escape(', '.join(roles) or 'no role')}</li>"
        for person, roles in PEOPLE.items()
    )
    head = '<!doctype html><title>Sign in</title><link rel="icon" href="data:,">'
    text = f"{head}<h1>Sign in as</h1><ul>{links}</ul>"
    return Response(200, text.encode(), (("content-type", "text/html; charset=utf-8"),))
