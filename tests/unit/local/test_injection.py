"""`${{azureml://connections/...}}` in variables of a deployment, as Azure resolves it."""

import json
from typing import Any, cast

import pytest

from local import cloud
from local.azure_ml.access import Access
from local.azure_ml.injection import Injection, InjectionError
from local.azure_ml.store import Store

IDENTITY = {"type": "SystemAssigned", "principalId": "me"}
RECORD = {
    "resource": {
        "name": "prod",
        "seeded": True,
        "properties": {"target": "http://127.0.0.1", "credentials": None, "metadata": {"v": "1"}},
    },
    "credentials": {"key": "k"},
}


class _Rights:
    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed

    def allows(self, principal: str, action: str, scope: str) -> bool:
        return self._allowed and principal == "me" and action.endswith("listsecrets/action")


class _Connections:
    def get(self, kind: str, name: str) -> Any:
        return RECORD if name == f"{cloud.WORKSPACE_ID}/connections/prod" else None


def _resolve(value: str, *, allowed: bool = True) -> str:
    injection = Injection(cast("Store", _Connections()), cast("Access", _Rights(allowed=allowed)))
    return injection.resolve({"A": value}, IDENTITY)["A"]


def test_a_whole_connection_is_its_json_with_secrets() -> None:
    whole = json.loads(_resolve("${{azureml://connections/prod}}"))
    assert whole["properties"]["credentials"] == {"key": "k"}
    assert "seeded" not in whole


def test_a_field_of_a_connection_is_injected_as_text() -> None:
    assert _resolve("${{azureml://connections/prod/target}}") == "http://127.0.0.1"
    assert _resolve("${{ azureml://connections/prod/credentials/key }}") == "k"
    assert _resolve("${{azureml://connections/prod/metadata/v}}") == "1"


def test_custom_keys_are_credentials_by_their_own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECORD, "credentials", {"keys": {"MY_TOKEN": "t"}})
    assert _resolve("${{azureml://connections/prod/credentials/MY_TOKEN}}") == "t"
    whole = json.loads(_resolve("${{azureml://connections/prod}}"))
    assert whole["properties"]["credentials"] == {"keys": {"MY_TOKEN": "t"}}


def test_other_values_are_not_changed() -> None:
    assert _resolve("prod", allowed=False) == "prod"
    assert _resolve("${prod.key}", allowed=False) == "${prod.key}"


@pytest.mark.parametrize("value", ["prod/credentials/no", "prod/no", "gone"])
def test_a_missing_connection_or_field_is_an_error(value: str) -> None:
    with pytest.raises(InjectionError):
        _resolve(f"${{{{azureml://connections/{value}}}}}")


def test_an_identity_without_the_right_is_denied() -> None:
    with pytest.raises(InjectionError, match="listsecrets/action"):
        _resolve("${{azureml://connections/prod}}", allowed=False)
