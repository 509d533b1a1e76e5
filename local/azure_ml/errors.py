"""Errors as ARM and Azure ML put them on the wire."""

import json
from collections.abc import Mapping
from typing import Any

from local.azure_ml.exchange import Answer, Call

type Details = list[dict[str, Any]]


class ArmError(Exception):
    """Ends a call with an error body: HTTP status, code, message and details."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Details | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or []
        self.headers = headers or {}

    def answer(self) -> Answer:
        error = {"code": self.code, "message": self.message, "details": self.details}
        return Answer({"error": error}, self.status, self.headers)


def invalid(message: str, *, field: str = "") -> ArmError:
    """400 as Azure ML's inference service gives it: the reason is a JSON text inside a detail.

    Source: azureml-examples#1930 and azure-sdk-for-python#35109 show such bodies.
    """
    title = "One or more validation errors occurred."
    text = json.dumps({"errors": {field: [message]}, "title": title})
    detail = {"code": "InferencingClientCallFailed", "message": text, "details": []}
    return ArmError(400, "BadRequest", "The request is invalid.", details=[detail])


def busy(message: str) -> ArmError:
    """409: another operation runs. Source of the wording: azure-sdk-for-net#36961."""
    return ArmError(409, "Conflict", message)


def not_found(resource_id: str) -> ArmError:
    return ArmError(404, "ResourceNotFound", f"The Resource '{resource_id}' was not found.")


def forbidden(call: Call, action: str, scope: str) -> ArmError:
    """403 in ARM's own words."""
    who = f"The client '{call.caller.name}' with object id '{call.caller.object_id}'"
    return ArmError(
        403,
        "AuthorizationFailed",
        f"{who} does not have authorization to perform action '{action}' over scope '{scope}' or "
        "the scope is invalid. If access was recently granted, please refresh your credentials.",
    )
