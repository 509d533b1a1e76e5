"""The shapes in which Azure returns the same error; `make docs` and the tests use them.

Seen in: Azure/mlops-v2#120, Azure/azureml-examples#1977, Azure/azure-cli-extensions#7107,
MicrosoftLearning/mslearn-azure-ml#30 and #41, and logs of deployments.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.domain.azure.error import parse_azure_error
from shared.domain.diagnosis.diagnosis import ROWS, Row, Signal
from shared.domain.diagnosis.rows import scoring, sluice, uploads

type Shape = Callable[[str, str], Mapping[str, Any]]


def _wrapped(code: str, text: str) -> dict[str, Any]:
    details = [{"code": code, "message": text, "details": [], "additionalInfo": []}]
    return {"code": "BadRequest", "message": "The request is invalid.", "details": details}


def _errors(text: str) -> str:
    title = "One or more validation errors occurred."
    return json.dumps({"errors": {"": [text]}, "title": title, "status": 400})


SHAPES: Final[Mapping[str, Shape]] = {
    "code": lambda code, text: {"code": code, "message": text},
    "head": lambda code, text: {"code": None, "message": f"{code}: {text}"},
    "(None)": lambda code, text: {"message": f"(None) {code}: {text}"},
    "time and cause": lambda code, text: {
        "code": "ResourceDeploymentFailure",
        "message": f"2023-08-16T14:52:20Z ResourceDeploymentFailure: {code}: {text}",
    },
    "text": lambda _, text: {"code": None, "message": text},
    "create refused": lambda _, text: _wrapped(
        "InferencingClientCreateDeploymentFailed",
        f"InferencingClient HttpRequest error, error detail: {_errors(text)}",
    ),
    "call failed": lambda _, text: _wrapped("InferencingClientCallFailed", _errors(text)),
    "call failed, coded": lambda code, text: _wrapped(
        "InferencingClientCallFailed", json.dumps({"error": {"code": code, "message": text}})
    ),
    "detail": _wrapped,
}


def from_azure(row: Row) -> list[Signal]:
    """Return the row's examples from Azure's control plane; others have only one shape."""
    if row in (*scoring.ROWS, *sluice.ROWS, *uploads.ROWS):
        return []
    return [it for it in row.examples if not it.status]


def is_found(row: Row, shape: Shape) -> bool:
    """Return whether every example of the row is recognised as that row in a shape."""
    return all(found_in(it, shape) is row for it in from_azure(row))


def found_in(signal: Signal, shape: Shape) -> Row | None:
    """Return the row that matches the error in the given shape."""
    error = parse_azure_error(shape(signal.code, signal.message))
    shaped = replace(signal, code=error.code, message=error.message)
    return next((row for row in ROWS if row.fits(shaped)), None)
