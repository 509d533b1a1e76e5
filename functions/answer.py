"""What every HTTP route answers with: JSON, and what went wrong as a status and words."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import azure.functions as func

from shared.adapters.deadline import within
from shared.bootstrap import ports
from shared.domain.access.caller import NOBODY, Act, Caller, NotAllowed, caller_of
from shared.domain.errors import Rejected
from shared.domain.failure import AzureFailure
from shared.domain.identifiers.ids import Key
from shared.domain.requests.request_body import TooLarge
from shared.settings import WrongSettings
from shared.steps.intake.accept import Accepted, KeyReused, SourceMoved

ANSWER_SECONDS = 9.0
"""Whatever is silent, a caller has an answer within 10 seconds."""


def answer(
    do: Callable[[], func.HttpResponse], *, seconds: float = ANSWER_SECONDS
) -> func.HttpResponse:
    """What `do` answers, or why it could not, within so many seconds."""
    try:
        return within(seconds, do)
    except Rejected as rejected:
        findings = [finding.to_dict() for finding in rejected.findings]
        status = 413 if isinstance(rejected, TooLarge) else 400
        return as_json(status, {"error": str(rejected), "findings": findings})
    except NotAllowed as refused:
        return as_json(403, {"error": str(refused)})
    except (KeyReused, SourceMoved) as conflict:
        return as_json(409, {"error": _conflict(conflict)})
    except WrongSettings as wrong:
        return as_json(503, {"error": str(wrong)})
    except AzureFailure as failure:
        return as_json(503, {"error": _unanswered(failure, seconds)}, {"Retry-After": "5"})


def shown(found: Any, missing: str) -> func.HttpResponse:
    """What was found; 404 with those words where it is None."""
    return as_json(404, {"error": missing}) if found is None else as_json(200, found)


def begun(req: func.HttpRequest, accepted: Accepted) -> func.HttpResponse:
    """The job that a request became, and where to follow it."""
    base = req.url.partition("/api/")[0]
    url = f"{base}/api/jobs/{accepted.job}"
    return as_json(202, {"job": accepted.job, "url": url}, {"Location": url})


def key_of(req: func.HttpRequest) -> str | None:
    """The caller's idempotency key, as the ledger keeps it."""
    key = req.headers.get("idempotency-key")
    return f"http:{Key(key)}" if key is not None else None


def caller(req: func.HttpRequest, act: Act) -> Caller:
    """Who is signed in; where the app's own sign-in is off, anybody could write those headers.

    Raises NotAllowed where nobody is, and a function key alone is not enough for the act.
    """
    who = NOBODY
    if os.environ.get("WEBSITE_AUTH_ENABLED") == "True":
        who = caller_of(_told(req, "-name") or _told(req, "-id"), _told(req, ""))
    if not who.name and act not in ports().key_allows:
        raise NotAllowed(act)
    return who


def _told(req: func.HttpRequest, what: str) -> str:
    return str(req.headers.get(f"x-ms-client-principal{what}") or "")


def as_json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> func.HttpResponse:
    return func.HttpResponse(
        json.dumps(body, indent=2),
        status_code=status,
        headers=dict(headers) if headers else None,
        mimetype="application/json",
    )


def _unanswered(failure: AzureFailure, seconds: float) -> str:
    if failure.code != "Timeout":
        return str(failure)
    return (
        f"What Sluice depends on did not answer within {seconds:g} s, and a request may have been "
        "taken all the same. Ask again, with the same Idempotency-Key"
    )


def _conflict(conflict: KeyReused | SourceMoved) -> str:
    if isinstance(conflict, SourceMoved):
        return f"'{conflict}' changed while it was being taken. Ask again"
    return str(conflict)
