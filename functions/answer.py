"""HTTP answers: JSON, with errors as a status and a message; and who the caller is."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import azure.functions as func

from shared.adapters.deadline import within
from shared.bootstrap import ports
from shared.domain.access.caller import (
    NOBODY,
    Act,
    Caller,
    NotAllowed,
    NotSignedIn,
    caller_of,
)
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.identifiers.ids import Key
from shared.domain.parsing.text import WrongName, quoted
from shared.domain.requests.request_body import TooLarge
from shared.settings import WrongSettings
from shared.steps.decisions.refusals import CannotDecide
from shared.steps.intake.accept import Accepted, KeyReused, SourceChanged
from shared.steps.intake.dead_letters import NoSuchLetter, SettledOtherwise


class CrossSite(Exception):  # noqa: N818 - named as the caller sees it
    """A browser sent this for a page of another site, perhaps with a person's sign-in."""

    def __init__(self) -> None:
        super().__init__(
            "A page of another site may not change anything here. Use the page at /api/ui, the "
            "command line, or a program that is not a web page"
        )


_STATUS: Mapping[type[Exception], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    CrossSite: 403,
    NoSuchLetter: 404,
    KeyReused: 409,
    SourceChanged: 409,
    SettledOtherwise: 409,
    CannotDecide: 409,
    WrongSettings: 503,
}
_ZIPS = frozenset({"application/zip", "application/x-zip-compressed"})
_AGAIN_AFTER = 5
"""Seconds after which a caller should ask again."""
ANSWER_SECONDS = 9.0
"""A caller gets an answer within 10 seconds, even if storage or Azure is silent."""


def answer(
    do: Callable[[], func.HttpResponse],
    *,
    accepts: bool = False,
    seconds: float = ANSWER_SECONDS,
) -> func.HttpResponse:
    """Run `do` for at most that many seconds; return its answer or the matching error.

    `accepts`: whether `do` accepts a request, which may go through although it is not answered.
    """
    try:
        return within(seconds, do)
    except Rejected as rejected:
        findings = [finding.to_dict() for finding in rejected.findings]
        status = 413 if isinstance(rejected, TooLarge) else 400
        return problem(status, str(rejected), findings=findings)
    except tuple(_STATUS) as refused:
        return problem(_STATUS[type(refused)], _told(refused))
    except AzureFailure as failure:
        silent = problem(503, _unavailable(failure, seconds, accepts=accepts))
        silent.headers["Retry-After"] = str(_AGAIN_AFTER)
        return silent


def found_or_404(found: Any, missing: str) -> func.HttpResponse:
    """Answer 200 with what was found, or 404 with the message if it is None."""
    return problem(404, missing) if found is None else as_json(200, found)


def as_seen(req: func.HttpRequest, response: func.HttpResponse) -> func.HttpResponse:
    """Give a view its ETag; answer 304 if that is the one that the caller has."""
    if response.status_code != 200:
        return response
    headers = {"ETag": etag_of(response.get_body()), "Cache-Control": "no-store"}
    if has_seen(req, headers["ETag"]):
        return func.HttpResponse(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def has_seen(req: func.HttpRequest, etag: str) -> bool:
    """Whether `If-None-Match` names the ETag; proxies that compress make it weak (`W/`)."""
    known = (req.headers.get("if-none-match") or "").split(",")
    return etag in {it.strip().removeprefix("W/") for it in known}


def accepted_response(req: func.HttpRequest, accepted: Accepted) -> func.HttpResponse:
    """Answer 202 with the job of a request, and the URL to follow it."""
    base = req.url.partition("/api/")[0]
    url = f"{base}/api/jobs/{accepted.job}"
    return as_json(202, {"job": accepted.job, "url": url}, {"Location": url})


def idempotency_key(req: func.HttpRequest) -> str | None:
    """The caller's idempotency key, as the ledger keeps it; None if there is none."""
    key = req.headers.get("idempotency-key")
    return f"http:{Key(key)}" if key is not None else None


def sends_zip(req: func.HttpRequest) -> bool:
    """Whether the body is said to be a zip, and no JSON."""
    kind = str(req.headers.get("content-type") or "").partition(";")[0].strip().lower()
    return kind in _ZIPS


def switch(req: func.HttpRequest, name: str) -> bool:
    """Read a query parameter that is true or false; false without it. Raises WrongName."""
    value = str(req.params.get(name, "false")).lower()
    if value not in {"true", "false"}:
        raise WrongName(f"'{name}' is {quoted(value)}", "Set it to true or false")
    return value == "true"


def require_caller(req: func.HttpRequest, act: Act) -> Caller:
    """Return who is signed in, or NOBODY, if they may do this.

    Raises:
        CrossSite: a page of another site makes a browser change something.
        NotSignedIn: nobody is signed in, where a function key does not count.
        NotAllowed: who calls may not do this.
    """
    if act != "look" and _cross_site(req):
        raise CrossSite
    who = signed_in(req)
    ports().callers.require(who, act)
    return who


def signed_in(req: func.HttpRequest) -> Caller:
    """Return who is signed in, or NOBODY.

    The headers count only if the app's own sign-in is on; otherwise anybody could write them.
    """
    if os.environ.get("WEBSITE_AUTH_ENABLED") != "True":
        return NOBODY
    return caller_of(_principal(req, "-name") or _principal(req, "-id"), _principal(req, ""))


def _cross_site(req: func.HttpRequest) -> bool:
    """Tell by the headers that browsers set and pages cannot; programs send neither."""
    site, origin = req.headers.get("sec-fetch-site"), req.headers.get("origin")
    if site is not None:
        return site not in {"same-origin", "none"}
    return origin is not None and urlsplit(origin).netloc != urlsplit(req.url).netloc


def _principal(req: func.HttpRequest, suffix: str) -> str:
    return str(req.headers.get(f"x-ms-client-principal{suffix}") or "")


def problem(status: int, detail: str, **more: Any) -> func.HttpResponse:
    """Answer with an error as RFC 9457 has it, and as `error` for older clients."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return func.HttpResponse(
        json.dumps(body | {"error": detail} | more, indent=2),
        status_code=status,
        mimetype="application/problem+json",
    )


def as_json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    return func.HttpResponse(
        json.dumps(body, indent=2),
        status_code=status,
        headers=dict(headers) if headers else None,
        mimetype="application/json",
    )


def _unavailable(failure: AzureFailure, seconds: float, *, accepts: bool) -> str:
    why = str(failure)
    if failure.code == "Timeout":
        why = f"A service that Sluice depends on did not answer within {seconds:g} s"
    if not accepts:
        return f"{why}. Nothing could be read. Ask again in {_AGAIN_AFTER} s"
    if failure.code != "Timeout":
        return why
    return (
        f"{why}. The request may have been accepted all the same. Repeat it with the same "
        "Idempotency-Key"
    )


def _told(refused: Exception) -> str:
    if isinstance(refused, SourceChanged):
        return f"'{refused}' changed while it was being copied. Repeat the request"
    return str(refused)
