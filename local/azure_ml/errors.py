"""Errors as ARM and Azure ML put them on the wire."""

import json
from collections.abc import Mapping
from typing import Any

from local.azure_ml.exchange import Answer, Call, Json
from local.azure_ml.settings import ErrorShape

type Details = list[dict[str, Any]]


class ArmError(Exception):
    """Ends a call with an error body: HTTP status, code (None: Azure gives none), message, details.

    `header_code` is the code as text, empty instead of None, for use in a header.
    """

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        *,
        details: Details | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.header_code = code or ""
        self.message = message
        self.details = details or []
        self.headers = headers or {}

    def answer(self) -> Answer:
        error = {"code": self.code, "message": self.message, "details": self.details}
        return Answer({"error": error}, self.status, self.headers)


def invalid(message: str, *, field: str = "") -> ArmError:
    """400 as Azure ML's inference service gives it, with the reason as JSON text inside a detail.

    Source: azureml-examples#1930 and azure-sdk-for-python#35109 show such bodies.
    """
    return _wrapped("InferencingClientCallFailed", _validation(message, field))


def uncreatable(message: str, *, field: str = "") -> ArmError:
    """400 to the PUT of a deployment, with a prefix before the JSON text in the detail.

    Source: mslearn-azure-ml#30 and azure-realtime-fraud-detection#2 show such bodies.
    """
    text = f"InferencingClient HttpRequest error, error detail: {_validation(message, field)}"
    return _wrapped("InferencingClientCreateDeploymentFailed", text)


def failed_operation(error: Json, shape: ErrorShape) -> Json:
    """The error of a failed operation, with its code where the setting puts it.

    Source: mlops-v2#120, azureml-examples#1977 and mslearn-azure-ml#41 show `(None)
    ResourceNotReady: …` and `ResourceNotReady: …`.
    """
    around: Json = {"details": [], "additionalInfo": []}
    code, message = error.get("code"), error["message"]
    if shape == "code" or not code:
        return {**around, "code": code, "message": message}
    heads = {"head": f"{code}: ", "none": f"(None) {code}: ", "text": ""}
    return {**around, "code": None, "message": f"{heads[shape]}{message}"}


def _validation(message: str, field: str) -> str:
    errors = {
        "errors": {field: [message]},
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
    }
    return json.dumps(errors)


def _wrapped(code: str, text: str) -> ArmError:
    detail = {"code": code, "message": text, "details": []}
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
