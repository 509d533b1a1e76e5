"""Requests to one Sluice app: repeated while it restarts, read if they have their shape."""

import sys
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

import requests
from requests.auth import AuthBase
from urllib3.exceptions import NameResolutionError, SSLError

from cli.answers import HEALTH
from cli.errors import CommandError, NotFoundError, WrongKeyError, refused, unreachable
from cli.shapes import Shape, read_shaped
from cli.sign_in import get_token, make_credential
from cli.target import Target
from shared.domain.parsing.strict_json import read_json

# An app that restarts is back within this time.
PATIENCE_SECONDS: Final = 60.0
BETWEEN_TRIES_SECONDS: Final = 0.5
CONNECT_SECONDS: Final = 3.0
TIMEOUT_SECONDS: Final = 30.0
_LONGEST_REASON: Final = 300
_REFUSALS: Final = frozenset({400, 403, 404, 409, 413})


class Connection:
    """Sends requests to one Sluice app; tries again while the app restarts.

    Args:
        target: The app to call.
        patience_s: Seconds to keep trying while there is no answer.
    """

    def __init__(self, target: Target, patience_s: float = PATIENCE_SECONDS) -> None:
        self._url = target["functions_url"].rstrip("/")
        self._origin = target.origin
        self._patience = patience_s
        self._session = requests.Session()
        self._target = target
        self._key = target.facts.get("function_key")
        if self._key:
            self._session.headers["x-functions-key"] = str(self._key)
        # A local stack is on loopback: a proxy of this machine has no part in it.
        self._session.trust_env = not target.local

    def get(
        self,
        path: str,
        shape: Shape,
        query: Mapping[str, str | None] | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> Any:
        """Return the JSON that the app answers.

        Raises:
            CommandError: the app refuses, does not answer in time, or answers another shape.
        """
        return self._read(self._send("GET", path, seconds, params=query), shape)

    def post(
        self, path: str, shape: Shape, body: Any = None, seconds: float = TIMEOUT_SECONDS
    ) -> Any:
        """As `get`. All tries have one idempotency key, so that the app does it once."""
        return self._read(self._send("POST", path, seconds, json=body, headers=_once()), shape)

    def post_zip(self, path: str, shape: Shape, blob: str, content: bytes, seconds: float) -> Any:
        """As `get`, with a zip that would be dropped as `blob`."""
        headers = {"Content-Type": "application/zip"}
        sent = self._send(
            "POST", path, seconds, params={"blob": blob}, data=content, headers=headers
        )
        return self._read(sent, shape)

    def delete(self, path: str, shape: Shape, query: Mapping[str, str]) -> Any:
        """As `post`."""
        sent = self._send("DELETE", path, TIMEOUT_SECONDS, params=query, headers=_once())
        return self._read(sent, shape)

    def _send(self, method: str, path: str, seconds: float, **more: Any) -> requests.Response:
        """Send a request with the function key, or with a token where there is none."""
        if not self._key and self._session.auth is None:
            audience = self._audience()
            if audience is None:
                self._target["function_key"]  # says how it is set
            self._session.auth = _Bearer(self._target, str(audience))
        return self._request(method, path, seconds, **more)

    def _audience(self) -> str | None:
        """Ask the app what its callers sign in for; None if they send a function key."""
        answer = self._request("GET", "/api/health", TIMEOUT_SECONDS)
        if answer.status_code == 401 and not answer.content:
            return None
        found: str | None = self._read(answer, HEALTH).get("sign_in")
        return found

    def _request(self, method: str, path: str, seconds: float, **more: Any) -> requests.Response:
        began = time.monotonic()
        noticed = False
        while True:
            timeout = (CONNECT_SECONDS, seconds)
            try:
                answer = self._session.request(method, self._url + path, timeout=timeout, **more)
            except ValueError as error:  # not a URL, or a key that cannot be a header
                raise refused(f"cannot call {self._url}: {error}") from error
            except requests.RequestException as error:
                fault = f"no answer from {self._url} ({self._cause(error)})"
            else:
                if answer.status_code < 500:
                    return answer
                fault = f"{self._url} answers {_told(answer)}"
            if time.monotonic() - began > self._patience:
                raise unreachable(f"{fault}; its address is from {self._origin}")
            if not noticed:
                wait = f"trying again for {self._patience:.0f} s (Ctrl-C ends it)"
                print(f"sluice: {fault}; {wait}", file=sys.stderr, flush=True)
                noticed = True
            time.sleep(BETWEEN_TRIES_SECONDS)

    def _cause(self, error: requests.RequestException) -> str:
        """Say why there is no answer. Raises CommandError if waiting cannot help."""
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NameResolutionError):
            raise unreachable(
                f"there is no host for {self._url}: check this address, from {self._origin}, "
                "and that this machine is online"
            ) from error
        if isinstance(reason, SSLError):
            raise unreachable(f"{self._url} has no valid certificate: {reason}") from error
        if isinstance(error, requests.ConnectTimeout):
            return f"no connection within {CONNECT_SECONDS:.0f} s"
        if isinstance(error, requests.Timeout):
            return "it takes too long"
        return "the connection is refused or ends"

    def _read(self, answer: requests.Response, shape: Shape) -> Any:
        if answer.status_code == 401:
            raise self._unknown(answer)
        if answer.status_code in _REFUSALS:
            raise _refusal(answer, self._url)
        if not answer.ok:
            raise unreachable(f"{self._url} answers {_told(answer)}")
        try:
            return read_shaped(answer.content, shape)
        except ValueError as wrong:
            raise unreachable(
                f"unexpected answer from {self._url}, is it a Sluice of this version? {wrong}"
            ) from wrong

    def _unknown(self, answer: requests.Response) -> CommandError:
        """Say why the app does not know the caller."""
        told = _problem(answer)
        if self._key and told is None:
            return WrongKeyError(f"{self._url} refuses the function key of {self._origin}")
        if self._key:
            hint = "it takes no function keys: unset SLUICE_FUNCTION_KEY, and run `az login`"
            return WrongKeyError(f"{self._url} wants you to sign in; {hint}")
        return unreachable(f"{self._url} does not accept this sign-in ({_told(answer)})")


class _Bearer(AuthBase):
    """Sends a token of who is signed in to Azure; azure-identity keeps it until it expires."""

    def __init__(self, target: Target, audience: str) -> None:
        self._credential = make_credential(target)
        self._audience = audience

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = get_token(self._credential, self._audience)
        request.headers["Authorization"] = f"Bearer {token}"
        return request


def _once() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def _refusal(answer: requests.Response, url: str) -> CommandError:
    """Return the error that says why the app refuses; another server's refusal is no answer."""
    told = _problem(answer)
    if told is None:
        return unreachable(f"{url} answers {_told(answer)}; is it a Sluice?")
    return NotFoundError(told) if answer.status_code == 404 else refused(told)


def _problem(answer: requests.Response) -> str | None:
    """Return the reason in an error of Sluice's; None if it is not one."""
    try:
        return str(read_json(answer.content)["error"])
    except (ValueError, KeyError, TypeError):
        return None


def _told(answer: requests.Response) -> str:
    reason = _reason(answer)
    return f"{answer.status_code}: {reason}" if reason else str(answer.status_code)


def _reason(answer: requests.Response) -> str:
    """Return the reason that a server gives, in one line; not a page or a document."""
    told = _problem(answer)
    if told is None and not answer.text.lstrip().startswith(("<", "{", "[")):
        told = answer.text
    return " ".join((told or answer.reason or "").split())[:_LONGEST_REASON]
