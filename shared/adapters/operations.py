"""Long-running operations of Azure ML: their status URLs and states."""

from typing import Any

from azure.core.rest import HttpResponse

from shared.adapters.arm import FOREIGN, Arm
from shared.adapters.states import operation_state
from shared.adapters.translation import explained
from shared.domain.azure.endpoint import OperationState
from shared.domain.failure import Denied, Refused

_GONE = frozenset({404, 410})
_RESULT = "/mfeoperationresults/"


def begun(response: HttpResponse) -> str | None:
    """The status URL of the operation that a PUT or DELETE began; None if it is already done.

    ARM signs the URL (`t`, `c`, `s`, `h`). The signature is enough to read it, so the URL is kept
    unchanged and never shown. Without the signature, Sluice would need the right
    `Microsoft.MachineLearningServices/locations/*/read` on the subscription.
    """
    url = response.headers.get("Azure-AsyncOperation")
    if url is None and response.status_code == 202:
        url = response.headers.get("Location")
    return url


def followed(arm: Arm, url: str) -> OperationState:
    """Read the state of an operation; an error is ARM's, with its details."""
    try:
        response = arm.follow(url)
    except Denied:
        return OperationState("unknown")
    except Refused as refused:
        # A result URL answers with the error of the operation itself.
        if refused.status == 400 and _RESULT in url.lower():
            return OperationState("failed", refused.code, refused.message)
        if refused.status in _GONE or refused.code == FOREIGN:
            return OperationState("unknown")
        raise
    if response.status_code == 202:
        return OperationState("running")
    document = _document(response)
    code, message = explained(document.get("error") or {})
    return operation_state(document, code, message)


def _document(response: HttpResponse) -> dict[str, Any]:
    document = response.json() if response.content else None
    return document if isinstance(document, dict) else {}
