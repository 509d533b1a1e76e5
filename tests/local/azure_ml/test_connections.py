"""Connections: only listsecrets shows credentials."""

from typing import Any

from azure.ai.ml._restclient.arm_ml_service.models import ConnectionCategory
from azure.ai.ml._utils import utils

from local.azure_ml.connection_categories import canonical_category
from tests.local.azure_ml.client import WS, Client, error

V = "2023-04-01-preview"


def test_seeded_connection_has_the_fields_prompt_flow_reads(arm: Client) -> None:
    listed = arm.all("connections", version=V)
    one = next(one for one in listed if one["name"] == "open_ai_connection")
    assert one["properties"]["credentials"] is None

    lower = f"{WS}/connections/open_ai_connection/listsecrets".replace(
        "resourceGroups", "resourcegroups"
    )
    opened = arm.call("POST", lower, None, V).json()["properties"]
    assert (opened["category"], opened["authType"]) == ("OpenAI", "ApiKey")
    assert opened["target"].startswith("http://127.0.0.1:")
    assert opened["credentials"]["key"]


def test_connections_can_be_created_and_deleted(arm: Client) -> None:
    wanted = {
        "authType": "CustomKeys",
        "category": "CustomKeys",
        "target": "_",
        "credentials": {"keys": {"secret": "s"}},
        "metadata": {"plain": "p"},
    }
    assert arm.call("PUT", "connections/mine", {"properties": wanted}, V).ok
    assert arm.get("connections/mine", version=V)["properties"]["credentials"] is None
    opened = arm.call("POST", "connections/mine/listsecrets", None, V).json()
    assert opened["properties"]["credentials"] == {"keys": {"secret": "s"}}
    assert arm.call("DELETE", "connections/mine", None, V).status_code == 204
    gone = arm.call("GET", "connections/mine", None, V)
    assert (gone.status_code, error(gone)) == (404, "UserError")


def test_category_is_returned_in_azures_spelling(arm: Client) -> None:
    wanted = {
        "authType": "ApiKey",
        "category": "AzureOpenAi",  # MLClient makes it of azure_open_ai
        "target": "https://example.openai.azure.com",
        "credentials": {"key": "k"},
        "metadata": {"ApiType": "Azure"},
    }
    made = arm.call("PUT", "connections/aoai", {"properties": wanted}, V).json()
    assert made["properties"]["category"] == "AzureOpenAI"
    assert arm.get("connections/aoai", version=V)["properties"]["category"] == "AzureOpenAI"
    opened = arm.call("POST", "connections/aoai/listsecrets", None, V).json()
    assert opened["properties"]["category"] == "AzureOpenAI"


def test_every_sdk_category_has_its_canonical_spelling() -> None:
    for each in ConnectionCategory:
        sdk: Any = utils
        sent = sdk._snake_to_camel(sdk.camel_to_snake(each.value))
        assert canonical_category(sent) == each.value
