"""The parser of Azure's errors finds code and reasons in every shape."""

import json
from typing import Any

import pytest

from shared.domain.azure.error import parse_azure_error
from shared.domain.azure.error_words import _LINKS
from shared.domain.diagnosis.diagnosis import Signal, diagnose

GUIDE = "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg"

INSIDE = json.dumps({"error": {"message": json.dumps({"errors": {"a": ["OutOfQuota: x"]}})}})


def nested(times: int, innermost: Any) -> Any:
    for _ in range(times):
        innermost = {"code": "BadRequest", "message": "x", "details": [innermost]}
    return innermost


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ({}, "Unknown", ""),
        ({"code": "None", "message": "odd"}, "Unknown", "odd"),
        ({"code": "BadRequest", "message": "odd"}, "BadRequest", "odd"),
        ({"message": "(BadArgument) odd"}, "BadArgument", "odd"),
        (
            {"message": "2023-08-16T14:52:20Z OutOfQuota: Container terminated"},
            "OutOfQuota",
            "Container terminated",
        ),
        (
            {"message": "ResourceDeploymentFailure: ResourceNotReady: crashed"},
            "ResourceNotReady",
            "crashed",
        ),
        (
            {"code": "SecretsInjectionError", "message": "SecretsInjectionError: odd"},
            "SecretsInjectionError",
            "odd",
        ),
        # Names of Python exceptions and of sizes are not Azure codes.
        ({"message": "ModuleNotFoundError: no x"}, "Unknown", "ModuleNotFoundError: no x"),
        ({"message": "Standard_DS3_v2: odd"}, "Unknown", "Standard_DS3_v2: odd"),
        # innererror, as in Azure ML's own services.
        (
            {
                "code": "UserError",
                "message": "it failed",
                "innerError": {"code": "BadArgument", "innerError": {"code": "ImageNotFound"}},
            },
            "ImageNotFound",
            "it failed",
        ),
        # JSON inside JSON inside a text.
        (
            {
                "code": "BadRequest",
                "message": f"error detail: {INSIDE}",
            },
            "OutOfQuota",
            "x",
        ),
        # Text that only looks like JSON, or JSON without information.
        ({"message": "a {brace"}, "Unknown", "a {brace"),
        ({"message": 'said {"a": 1} so'}, "Unknown", 'said {"a": 1} so'),
        ({"details": "none", "message": "odd"}, "Unknown", "odd"),
        ({"details": [None, 3], "message": "odd"}, "Unknown", "odd"),
        (nested(5, {"code": "OutOfQuota", "message": "deep"}), "OutOfQuota", "x; deep"),
    ],
)
def test_code_and_reasons_are_found(error: dict[str, Any], code: str, message: str):
    found = parse_azure_error(error)

    assert (found.code, found.message) == (code, message)


def test_endless_nesting_is_not_followed():
    assert parse_azure_error(nested(200, {"code": "OutOfQuota"})).code == "BadRequest"


@pytest.mark.parametrize(("anchor", "code"), _LINKS.items())
@pytest.mark.parametrize(
    "place", ["https://aka.ms/oe-tsg", "(link: aka.ms/oe-tsg", "https://AKA.ms/oe-tsg"]
)
def test_the_code_is_found_from_the_link_alone(anchor: str, code: str, place: str):
    assert parse_azure_error({"message": f"Something odd happened. {place}#{anchor}"}).code == code


def test_a_code_has_precedence_over_a_link_and_a_link_over_words():
    linked = f"no quota. {GUIDE}#error-resourcenotready"

    assert parse_azure_error({"code": "BadArgument", "message": linked}).code == "BadArgument"
    assert parse_azure_error({"message": linked}).code == "ResourceNotReady"
    assert parse_azure_error({"message": "no quota"}).code == "OutOfQuota"


def test_an_unknown_error_is_reported_with_azures_code():
    said = parse_azure_error({"message": "NeverSeenBefore: a riddle"})

    assert "NeverSeenBefore" in diagnose(Signal(said.code, said.message)).cause
