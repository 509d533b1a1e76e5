"""Long-running operations of Azure ML: what an answer began, and how it stands."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from azure.core.rest import HttpResponse

from shared.adapters.arm import Arm
from shared.adapters.states import operation_state
from shared.adapters.translation import explained
from shared.domain.endpoint import OperationState
from shared.domain.failure import Refused

# ARM signs a status URL with these; they hold a certificate and time out.
_SIGNATURE = frozenset({"t", "c", "s", "h"})


def begun(response: HttpResponse) -> str | None:
    """The status URL of what a PUT or DELETE began, None where it is done.

    It is given without ARM's signature: short, and good for as long as the operation is known. To
    read it Sluice needs `Microsoft.MachineLearningServices/locations/*/read`.
    """
    url = response.headers.get("Azure-AsyncOperation")
    if url is None and response.status_code == 202:
        url = response.headers.get("Location")
    return _unsigned(url) if url else None


def followed(arm: Arm, url: str) -> OperationState:
    """How an operation stands; the error is ARM's, with its details."""
    try:
        response = arm.follow(url)
    except Refused as refused:
        # A result URL answers with the error of the operation itself.
        if refused.status == 400:
            return OperationState("failed", refused.code, refused.message)
        raise
    if response.status_code == 202:
        return OperationState("running")
    document = _document(response)
    code, message = explained(document.get("error") or {})
    return operation_state(document, code, message)


def _document(response: HttpResponse) -> dict[str, Any]:
    document = response.json() if response.content else None
    return document if isinstance(document, dict) else {}


def _unsigned(url: str) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key not in _SIGNATURE]
    return urlunsplit(parts._replace(query=urlencode(query)))
